import fs from 'node:fs'
import type { Page } from '@playwright/test'
import { tamper } from '../lib/testing/demo-database'
import { readBeancount, readHledger } from '../lib/testing/read-journal'
import { verify as verifyAlone } from '../verifier/verify.mjs'
import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { expect, test } from './support/test'

/** The demo's second customer, whose history the seed makes of a real trace. */
const customerWithHistory = 'grace@example.com'

const verifyCard = (page: Page) => page.getByRole('region', { name: 'Verify' })

async function verifyNow(page: Page): Promise<void> {
  await verifyCard(page)
    .getByRole('button', { name: /^Verify/ })
    .click()
}

async function download(page: Page, name: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()])
  return fs.readFileSync((await file.path())!, 'utf8')
}

const screens = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

// One sign-in for all of it: an address can ask for few links.
test('a customer with history reads, follows, verifies, prints and exports the statement', async ({ page }) => {
  test.slow()
  await signIn(page, customerWithHistory)
  const movements = page.getByRole('region', { name: 'Movements' })

  for (const [screen, size] of Object.entries(screens)) {
    await page.setViewportSize(size)

    await test.step(`${screen}: a filter is the address`, async () => {
      await page.goto('/statement')
      await expect(page.getByRole('heading', { name: 'Statement', level: 1 })).toBeVisible()
      await expectGoodLooks(page)
      await page.getByText('Filter', { exact: true }).click()
      await page.getByRole('checkbox', { name: 'Credit added' }).check({ force: true })
      await page.getByRole('button', { name: 'Show', exact: true }).click()
      await expect(page).toHaveURL(/\?kinds=added$/)
      await expect(movements.getByRole('row').nth(1)).toContainText(
        /Credits bought|Auto top-up|Signup credit|Promotion/,
      )
      await expect(movements.getByText('Usage', { exact: true })).toHaveCount(0)
      await expectGoodLooks(page)
    })

    await test.step(`${screen}: as of a moment long ago there was nothing`, async () => {
      await page.goto('/statement?asOf=2020-01-01T00:00')
      await expect(page.getByRole('region', { name: /Balance on Jan 1, 2020/ })).toContainText('$0.00')
      await expect(page.getByText('No grant had anything left.')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step(`${screen}: a bad filter is said, and everything is shown`, async () => {
      await page.goto('/statement?from=2026-13-01')
      await expect(page.getByText('This filter could not be read')).toBeVisible()
      await expect(movements.getByRole('row').nth(1)).toBeVisible()
    })

    await test.step(`${screen}: a line of usage leads to its requests`, async () => {
      await page.goto('/statement?kinds=usage')
      await movements.getByRole('link', { name: 'Usage' }).first().click()
      const requests = page.getByRole('region', { name: 'Requests that it charged' })
      await expect(requests.getByRole('link').first()).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step(`${screen}: the browser verifies the whole history and says what it checked`, async () => {
      await page.goto('/statement')
      await verifyNow(page)
      await expect(verifyCard(page).getByText('Everything fits')).toBeVisible({ timeout: 60_000 })
      await expect(verifyCard(page)).toContainText(/[\d,]+ movements: each fits its hash/)
      await expect(verifyCard(page)).toContainText(
        screen === 'desktop'
          ? 'This browser had not verified this account before.'
          : /movements that this browser verified on .* are still the same/,
      )
      await expect(verifyCard(page)).toContainText('What this cannot show')
      await expectGoodLooks(page)
    })
  }

  await page.setViewportSize(screens.desktop)
  await test.step('exports download, and the stand-alone verifier accepts the proof', async () => {
    const proof = await download(page, 'Proof file')
    const report = await verifyAlone([Buffer.from(proof)])
    expect(report.problems).toEqual([])
    expect(report.transfers).toBeGreaterThan(100)
    const csv = await download(page, 'CSV for spreadsheets')
    expect(csv.trimEnd().split('\r\n')).toHaveLength(report.transfers + 1)
    const hledger = readHledger(await download(page, 'Journal for hledger'))
    const beancount = readBeancount(await download(page, 'Journal for beancount'))
    for (const { entries } of [hledger, beancount]) expect(entries).toHaveLength(report.transfers)
  })

  await test.step('a kept proof file is the beginning of the history', async () => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Proof file' }).click(),
    ])
    await verifyCard(page)
      .getByLabel(/Compare with a proof file/)
      .setInputFiles({
        name: 'kept.jsonl',
        mimeType: 'application/x-ndjson',
        buffer: fs.readFileSync((await file.path())!),
      })
    await verifyNow(page)
    await expect(verifyCard(page)).toContainText('is the beginning of this history, byte for byte')
  })

  await test.step('on paper it is a statement without navigation', async () => {
    for (const path of ['/statement?kinds=added&view=print', '/receipts']) {
      await page.goto(path)
      await page.emulateMedia({ media: 'print' })
      await expect(page.getByText(/^(Statement|Receipts) of /)).toBeVisible()
      await expect(page.getByRole('button', { name: /Refund|Print/ })).toHaveCount(0)
      await expect(page.getByRole('navigation')).toHaveCount(0)
      for (const format of ['A4', 'Letter']) {
        const paper = await page.pdf({ format })
        expect(paper.subarray(0, 4).toString()).toBe('%PDF')
      }
      await page.emulateMedia({ media: null })
    }
  })
})

test('a byte that was changed in the database is found and named, and so is a history that was rewritten', async ({
  page,
}) => {
  test.slow()
  const email = newAddress()
  await signIn(page, email)
  await page.goto('/statement')
  await verifyNow(page)
  await expect(verifyCard(page).getByText('Everything fits')).toBeVisible()

  // As somebody could who has the database in hand: triggers asleep, one byte of a cause.
  const setCause = (from: string, to: string) =>
    tamper(
      process.env.PURSE_DATA_DIR!,
      `update transfers set cause = replace(cause, $2, $3) where seq = 1 and account_id =
         (select m.account_id from memberships m join users u on u.id = m.user_id where u.email = $1)`,
      [email, from, to],
    )
  await setCause('signup:', 'sigmup:')
  await page.reload()
  await verifyNow(page)
  await expect(verifyCard(page).getByText('Something does not fit')).toBeVisible()
  await expect(verifyCard(page).getByText('Movement 1, line 2')).toBeVisible()
  await expect(verifyCard(page)).toContainText('The movement does not fit its hash')
  await expectGoodLooks(page)
  await setCause('sigmup:', 'signup:')

  await page.reload()
  await verifyNow(page)
  await expect(verifyCard(page).getByText('Everything fits')).toBeVisible()

  // A history that fits itself, but is not the one that this browser verified before.
  await page.evaluate(() => {
    const [key] = Object.keys(localStorage).filter((name) => name.startsWith('purse.verified.'))
    const head = JSON.parse(localStorage.getItem(key!)!) as { hash: string }
    localStorage.setItem(key!, JSON.stringify({ ...head, hash: 'a'.repeat(64) }))
  })
  await verifyNow(page)
  await expect(verifyCard(page)).toContainText('not the history that this browser verified before')
})

test('whoever takes too many files is told to wait, in words, on the page and by Verify', async ({ page }) => {
  await signIn(page, newAddress())
  await page.goto('/statement')
  const file = page.getByRole('link', { name: 'Proof file' })
  const address = (await file.getAttribute('href'))!
  for (let taken = 0; taken < 30; taken++) expect((await page.request.get(address)).status()).toBe(200)
  await file.click()
  const words = 'You have taken 30 files in 10 minutes'
  await expect(
    page.getByRole('region', { name: 'Take it with you' }).getByRole('status').filter({ hasText: words }),
  ).toBeVisible()
  await verifyNow(page)
  await expect(verifyCard(page)).toContainText(words)
  await expectGoodLooks(page)
})
