import { expectGoodLooks } from './support/looks'
import { goTo, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

onEveryScreen(() => {
  test('every page is in the navigation, and everything can be found by name', async ({ page }) => {
    test.slow()
    await signIn(page, newAddress())
    for (const place of ['Usage', 'Credits', 'Statement', 'Receipts', 'Limits', 'Settings', 'Overview']) {
      await goTo(page, place)
      await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('main').getByRole('heading', { name: 'There is nothing here' })).toBeHidden()
    }

    await test.step('an action is found by its name, without leaving the keyboard', async () => {
      await page.getByRole('button', { name: 'Go to…' }).filter({ visible: true }).click()
      const palette = page.getByRole('dialog', { name: 'Go to' })
      await palette.getByRole('combobox').fill('cap')
      await expect(palette.getByRole('option')).toHaveText(['Change the monthly cap'])
      await expectGoodLooks(page)
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/settings#monthly-cap/)
    })

    await test.step('the theme is changed from there as well', async () => {
      await page.getByRole('button', { name: 'Go to…' }).filter({ visible: true }).click()
      await page.getByRole('combobox', { name: 'Page or action' }).fill('dark')
      await page.keyboard.press('Enter')
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    })
  })
})

test('keys lead to the pages, say which they are, and can be turned off', async ({ page }) => {
  await signIn(page, newAddress())
  // Keys are heard once the page's script has begun.
  await expect(async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.waitForURL(/\/credits$/, { timeout: 3000 })
  }).toPass()

  await page.keyboard.press('Shift+?')
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(shortcuts).toContainText('Show this list')
  await expectGoodLooks(page)
  await shortcuts.getByRole('switch', { name: /single-key/ }).uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Go to' })).toBeVisible()
  expect(page.url()).toMatch(/\/credits$/)
})

test('typing in a field is no command', async ({ page }) => {
  await signIn(page, newAddress())
  await page.goto('/credits')
  await page.getByLabel('Or another amount').focus()
  await page.keyboard.type('gr?')
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(page.url()).toMatch(/\/credits$/)
})
