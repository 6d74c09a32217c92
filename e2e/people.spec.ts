import type { Browser, Page } from '@playwright/test'
import { expectGoodLooks } from './support/looks'
import { followMail, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** Another person at another computer. */
async function anotherPerson(browser: Browser): Promise<{ page: Page; email: string; close: () => Promise<void> }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  return { page, email: newAddress(), close: () => context.close() }
}

/** Follows the invitation in the newest mail to the address. */
async function followInvitation(page: Page, email: string): Promise<void> {
  await followMail(page, email, /\/invitations\//)
  await expect(page).toHaveURL(/\/invitations\//)
}

const invite = async (page: Page, email: string, role: RegExp) => {
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill(email)
  await dialog.getByRole('radio', { name: role }).check()
  await dialog.getByRole('button', { name: 'Send invitation' }).click()
}

const memberOf = (page: Page, email: string) =>
  page.getByRole('region', { name: 'Members' }).getByRole('listitem').filter({ hasText: email })

/** The page looks at its balance every two seconds, and may be on its way to sign-in already. */
const reloadUnlessLeaving = (page: Page) => page.reload().catch(() => null)

onEveryScreen(() => {
  test('an owner invites somebody, changes their role and removes them; each acts on their next request', async ({
    page,
    browser,
  }) => {
    test.slow()
    const owner = newAddress()
    const guest = await anotherPerson(browser)
    await signIn(page, owner)

    await test.step('invites by e-mail', async () => {
      await page.goto('/settings')
      await page
        .getByRole('navigation', { name: 'Settings', exact: true })
        .getByRole('link', { name: 'People' })
        .click()
      await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible()
      await expectGoodLooks(page)
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      await expectGoodLooks(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Send invitation' }).click()
      await expect(page.getByRole('alert').filter({ hasText: 'Type one e-mail address' })).toBeVisible()
      await page.getByRole('button', { name: 'Close' }).click()
      await invite(page, guest.email, /^Billing/)
      await expect(page.getByText(`An invitation is on its way to ${guest.email}.`)).toBeVisible()
      await expect(page.getByRole('region', { name: 'Open invitations' })).toContainText(guest.email)
      await expectGoodLooks(page)
      await invite(page, owner, /^Viewer/)
      await expect(page.getByRole('dialog').getByRole('alert')).toContainText('is a member of this account already')
      await page.getByRole('button', { name: 'Close' }).click()
    })

    await test.step('somebody else with the link is told what to do', async () => {
      await followInvitation(page, guest.email)
      await expect(page.getByRole('heading', { name: 'This invitation is for somebody else' })).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('the guest signs in from the invitation and joins', async () => {
      await followInvitation(guest.page, guest.email)
      await expectGoodLooks(guest.page)
      await guest.page.getByRole('link', { name: 'Sign in to join' }).click()
      await guest.page.getByLabel('E-mail address').fill(guest.email)
      await guest.page.getByRole('button', { name: 'Send me a sign-in link' }).click()
      await expect(guest.page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
      await followMail(guest.page, guest.email, /\/sign-in\/confirm\?/)
      await guest.page.getByRole('button', { name: 'Sign in' }).click()
      await expect(guest.page.getByRole('heading', { name: 'Invitation' })).toBeVisible()
      await guest.page.getByRole('button', { name: /^Join/ }).click()
      await expect(guest.page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible()
      await guest.page.goto('/settings/audit')
      await expect(guest.page.getByRole('list', { name: 'Entries' })).toContainText('Invitation accepted')
      await expectGoodLooks(guest.page)
    })

    await test.step('a demotion acts on the next request', async () => {
      await page.goto('/settings/people')
      await memberOf(page, guest.email)
        .getByRole('button', { name: /^Change the role/ })
        .click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: /^Viewer/ }).check()
      await dialog.getByRole('button', { name: 'Save role' }).click()
      await expect(dialog).toBeHidden()
      await expect(memberOf(page, guest.email)).toContainText('Viewer')
      await guest.page.reload()
      await expect(guest.page.getByText('Your role does not read the audit log')).toBeVisible()
      await guest.page.goto('/settings/people')
      await expect(guest.page.getByRole('button', { name: 'Invite', exact: true })).toBeHidden()
      await expectGoodLooks(guest.page)
    })

    await test.step('switches to their own account and back', async () => {
      const menu = () => guest.page.locator('[popovertarget]:visible').last().click()
      const own = guest.email.split('@')[0]!
      await menu()
      await guest.page
        .getByRole('button', { name: `Switch to ${own}` })
        .first()
        .click()
      await expect(guest.page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible()
      await guest.page.goto('/settings/people')
      await expect(guest.page.getByRole('button', { name: 'Invite', exact: true })).toBeVisible()
      await menu()
      await expectGoodLooks(guest.page)
      await guest.page
        .getByRole('button', { name: `Switch to ${owner.split('@')[0]}` })
        .first()
        .click()
      await guest.page.waitForURL('/')
    })

    await test.step('is removed, and falls back to their own account', async () => {
      await memberOf(page, guest.email)
        .getByRole('button', { name: /^Remove/ })
        .click()
      await expectGoodLooks(page)
      await page.getByRole('button', { name: 'Remove from account' }).click()
      await expect(memberOf(page, guest.email)).toBeHidden()
      await guest.page.goto('/settings/people')
      await expect(memberOf(guest.page, guest.email)).toContainText('Owner')
      await expect(memberOf(guest.page, owner)).toBeHidden()
    })

    await test.step('the audit log tells the story, by filter and as a file', async () => {
      await page.goto('/settings/audit')
      const entries = page.getByRole('list', { name: 'Entries' })
      await expect(entries).toContainText('Role changed')
      await expect(entries).toContainText('Billing → Viewer')
      await page.getByLabel('What').selectOption('member')
      await page.getByRole('button', { name: 'Show', exact: true }).click()
      await expect(entries).not.toContainText('Invitation')
      await expectGoodLooks(page)
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: /Export CSV/ }).click()
      expect((await download).suggestedFilename()).toBe('audit-log.csv')
    })
    await guest.close()
  })

  test('a person sees their sessions and ends them everywhere', async ({ page, browser }) => {
    test.slow()
    const email = newAddress()
    const elsewhere = await anotherPerson(browser)
    await signIn(page, email)
    await signIn(elsewhere.page, email)
    await page.goto('/settings/sessions')
    const devices = page.getByRole('region', { name: 'Your devices' })
    await expect(devices.getByRole('listitem')).toHaveCount(2)
    await expect(devices.getByRole('listitem').first()).toContainText('This one')
    await expect(devices.getByRole('listitem').first()).toContainText('Chrome on Linux')
    await expectGoodLooks(page)

    await devices.getByRole('button', { name: /^Sign out Chrome/ }).click()
    await expect(devices.getByRole('listitem')).toHaveCount(1)
    await reloadUnlessLeaving(elsewhere.page)
    await expect(elsewhere.page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()

    await signIn(elsewhere.page, email)
    await page.getByRole('button', { name: 'Sign out everywhere', exact: true }).click()
    await expectGoodLooks(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()
    await reloadUnlessLeaving(elsewhere.page)
    await expect(elsewhere.page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()
    await elsewhere.close()
  })

  test('a person opens another account of their own', async ({ page }) => {
    await signIn(page, newAddress())
    await page.goto('/accounts/new')
    await page.getByRole('button', { name: 'Open account' }).click()
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Give the account a name.')
    await expectGoodLooks(page)
    await page.getByLabel('Name of the account').fill('Second home')
    await page.getByRole('button', { name: 'Open account' }).click()
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible()
    await page.goto('/settings/people')
    await expect(page.getByText('Who belongs to Second home')).toBeVisible()
  })
})
