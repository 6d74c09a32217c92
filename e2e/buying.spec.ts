import { expectGoodLooks } from './support/looks'
import { goTo, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { cards, payFromBank, payWith, typeCode } from './support/stripe-page'
import { expect, test } from './support/test'

onEveryScreen(() => {
  test('a new customer buys credits, comes back to the new balance, and finds the receipt', async ({
    page,
    context,
  }) => {
    test.slow()
    const balance = page.getByRole('region', { name: 'Credit balance' })

    await test.step('starts with one dollar and is told what to do with it', async () => {
      await signIn(page, newAddress())
      await expect(balance).toContainText('$1.00')
      await expect(page.getByRole('region', { name: 'No usage yet' })).toContainText('/v1/usage')
      await expectGoodLooks(page)
    })

    await test.step('is told what is wrong with an amount below the minimum', async () => {
      await page.getByRole('link', { name: 'Buy credits' }).first().click()
      await page.getByLabel('Or another amount').fill('4.99')
      await page.getByRole('button', { name: 'Continue to payment' }).click()
      await expect(page.getByRole('alert').filter({ hasText: '$5.00' })).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('sees the balance that the purchase leads to, and goes to pay', async () => {
      await page.getByRole('radio', { name: '$50' }).check({ force: true })
      await expect(page.getByRole('status').filter({ hasText: '$51.00' })).toBeVisible()
      await page.getByRole('button', { name: 'Continue to payment' }).click()
    })

    await test.step('is told of a decline, and pays with another card', async () => {
      await payWith(page, cards.declined)
      await expect(page.getByRole('alert')).toContainText('did not go through')
      await payWith(page, cards.good)
    })

    await test.step('comes back and sees the new balance without reloading', async () => {
      await page.waitForURL(/\/credits\?purchase=/)
      await expect(page.getByText('$50.00 of credit added')).toBeVisible({ timeout: 20_000 })
      await expect(balance).toContainText('$51.00')
      await expect(page.getByRole('region', { name: 'Purchases' }).getByText('Paid', { exact: true })).toBeVisible()
      await expect(page.getByRole('region', { name: /in the order/ })).toContainText('Credits bought')
      await expectGoodLooks(page)
    })

    await test.step('is told that no purchase is missing', async () => {
      await page.getByRole('button', { name: 'Find my purchase' }).click()
      await expect(page.getByText(/without becoming credit|in your credits already/)).toBeVisible()
    })

    await test.step('opens the receipt at Stripe', async () => {
      await goTo(page, 'Receipts')
      await expect(page.getByRole('heading', { name: 'Receipts', level: 1 })).toBeVisible()
      await expectGoodLooks(page)
      const opened = context.waitForEvent('page')
      await page.locator('a[target=_blank]:visible').first().click()
      await expect((await opened).getByRole('heading', { name: 'Receipt' })).toBeVisible()
    })
  })

  test('somebody who turns back from the payment page is told that nothing was charged', async ({ page }) => {
    test.slow()
    await signIn(page, newAddress())
    await page.goto('/credits')
    await page.getByRole('button', { name: 'Continue to payment' }).click()
    await page.getByRole('link', { name: /cancel/i }).click()
    await page.waitForURL(/\/credits\?canceled=/)
    await expect(page.getByText('You left the payment page')).toBeVisible()
    await expect(page.getByText('Nothing was charged for the purchase of $25.00.')).toBeVisible()
    await expectGoodLooks(page)
  })

  test('a promotion code and tax: the credit is what was ordered, and the receipt says each figure', async ({
    page,
  }) => {
    test.slow()
    await signIn(page, newAddress())
    await page.goto('/credits')
    await page.getByRole('radio', { name: '$50' }).check({ force: true })
    await page.getByRole('button', { name: 'Continue to payment' }).click()
    await typeCode(page, 'WELCOME20')
    await payWith(page, cards.good, 'CA')
    await expect(page.getByText('Look at it before you pay.')).toBeVisible()
    await payWith(page, cards.good, 'CA')

    await page.waitForURL(/\/credits\?purchase=/)
    await expect(page.getByText('$10.00 of it is a gift of the code WELCOME20.')).toBeVisible()
    await expect(page.getByRole('region', { name: 'Credit balance' })).toContainText('$51.00')
    await expectGoodLooks(page)

    await page.goto('/receipts')
    for (const words of ['$10.00 a gift of WELCOME20', '$2.90', '$42.90', '$50.00']) {
      await expect(page.getByText(words).filter({ visible: true }).first()).toBeVisible()
    }
    await expect(page.getByRole('link', { name: /^Invoice PDF/ }).filter({ visible: true })).toBeVisible()
    await expectGoodLooks(page)
  })
})

test('a bank debit says that it takes days; an open purchase can be canceled', async ({ page }) => {
  test.slow()
  await signIn(page, newAddress())
  await page.goto('/credits')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await payFromBank(page)
  await page.waitForURL(/\/credits\?purchase=/)
  await expect(page.getByText('Payment of $25.00 on its way')).toBeVisible()
  const purchases = page.getByRole('region', { name: 'Purchases' })
  await expect(purchases.getByText('this takes up to 4 business days')).toBeVisible()
  await expectGoodLooks(page)

  await page.goto('/credits')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.getByRole('link', { name: /cancel/i }).click()
  await page.waitForURL(/\/credits\?canceled=/)
  await purchases.getByRole('button', { name: 'Cancel purchase' }).click()
  await expect(purchases.getByText('Canceled before it was paid. No money was taken.')).toBeVisible()
  await expectGoodLooks(page)
})
