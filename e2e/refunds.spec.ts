import type { BrowserContext, Page } from '@playwright/test'
import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** The demo's operator, as the seed makes her. */
const operatorAddress = 'operator@example.com'

let cookies: Parameters<BrowserContext['addCookies']>[0] | undefined

/** Signs the operator in once for all tests of this file: links for one address are few. */
async function signInAsOperator(page: Page): Promise<void> {
  if (cookies) return page.context().addCookies(cookies)
  await signIn(page, operatorAddress)
  cookies = await page.context().cookies()
}

onEveryScreen(() => {
  test('a customer refunds a part, an operator the rest, and each sees what it does before', async ({
    page,
    browser,
  }) => {
    test.slow()
    const customer = newAddress()
    await signIn(page, customer)
    await page.goto('/fault-lab')
    await page.getByRole('button', { name: 'Pay by card', exact: true }).click()
    await expect(page.getByRole('complementary', { name: 'What can be seen' })).toContainText('$26.00')

    await test.step('the customer sees what comes back and what stays, and refunds', async () => {
      await page.goto('/receipts')
      await page.getByRole('button', { name: 'Refund $25.00' }).filter({ visible: true }).click()
      const dialog = page.getByRole('dialog')
      await expect(dialog.getByLabel('Money to return')).toHaveValue('25.00')
      await dialog.getByLabel('Money to return').fill('30')
      await expect(dialog.getByRole('alert')).toContainText('At most $25.00')
      await dialog.getByLabel('Money to return').fill('10')
      await expect(dialog.getByText('Stays of what was paid').locator('..')).toContainText('$15.00')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Refund $10.00' }).click()
      await expect(dialog.getByText('$10.00 is returned')).toBeVisible()
      await dialog.getByRole('button', { name: 'Done' }).click()
      await expect(
        page
          .getByText(/Refund.*\$10\.00/)
          .filter({ visible: true })
          .first(),
      ).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('for anybody else there are no operator pages', async () => {
      await page.goto('/operator')
      await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
    })

    await test.step('the operator finds the account and refunds the rest, with what was used', async () => {
      const context = await browser.newContext({ viewport: page.viewportSize() })
      const staff = await context.newPage()
      await signInAsOperator(staff)
      await staff.goto(`/operator?q=${encodeURIComponent(customer)}`)
      await staff.getByRole('main').getByRole('link').filter({ visible: true }).first().click()
      const purchases = staff.getByRole('region', { name: 'Purchases' })
      await purchases.getByRole('button', { name: 'Refund $25.00' }).click()
      const dialog = staff.getByRole('dialog')
      await dialog.getByRole('checkbox', { name: /Also return what was used/ }).check()
      await expect(dialog.getByLabel('Money to return')).toHaveValue('15.00')
      await expect(dialog.getByRole('button', { name: 'Refund $15.00' })).toBeDisabled()
      await dialog.getByLabel('Reason').fill('The customer asked by mail')
      await dialog.getByRole('button', { name: 'Refund $15.00' }).click()
      await expect(dialog.getByText('$15.00 is returned')).toBeVisible()
      await dialog.getByRole('button', { name: 'Done' }).click()
      await expect(staff.getByRole('region', { name: 'Refunds' })).toContainText('The customer asked by mail')
      // Away from the figures: each has a tip.
      await staff.mouse.move(0, 0)
      await expectGoodLooks(staff)
      await context.close()
    })

    await page.goto('/')
    await expect(page.getByRole('region', { name: 'Credit balance' })).toContainText('$1.00')
  })

  test('every operator page is accessible and fits the screen', async ({ page }) => {
    test.slow()
    await signInAsOperator(page)
    for (const path of [
      '/operator',
      '/operator/requests',
      '/operator/auto-top-up',
      '/operator/drift',
      '/operator/events',
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expectGoodLooks(page)
    }
  })
})
