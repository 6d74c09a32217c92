import type { Page } from '@playwright/test'
import { tabThrough } from './support/focus'
import { customerPages, customerWithHistory } from './support/pages'
import { newAddress, signIn } from './support/people'
import { expectReflow } from './support/reflow'
import { expect, test } from './support/test'

/** What is left of a window of 1280 by 800 when the browser enlarges it; and the narrowest that WCAG 1.4.10 names. */
const zooms = [
  { name: '200 %', viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { name: '400 %', viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
]

// The last and longest of all: each size on its own.
test.describe.configure({ mode: 'parallel' })

async function show(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

for (const { name, ...use } of zooms) {
  test.describe(name, () => {
    test.use(use)

    test('every page flows into the window, and the keyboard is never behind something', async ({ page }) => {
      test.setTimeout(300_000)
      await signIn(page, customerWithHistory)
      for (const address of await customerPages(page)) {
        await test.step(address, async () => {
          await show(page, address)
          await expectReflow(page)
          await tabThrough(page)
        })
      }
    })

    test('in German and Arabic as well', async ({ page, baseURL }) => {
      test.setTimeout(300_000)
      await signIn(page, customerWithHistory)
      const addresses = await customerPages(page)
      for (const locale of ['de', 'ar']) {
        await page.context().addCookies([{ name: 'locale', value: locale, url: baseURL! }])
        for (const address of addresses) {
          await test.step(`${locale} ${address}`, async () => {
            await show(page, address)
            await expectReflow(page)
          })
        }
      }
    })

    test('a new account’s empty pages, sign-in and dialogs flow as well', async ({ page }) => {
      test.slow()
      await page.goto('/sign-in')
      await expectReflow(page)
      await tabThrough(page)
      await signIn(page, newAddress())
      for (const address of ['/', '/usage', '/credits', '/statement', '/limits', '/what-if', '/settings/keys']) {
        await show(page, address)
        await expectReflow(page)
      }
      await page.getByRole('button', { name: 'Create key' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('checkbox', { name: /Limit what it may spend/ }).check()
      await expectReflow(page)
      for (let stop = 0; stop < 12; stop++) await page.keyboard.press('Tab')
      await dialog.getByLabel('Name').fill('Night jobs')
      await dialog.getByLabel('Limit', { exact: true }).fill('25')
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await expect(dialog.getByRole('button', { name: 'I have copied it' })).toBeVisible()
      await expectReflow(page)
    })
  })
}

test('a low window shows the whole navigation', async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 460 })
  await signIn(page, customerWithHistory)
  const stops = await tabThrough(page)
  expect(stops.map(({ name }) => name)).toContain('a Settings')
})
