import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expectGoodLooks, expectNoSidewaysScroll } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** The demo's second customer, whose history the seed makes of a real trace. */
const customerWithHistory = 'grace@example.com'

/** Nanos of a decimal string: nothing here is added as a float. */
function nanosOf(decimal: string): bigint {
  const [whole, fraction = ''] = decimal.split('.')
  return BigInt(whole! + fraction.padEnd(9, '0'))
}

const sumOf = (decimals: string[]) => decimals.reduce((total, decimal) => total + nanosOf(decimal), 0n)

/** The page's total with every digit. */
const totalOf = async (page: Page): Promise<bigint> =>
  nanosOf((await page.locator('data#usage-total').getAttribute('value'))!)

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

onEveryScreen(() => {
  test('usage is explored by address, from the chart down to the receipt of a single request', async ({ page }) => {
    test.slow()
    await signIn(page, customerWithHistory)
    await page.goto('/usage')
    await expect(heading(page, 'Usage')).toBeVisible()
    await expectGoodLooks(page)
    const total = await totalOf(page)
    expect(total).toBeGreaterThan(0n)

    await test.step('the table has the figures of the chart, and both the total of the page', async () => {
      const usage = page.getByRole('region', { name: 'Cost by model' })
      await expect(usage.getByRole('img', { name: /Usage per day in US dollars, 30 days/ })).toBeVisible()
      const legend = await usage
        .getByRole('listitem')
        .locator('[data-tip]')
        .evaluateAll((figures) => figures.map((figure) => figure.getAttribute('data-tip')!.replaceAll(/[^\d.]/g, '')))
      expect(sumOf(legend)).toBe(total)
      await usage.getByText('Table', { exact: true }).click()
      await expect(usage.getByRole('img')).toBeHidden()
      const rows = await usage
        .locator('tbody [data-tip]')
        .evaluateAll((figures) => figures.map((figure) => figure.getAttribute('data-tip')!.replaceAll(/[^\d.]/g, '')))
      expect(sumOf(rows)).toBe(total)
      await expectGoodLooks(page)
    })

    await test.step('a file holds every request, and its sum is the total of the page', async () => {
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Requests as CSV' }).click()
      const text = readFileSync(await (await download).path(), 'utf8')
      const [header, ...lines] = text.trim().split('\r\n')
      const amountAt = header!.split(',').indexOf('amount')
      expect(sumOf(lines.map((line) => line.split(',')[amountAt]!))).toBe(total)
      await expect(page.getByText('The file is in your downloads.')).toBeVisible()
      const focus = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Daily costs as FOCUS' }).click()
      const daily = readFileSync(await (await focus).path(), 'utf8')
        .trim()
        .split('\r\n')
        .slice(1)
      expect(sumOf(daily.map((line) => line.split(',')[0]!))).toBe(total)
    })

    await test.step('a line of the breakdown leads into its group, and the address remembers it', async () => {
      const breakdown = page.getByRole('region', { name: 'By model' })
      await breakdown.getByRole('link', { name: 'Kimi K2.7 Code' }).click()
      await expect(page).toHaveURL(/model=kimi-k2p7-code/)
      await expect(page.getByRole('link', { name: 'Remove the filter Model: Kimi K2.7 Code' })).toBeVisible()
      const part = await totalOf(page)
      expect(part).toBeLessThan(total)
      await page.reload()
      await expect(page.getByRole('link', { name: 'Remove the filter Model: Kimi K2.7 Code' })).toBeVisible()
      expect(await totalOf(page)).toBe(part)
      await page.getByRole('link', { name: '7 days' }).click()
      await expect(page).toHaveURL(/range=7d.*model=kimi-k2p7-code/)
      await page.getByRole('link', { name: 'By hour' }).click()
      await expect(page.getByRole('img', { name: /Usage per hour/ })).toBeVisible()
      await page.getByText('Dates and filters').click()
      await page.getByLabel('Model', { exact: true }).selectOption({ label: 'DeepSeek V4 Pro' })
      await page.getByRole('button', { name: 'Show usage' }).click()
      await expect(page).toHaveURL(/model=deepseek-v4-pro/)
      await expect(page.getByRole('link', { name: '7 days' })).toHaveAttribute('aria-current', 'true')
      await expectNoSidewaysScroll(page)
    })

    await test.step('an older page of requests has an address of its own', async () => {
      await page.goto('/usage?range=30d')
      const requests = page.getByRole('region', { name: 'Requests' })
      const first = await requests.getByRole('row').nth(1).textContent()
      await requests.getByRole('link', { name: 'Older' }).click()
      await expect(page).toHaveURL(/before=/)
      await expect(requests.getByRole('link', { name: 'Newest' })).toBeVisible()
      expect(await requests.getByRole('row').nth(1).textContent()).not.toBe(first)
    })

    await test.step('a request leads to its explanation, whose parts add up to the charge', async () => {
      const requests = page.getByRole('region', { name: 'Requests' })
      await requests
        .getByRole('link', { name: /explain this charge/ })
        .first()
        .click()
      await expect(heading(page, 'Explain this charge')).toBeVisible()
      await expectGoodLooks(page)
      const paid = page.getByRole('region', { name: 'What paid it' })
      const figures = async (rows: string) =>
        (await paid.locator(`${rows} td:last-child`).allTextContents()).map((text) => text.replaceAll(/[^\d.]/g, ''))
      expect(sumOf(await figures('tbody tr'))).toBe(sumOf(await figures('tfoot tr')))
      const worked = page.getByRole('region', { name: 'How it was worked out' })
      await expect(worked.getByText(/Rounded once, half up/)).toBeVisible()
      await expect(page.getByText('Monthly budget cap of the account')).toBeVisible()
      await paid.getByRole('link', { name: /movement/ }).click()
      await expect(heading(page, 'Movement')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('a range that cannot be is told in words, and something that can be is shown', async () => {
      await page.goto('/usage?range=90d&step=hour')
      await expect(page.getByText('Hours are shown for at most 31 days')).toBeVisible()
      await page.goto('/usage?from=2026-02-30&to=2026-03-01')
      await expect(page.getByText('The first day is no day of the calendar')).toBeVisible()
      await page.goto('/usage/charges/00000000-0000-0000-0000-000000000000')
      await expect(heading(page, 'There is nothing here')).toBeVisible()
    })
  })

  test('an account without usage learns how to have some', async ({ page }) => {
    await signIn(page, newAddress())
    await page.goto('/usage')
    await expect(page.getByText('No requests yet')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Make an API key' })).toHaveAttribute('href', '/settings/keys')
    await expectGoodLooks(page)
  })
})
