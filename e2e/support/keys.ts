import { expect, type Locator, type Page } from '@playwright/test'
import { readFocus } from './focus'

/** Presses Tab until the control has the focus. Each stop on the way must be seen, and lie after the one before it. */
export async function tabTo(page: Page, control: Locator, most = 120): Promise<void> {
  let order = (await readFocus(page))?.order ?? -1
  for (let pressed = 0; pressed < most; pressed++) {
    if (await control.evaluate((element) => element === document.activeElement).catch(() => false)) return
    await page.keyboard.press('Tab')
    const stop = await readFocus(page)
    if (!stop) {
      order = -1
      continue
    }
    expect(stop.problem, `${page.url()}: ${stop.name}`).toBeNull()
    expect(stop.order, `${page.url()}: ${stop.name} comes before what was left`).toBeGreaterThan(order)
    order = stop.order
  }
  throw new Error(`No way by Tab to ${control}.`)
}

/** Goes to a page or an action by its name, with ⌘K. */
export async function goByName(page: Page, typed: string, name: string): Promise<void> {
  // Keys are heard once the page's script has begun.
  const palette = page.getByRole('combobox', { name: 'Page or action' })
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(palette).toBeFocused({ timeout: 2000 })
  }).toPass()
  await page.keyboard.type(typed)
  const option = page.getByRole('option', { name, exact: true })
  for (let pressed = 0; pressed < 20 && (await option.getAttribute('aria-selected')) !== 'true'; pressed++) {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
}

/** The open dialog keeps the focus within, whichever way one goes; Escape closes it and leads back to what opened it. */
export async function expectDialogKeepsFocus(page: Page, opener: Locator): Promise<void> {
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  const isInside = () =>
    page.evaluate(() => {
      const { activeElement } = document
      // Between its last and its first control the browser's own bars have their turn.
      return activeElement === document.body || activeElement?.closest('dialog[open]') !== null
    })
  expect(await isInside()).toBe(true)
  for (const key of [...Array(15).fill('Tab'), ...Array(20).fill('Shift+Tab')] as string[]) {
    await page.keyboard.press(key)
    expect(await isInside(), `${key} leads out of the dialog`).toBe(true)
    const stop = await readFocus(page)
    expect(stop?.problem ?? null, stop?.name).toBeNull()
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(opener).toBeFocused()
}
