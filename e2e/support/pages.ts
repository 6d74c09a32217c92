import { expect, type Page } from '@playwright/test'

/** The demo's second customer, whose history the seed makes of a real trace. */
export const customerWithHistory = 'grace@example.com'

/** The pages of a customer by their addresses. */
const places = [
  '/',
  '/usage',
  '/credits',
  '/statement',
  '/statement/1',
  '/receipts',
  '/invoices',
  '/limits',
  '/what-if',
  '/settings',
  '/settings/keys',
  '/settings/budgets',
  '/settings/people',
  '/settings/notifications',
  '/settings/sessions',
  '/settings/audit',
  '/notifications',
  '/accounts/new',
  '/mailbox',
  '/no-such-page',
]

/** Every page of a customer, one charge among them. The customer is signed in and has used something. */
export async function customerPages(page: Page): Promise<string[]> {
  await page.goto('/usage')
  const charge = page.getByRole('link', { name: /explain this charge/ }).first()
  const address = await charge.getAttribute('href')
  expect(address).toMatch(/^\/usage\/charges\//)
  return [...places, address!]
}
