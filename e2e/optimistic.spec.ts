import { holdDoors, notAvailable } from './support/doors'
import { accountIdOf, askGate, useUpCredit } from './support/gate'
import { newAddress, signIn } from './support/people'
import { expect, test } from './support/test'

// The failures that these tests make.
test.use({ tolerated: /status of 503|net::ERR_CONNECTION_FAILED/ })

test('a choice of notifications shows at once, is saved, and comes back with a reason when it could not be', async ({
  page,
}) => {
  await signIn(page, newAddress())
  await page.goto('/settings/notifications')
  const doors = await holdDoors(page, /\/notification-choices$/)
  const topics = page.getByRole('region', { name: 'What and how' })
  const receipts = topics.getByRole('checkbox', { name: 'Purchases and receipts: E-mail' })
  const refunds = topics.getByRole('checkbox', { name: 'Refunds: E-mail' })

  await test.step('shown before the server has answered', async () => {
    await receipts.uncheck()
    await refunds.uncheck()
    expect(doors.waiting()).toBe(1) // one after the other
    await expect(topics.getByText('Saved.')).toBeHidden()
    doors.letThrough()
    await expect(topics.getByText('Saved.')).toBeVisible()
    await page.reload()
    await expect(receipts).not.toBeChecked()
    await expect(refunds).not.toBeChecked()
  })

  await test.step('back as it was when the server cannot, with the words; the other choice stays', async () => {
    doors.holdAgain()
    await receipts.check()
    await expect(receipts).toBeChecked()
    doors.fail()
    await expect(topics.getByRole('alert')).toHaveText(
      `“Purchases and receipts: E-mail” could not be saved, and is as it was. ${notAvailable}`,
    )
    await expect(receipts).not.toBeChecked()
    await expect(refunds).not.toBeChecked()
  })

  await test.step('and when there is no connection', async () => {
    doors.holdAgain()
    // Pressed twice: the last press is what was asked for, and neither is kept.
    await receipts.check()
    await receipts.uncheck()
    await receipts.check()
    await expect(receipts).toBeChecked()
    doors.vanish()
    await expect(topics.getByRole('alert')).toContainText('Purse could not be reached.')
    await expect(receipts).not.toBeChecked()
  })

  await test.step('a new press takes the words away', async () => {
    doors.letThrough()
    await receipts.check()
    await expect(topics.getByText('Saved.')).toBeVisible()
    await expect(topics.getByRole('alert')).toBeHidden()
    await page.reload()
    await expect(receipts).toBeChecked()
  })
})

test('the list is read at once, and new again when that could not be noted', async ({ page }) => {
  await signIn(page, newAddress())
  await page.goto('/credits')
  const accountId = await accountIdOf(page)
  await useUpCredit(accountId)
  await askGate('authorizations', { account_id: accountId, idempotency_key: 'next', max_cost: '0.10' })
  await page.goto('/notifications')
  const isNew = page.getByRole('link', { name: /Usage is suspended.*new/ })
  const button = page.getByRole('button', { name: 'Mark all as read' })
  const bell = (name: string) => page.getByRole('link', { name, exact: true }).filter({ visible: true })
  await expect(isNew).toBeVisible()
  const doors = await holdDoors(page, /\/notifications\/read$/)

  await button.focus()
  await page.keyboard.press('Enter')
  await expect(isNew).toBeHidden()
  await expect(bell('1 new notification')).toBeHidden()
  await expect(bell('Notifications').first()).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Everything is read.' })).toBeFocused()
  doors.fail()
  await expect(page.getByText(`The list could not be marked as read, and is as it was. ${notAvailable}`)).toBeVisible()
  await expect(isNew).toBeVisible()
  await expect(bell('1 new notification')).toBeVisible()
  await expect(button).toBeFocused()

  doors.letThrough()
  await Promise.all([page.waitForResponse(/\/notifications\/read$/), page.keyboard.press('Enter')])
  await expect(isNew).toBeHidden()
  await page.reload()
  await expect(page.getByRole('link', { name: /Usage is suspended/ })).toBeVisible()
  await expect(isNew).toBeHidden()
  await expect(button).toBeHidden()
})

test('a webhook is gone at once, and there again when it could not be removed', async ({ page }) => {
  await signIn(page, newAddress())
  await page.goto('/settings/notifications')
  const webhook = page.getByRole('region', { name: 'Your webhook' })
  await webhook.getByLabel('Address').fill('http://127.0.0.1:9/hook')
  await webhook.getByRole('button', { name: 'Save' }).click()
  const address = webhook.getByText('Messages go to http://127.0.0.1')
  await expect(address).toBeVisible()

  const doors = await holdDoors(page, /\/notification-choices\/webhook$/)
  await webhook.getByRole('button', { name: 'Remove it' }).click()
  await expect(address).toBeHidden()
  doors.fail()
  await expect(webhook.getByRole('alert')).toContainText(`still takes messages. ${notAvailable}`)
  await expect(address).toBeVisible()
  doors.letThrough()
  await Promise.all([
    page.waitForResponse(/\/notification-choices\/webhook$/),
    webhook.getByRole('button', { name: 'Remove it' }).click(),
  ])
  await expect(address).toBeHidden()
  await page.reload()
  await expect(webhook.getByLabel('Address')).toBeVisible()
  await expect(address).toBeHidden()
})

test('theme and language wait for no server', async ({ page }) => {
  await signIn(page, newAddress())
  const menu = page.locator('[popovertarget]:visible')
  await holdDoors(page, /\/api\/locale$/)
  await menu.click()
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true })
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')

  await test.step('the switch follows what was chosen in the palette', async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Page or action' }).fill('light')
    await page.keyboard.press('Enter')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await menu.click()
    await expect(page.getByRole('radio', { name: 'Light' })).toBeChecked()
  })

  await page.getByRole('button', { name: 'Deutsch', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Übersicht', level: 1 })).toBeVisible()
})

test('a request for more is withdrawn at once, and waits again when it could not be', async ({ page }) => {
  // The demo's developer, whose request the seed leaves waiting.
  await signIn(page, 'linus@example.com')
  const theirs = page.getByRole('button', { name: 'Switch to Grace' }).filter({ visible: true })
  await page.locator('[popovertarget]:visible').click()
  if (await theirs.isVisible()) await theirs.click()
  await expect(page.getByRole('region', { name: /Usage by model/ })).toBeVisible()
  await page.goto('/settings/budgets')
  const requests = page.getByRole('region', { name: 'Requests for more' })
  const doors = await holdDoors(page, /\/withdraw$/)
  await requests.getByRole('button', { name: 'Withdraw' }).click()
  await expect(requests.getByText('Withdrawn', { exact: true })).toBeVisible()
  await expect(requests.getByRole('button', { name: 'Withdraw' })).toBeHidden()
  doors.fail()
  await expect(requests.getByRole('alert')).toHaveText(
    `The request could not be withdrawn, and still waits. ${notAvailable}`,
  )
  await expect(requests.getByText('Withdrawn', { exact: true })).toBeHidden()
  await expect(requests.getByRole('button', { name: 'Withdraw' })).toBeVisible()
})
