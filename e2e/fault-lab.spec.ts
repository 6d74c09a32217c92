import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

onEveryScreen(() => {
  test('a purchase is paid, disputed and lost at a press each, and the figures and words follow', async ({ page }) => {
    await signIn(page, newAddress())
    await page.goto('/fault-lab')
    const seen = page.getByRole('complementary', { name: 'What can be seen' })
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('button', { name: 'Lose the dispute' })).toBeDisabled()

    await press('Pay by card')
    await expect(seen).toContainText('$25.00 was paid on Stripe’s page')
    await expect(seen).toContainText('$26.00')

    await press('Dispute a payment')
    await expect(seen.getByText('$25.00 of credit is frozen')).toBeVisible()
    await expect(seen.getByText('they agree')).toBeVisible()

    await press('Use $0.50')
    await expect(seen).toContainText('was used, with')
    await press('Lose the dispute')
    await expect(seen.getByText('Dispute decided for the cardholder')).toBeVisible()
    await expect(seen).toContainText('$0.50')
    await expect(page.getByRole('button', { name: 'Appeal the loss' })).toBeEnabled()
    await expectGoodLooks(page)

    await page.goto('/credits')
    await expect(page.getByRole('region', { name: 'Disputed payments' })).toContainText(
      '$25.00 of credit was taken back',
    )
    await expectGoodLooks(page)
  })
})
