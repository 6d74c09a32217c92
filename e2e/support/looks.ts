import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** No violation that axe can find, in light and in dark, nothing to scroll sideways, and no value that no person can read. */
export async function expectGoodLooks(page: Page): Promise<void> {
  await expectNoSidewaysScroll(page)
  await expect(page.locator('body')).not.toContainText(/\[object |\bNaN\b|\bundefined\b/, { useInnerText: true })
  // Asked for until it is there: a page that paints itself anew is without its title for an instant.
  await expect(page).toHaveTitle(/\S/)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).withTags(rules).disableRules('document-title').analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(excess, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0)
}
