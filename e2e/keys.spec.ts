import type { Browser, Page } from '@playwright/test'
import { expectGoodLooks } from './support/looks'
import { followMail, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** Invites a developer to the account of `page`, who signs in at another computer and joins. */
async function aDeveloper(page: Page, browser: Browser): Promise<{ page: Page; email: string }> {
  const email = newAddress()
  await page.goto('/settings/people')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill(email)
  await dialog.getByRole('radio', { name: /^Developer/ }).check()
  await dialog.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(`An invitation is on its way to ${email}.`)).toBeVisible()

  const context = await browser.newContext({ viewport: page.viewportSize() })
  const other = await context.newPage()
  await signIn(other, email)
  await followMail(other, email, /\/invitations\//)
  await other.getByRole('button', { name: /^Join/ }).click()
  await expect(other.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible()
  return { page: other, email }
}

/** What the gate answers to a key that asks for its account's balance. */
async function balanceWith(page: Page, line: string): Promise<number> {
  const [, url, key] = /curl (\S+) \\\s+-H "Authorization: Bearer (\S+)"/.exec(line)!
  const response = await page.request.get(url!, { headers: { authorization: `Bearer ${key}` } })
  return response.status()
}

const keysOf = (page: Page) => page.getByRole('region', { name: 'Keys in force' }).getByRole('listitem')

onEveryScreen(() => {
  test('a key is made, shown once, rotated and revoked', async ({ page }) => {
    test.slow()
    await signIn(page, newAddress())
    await page.goto('/settings/keys')
    await expect(page.getByText('No API key yet')).toBeVisible()
    await expect(page.getByText('$PURSE_API_KEY')).toBeVisible()
    await expectGoodLooks(page)

    const dialog = page.getByRole('dialog')
    let firstLine = ''
    await test.step('creates one with a budget of its own', async () => {
      await page.getByRole('button', { name: 'Create key' }).click()
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await expect(dialog.getByRole('alert')).toContainText('Give the key a name.')
      await dialog.getByLabel('Name').fill('Night jobs')
      await dialog.getByRole('checkbox', { name: /Limit what it may spend/ }).check()
      await dialog.getByLabel('Window').selectOption('Weekly')
      await dialog.getByLabel('Limit', { exact: true }).fill('25')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await expect(dialog.getByText('This is the only time it is shown.')).toBeVisible()
      await expectGoodLooks(page)
      firstLine = (await dialog.locator('pre').textContent())!
      expect(await balanceWith(page, firstLine)).toBe(200)
    })

    await test.step('copies it, and does not see it again', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await dialog.getByRole('button', { name: 'Copy key' }).click()
      await expect(dialog.getByText('Copied', { exact: true })).toBeVisible()
      const secret = await page.evaluate(() => navigator.clipboard.readText())
      expect(firstLine).toContain(secret)
      await dialog.getByRole('button', { name: 'I have copied it' }).click()
      await expect(keysOf(page).first()).toContainText('Night jobs')
      await expect(keysOf(page).first()).toContainText('$0.00 of $25.00')
      await page.reload()
      expect(await page.content()).not.toContain(secret)
      await expect(keysOf(page).first()).toContainText('Last used')
      await expectGoodLooks(page)
    })

    let secondLine = ''
    await test.step('rotates it: the old secret works for an hour more', async () => {
      await page.getByRole('button', { name: 'Rotate Night jobs' }).click()
      await dialog.getByLabel('The old secret').selectOption('works 1 hour more')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Make a new secret' }).click()
      await expect(dialog.getByText('The old secret works until')).toBeVisible()
      secondLine = (await dialog.locator('pre').textContent())!
      expect(secondLine).not.toBe(firstLine)
      expect(await balanceWith(page, firstLine)).toBe(200)
      expect(await balanceWith(page, secondLine)).toBe(200)
      await dialog.getByRole('button', { name: 'I have copied it' }).click()
      await expect(keysOf(page)).toHaveCount(2) // the key, and its budget within it
    })

    await test.step('renames it', async () => {
      await page.getByRole('button', { name: 'Rename Night jobs' }).click()
      await dialog.getByLabel('Name').fill('Day jobs')
      await dialog.getByRole('button', { name: 'Save name' }).click()
      await expect(keysOf(page).first()).toContainText('Day jobs')
    })

    await test.step('revokes it: within a second neither secret works', async () => {
      await page.getByRole('button', { name: 'Revoke Day jobs' }).click()
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Revoke key' }).click()
      await expect(page.getByText('1 ended key')).toBeVisible()
      for (const line of [firstLine, secondLine]) {
        await expect.poll(() => balanceWith(page, line), { timeout: 1500 }).toBe(401)
      }
      await page.getByText('1 ended key').click()
      await expect(page.getByRole('list', { name: 'Ended keys' })).toContainText('Day jobs')
      await expectGoodLooks(page)
    })
  })

  test('an owner sets a budget, a developer asks for more, the owner approves', async ({ page, browser }) => {
    test.slow()
    await signIn(page, newAddress())
    await page.goto('/settings/budgets')
    await expect(page.getByText('No API key has a budget.')).toBeVisible()
    await expectGoodLooks(page)
    const developer = await aDeveloper(page, browser)
    const name = developer.email.split('@')[0]!
    const dialog = page.getByRole('dialog')

    await test.step('limits what the developer may use in a day', async () => {
      await page.goto('/settings/budgets')
      await page.getByRole('button', { name: 'Set a budget' }).click()
      await dialog.getByRole('radio', { name: 'A member' }).check()
      await dialog.getByLabel('Which').selectOption({ label: await nameOf(page, name) })
      await dialog.getByLabel('Window').selectOption('Daily')
      await dialog.getByRole('button', { name: 'Save budget' }).click()
      await expect(dialog.getByRole('alert')).toContainText('Enter an amount.')
      await dialog.getByLabel('Limit', { exact: true }).fill('10')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Save budget' }).click()
      await expect(page.getByRole('region', { name: 'Budgets of members' })).toContainText('$0.00 of $10.00')
    })

    await test.step('the developer asks for more', async () => {
      const other = developer.page
      await other.goto('/settings/budgets')
      await expect(other.getByRole('button', { name: 'Set a budget' })).toBeHidden()
      await other.getByRole('button', { name: /^Ask for more/ }).click()
      const form = other.getByRole('dialog')
      await form.getByLabel('New limit').fill('5')
      await form.getByRole('button', { name: 'Send request' }).click()
      await expect(form.getByRole('alert')).toContainText('Ask for more than $10.00.')
      await form.getByLabel('New limit').fill('40')
      await form.getByLabel('Reason').fill('The evaluation runs until Friday')
      await expectGoodLooks(other)
      await form.getByRole('button', { name: 'Send request' }).click()
      await expect(other.getByRole('region', { name: 'Requests for more' })).toContainText('from $10.00 to $40.00')
      await expectGoodLooks(other)
    })

    await test.step('the owner approves with a note, and it counts', async () => {
      await page.reload()
      const requests = page.getByRole('region', { name: 'Requests for more' })
      await expect(requests).toContainText('1 request waits for a decision.')
      await requests.getByRole('button', { name: /^Approve/ }).click()
      await dialog.getByLabel(/^Note to/).fill('Until Friday')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Approve' }).click()
      await expect(requests.getByText('Approved')).toBeVisible()
      await expect(page.getByRole('region', { name: 'Budgets of members' })).toContainText('$0.00 of $40.00')
    })

    await test.step('the developer is told', async () => {
      const other = developer.page
      await other.reload()
      await expect(other.getByRole('region', { name: 'Requests for more' })).toContainText('Note: Until Friday')
      await expect
        .poll(async () => {
          await other.goto('/mailbox')
          return other.getByText('Your request for more is approved').count()
        })
        .toBeGreaterThan(0)
    })
    await developer.page.context().close()
  })
})

/** The option of the member whose name or address begins so. */
async function nameOf(page: Page, start: string): Promise<string> {
  const options = await page.getByRole('dialog').getByLabel('Which').locator('option').allTextContents()
  return options.find((option) => option.startsWith(start)) ?? options.at(-1)!
}
