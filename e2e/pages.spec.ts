import { expectGoodLooks } from './support/looks'
import { signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** The demo's second customer, whose history the seed makes of a real trace. */
const customerWithHistory = 'grace@example.com'

onEveryScreen(() => {
  test('every page of a customer with history is accessible and fits the screen', async ({ page }) => {
    test.slow()
    await signIn(page, customerWithHistory)
    for (const path of ['/', '/credits', '/receipts', '/settings', '/mailbox', '/no-such-page']) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expectGoodLooks(page)
    }

    await test.step('usage is a chart and a table of the same figures', async () => {
      await page.goto('/')
      const usage = page.getByRole('region', { name: /Usage by model/ })
      await expect(usage.getByRole('img', { name: /Usage per day/ })).toBeVisible()
      await usage.getByRole('radio', { name: 'Table' }).check({ force: true })
      await expect(usage.getByRole('img', { name: /Usage per day/ })).toBeHidden()
      await expect(usage.getByRole('columnheader', { name: 'Cost (USD)' })).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('a figure shows its exact value on focus, and Escape puts it away', async () => {
      const figure = page.getByRole('region', { name: 'Credit balance' }).getByRole('button').first()
      await page.keyboard.press('Tab')
      await figure.focus()
      await expect(page.getByRole('tooltip')).toHaveText(/^−?\$[\d.]+ USD$/)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('tooltip')).toBeHidden()
    })

    await test.step('the chosen theme is kept and painted by the server', async () => {
      await page.emulateMedia({ colorScheme: 'light' })
      await page.locator('[popovertarget]:visible').click()
      await page.getByRole('radio', { name: 'Dark' }).check({ force: true })
      await page.reload()
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    })

    await test.step('signing out ends the session', async () => {
      await page.locator('[popovertarget]:visible').click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(/\/sign-in/)
      await page.goto('/credits')
      await expect(page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()
      await expectGoodLooks(page)
    })
  })
})
