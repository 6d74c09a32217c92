import { expect, type Page } from '@playwright/test'

/** Stripe's own test numbers. */
export const cards = { good: '4242 4242 4242 4242', declined: '4000 0000 0000 0002' }

const address: [string, string][] = [
  ['Address', '12 Market Street'],
  ['Address line 1', '12 Market Street'],
  ['City', 'Springfield'],
  ['ZIP', '62701'],
  ['Postal code', '62701'],
  ['State', 'IL'],
  ['Country', 'US'],
]

/** Fills the card on the hosted page and presses its button. Illinois adds no tax in the sandbox. */
export async function payWith(page: Page, number: string, state = 'IL'): Promise<void> {
  await expect(page.getByLabel('Card number')).toBeVisible()
  const another = page.getByLabel('Use another card')
  if (await another.isVisible()) await another.check()
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry').fill('12 / 34')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
  await fillAddress(page, state)
  await page.getByRole('button', { name: /^(Pay|Save)/ }).click()
}

async function fillAddress(page: Page, state: string): Promise<void> {
  for (const [label, value] of address) {
    const input = page.getByLabel(label, { exact: true })
    if (await input.isVisible()) await input.fill(label === 'State' ? state : value)
  }
}

/** Stripe's own test account; the sandbox's bank pays after four days. */
export async function payFromBank(page: Page): Promise<void> {
  await page.getByLabel(/US bank account/).check()
  await page.getByLabel('Account holder').fill('Ada Lovelace')
  await page.getByLabel('Routing number').fill('110000000')
  await page.getByLabel('Account number').fill('000123456789')
  await fillAddress(page, 'IL')
  await page.getByRole('button', { name: /^Pay/ }).click()
}

export async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Promotion code').fill(code)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText(`Code ${code} applied`)).toBeVisible()
}
