import type { Page } from '@playwright/test'
import { followMail, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** Keeps scripts from arriving until they are let through. */
async function holdScripts(page: Page): Promise<() => void> {
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route(/\/_next\/static\/.*\.js$/, async (route) => {
    await held
    await route.continue()
  })
  return letThrough
}

onEveryScreen(() => {
  test('a page is there before its scripts, and what is typed and pressed meanwhile is not lost', async ({ page }) => {
    const letThrough = await holdScripts(page)
    await page.goto('/sign-in', { waitUntil: 'commit' })
    const address = newAddress()
    await page.getByLabel('E-mail address').fill(address)
    await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()
    expect(await page.evaluate(() => document.readyState)).not.toBe('complete')

    letThrough()
    await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
    await followMail(page, address, /\/sign-in\/confirm\?/)
    await expect(page.getByText(address)).toBeVisible()
  })

  test('an amount that is chosen before the scripts are there is the one that is bought', async ({ page }) => {
    await signIn(page, newAddress())
    const letThrough = await holdScripts(page)
    await page.goto('/credits', { waitUntil: 'commit' })
    const buy = page.getByRole('region', { name: 'Buy credits' })
    await buy.getByText('$100', { exact: true }).click()
    await buy.getByText('$50', { exact: true }).click()
    await buy.getByRole('button', { name: 'Continue to payment' }).click()
    letThrough()
    await expect(page.getByLabel('Card number')).toBeVisible()
    await expect(page.getByText('$50.00').first()).toBeVisible()
  })
})
