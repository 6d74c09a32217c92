import { expect, type Page } from '@playwright/test'

/** Stripe's own test numbers. */
export const cards = { good: '4242 4242 4242 4242', declined: '4000 0000 0000 0002' }

const address: [string, string][] = [
  ['Address', '12 Market Street'],
  ['Address line 1', '12 Market Street'],
  ['City', 'Springfield'],
  ['ZIP', '62701'],
  ['Postal code', '62701'],
]

/** Fills the card on the hosted page and presses its button. */
export async function payWith(page: Page, number: string): Promise<void> {
  await expect(page.getByLabel('Card number')).toBeVisible()
  const another = page.getByLabel('Use another card')
  if (await another.isVisible()) await another.check()
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry').fill('12 / 34')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
  for (const [label, value] of address) {
    const input = page.getByLabel(label, { exact: true })
    if (await input.isVisible()) await input.fill(value)
  }
  await page.getByRole('button', { name: /^(Pay|Save)/ }).click()
}
