import { readFileSync } from 'node:fs'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expectNoSidewaysScroll } from './support/looks'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

const demo = () => JSON.parse(readFileSync(path.join(process.env.PURSE_DATA_DIR!, 'demo.json'), 'utf8'))

const operation = (page: Page, summary: string) => page.locator('.opblock').filter({ hasText: summary })

onEveryScreen(() => {
  test('the reference lists every operation and answers a call with a key, without signing in', async ({ page }) => {
    const violations: string[] = []
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text())
    })

    await page.goto('/docs/api')
    await expect(page.getByRole('heading', { name: 'API reference', level: 1 })).toBeVisible()

    await test.step('every operation of the document stands on the page', async () => {
      const { paths } = await (await page.request.get('/v1/openapi.json')).json()
      const summaries = Object.values<Record<string, { summary: string }>>(paths).flatMap((methods) =>
        Object.values(methods).map(({ summary }) => summary),
      )
      await expect(page.locator('.opblock')).toHaveCount(summaries.length)
      for (const summary of summaries) await expect(operation(page, summary), summary).toBeVisible()
      await expectNoSidewaysScroll(page)
    })

    await test.step('a key that is typed in is sent with the request', async () => {
      const { serviceKey, accounts } = demo()
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      await page.locator('.modal-ux input').fill(serviceKey)
      await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click()
      await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).click()

      const balance = operation(page, 'The balance of an account at this moment')
      await balance.locator('.opblock-summary-control').click()
      await balance.getByRole('button', { name: 'Try it out' }).click()
      await balance.getByPlaceholder('account_id').fill(accounts.history)
      await balance.getByRole('button', { name: 'Execute' }).click()
      const answer = balance.locator('.live-responses-table')
      await expect(answer.locator('.response-col_status').nth(1)).toContainText('200')
      await expect(answer).toContainText('"available"')
      await expectNoSidewaysScroll(page)
    })

    await test.step('what is ours is accessible, in light and in dark', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /dark-mode/ : /^(?!.*dark-mode)/)
        const { violations: found } = await new AxeBuilder({ page }).exclude('.swagger-ui').analyze()
        expect(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' '))}`)).toEqual([])
      }
    })
    expect(violations).toEqual([])
  })
})
