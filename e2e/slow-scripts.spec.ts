import { followMail, newAddress } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

onEveryScreen(() => {
  test('a page is there before its scripts, and what is typed and pressed meanwhile is not lost', async ({ page }) => {
    let letThrough = () => {}
    const held = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    await page.route(/\/_next\/static\/.*\.js$/, async (route) => {
      await held
      await route.continue()
    })
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
})
