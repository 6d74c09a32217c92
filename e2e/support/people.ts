import { randomInt, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Cookie, expect, type Page } from '@playwright/test'

/** An address that nobody has signed in with before. */
export const newAddress = (): string => `e2e-${randomUUID().slice(0, 8)}@example.com`

/** An address of the net that is set aside for tests (RFC 2544). */
const newPlace = (): string => `198.18.${randomInt(256)}.${randomInt(1, 255)}`

/**
 * The sessions of the demo's own people, whom many tests are: nobody may ask for many links. In a file, because a failed test ends its
 * process, and the tests after it go on in another.
 */
const sessionsFile = () => path.join(process.env.PURSE_DATA_DIR ?? '', 'e2e-sessions.json')

const readSessions = (): Record<string, Cookie[]> =>
  existsSync(sessionsFile()) ? JSON.parse(readFileSync(sessionsFile(), 'utf8')) : {}

/** Follows a link out of the newest mail that this address got with such a link. Another test's mail may have come after it. */
export async function followMail(page: Page, email: string, address: RegExp): Promise<void> {
  const mail = page
    .getByRole('listitem')
    .filter({ hasText: `To ${email}` })
    .filter({ has: page.locator('a', { hasText: address }) })
    .first()
  await expect(async () => {
    await page.goto('/mailbox')
    await expect(mail).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 15_000 })
  // The newest mail of all is open already; an older one opens like any other.
  if ((await mail.locator('details').getAttribute('open')) === null) await mail.locator('summary').click()
  await mail.getByRole('link', { name: address }).click()
}

/**
 * Signs in as a person does in the demo: asks for the link, reads it in the mailbox page, follows it, presses the button. One of the
 * demo's people who has done so in an earlier test, and has not signed out, goes on with that session.
 */
export async function signIn(page: Page, email: string): Promise<void> {
  const context = page.context()
  await context.setExtraHTTPHeaders({ 'x-forwarded-for': newPlace() })
  const session = readSessions()[email]
  if (session) {
    await context.addCookies(session)
    await page.goto('/')
    if (new URL(page.url()).pathname === '/') return
    await context.clearCookies()
  }
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()

  await followMail(page, email, /\/sign-in\/confirm\?/)
  await expect(page.getByText(email)).toBeVisible()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible()
  const cookies = await context.cookies()
  const own = cookies.filter(({ name }) => name.includes('session'))
  if (!email.startsWith('e2e-')) writeFileSync(sessionsFile(), JSON.stringify({ ...readSessions(), [email]: own }))
}

/** Follows a link of the navigation; on a phone most of them are behind "More". */
export async function goTo(page: Page, place: string): Promise<void> {
  const link = page.getByRole('navigation').getByRole('link', { name: place, exact: true }).filter({ visible: true })
  if ((await link.count()) === 0) await page.getByRole('button', { name: 'More', exact: true }).click()
  await link.click()
}
