import type { Page } from '@playwright/test'
import { accountIdOf, useUpCredit } from './support/gate'
import { customerPages, customerWithHistory } from './support/pages'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'
import { expectGoodTree } from './support/tree'

const heading = (page: Page) => page.getByRole('heading', { level: 1 })

onEveryScreen(() => {
  test('every page of a customer with history can be heard: landmarks, headings, names, tables, charts', async ({
    page,
  }) => {
    test.setTimeout(240_000)
    await signIn(page, customerWithHistory)
    for (const address of await customerPages(page)) {
      await page.goto(address)
      await expect(heading(page)).toBeVisible()
      await expectGoodTree(page)
    }
  })

  test('and so can the first pages of a new one', async ({ page }) => {
    test.slow()
    await page.goto('/sign-in')
    await expectGoodTree(page)
    await signIn(page, newAddress())
    for (const address of [
      '/',
      '/usage',
      '/credits',
      '/statement',
      '/receipts',
      '/limits',
      '/what-if',
      '/settings/keys',
    ]) {
      await page.goto(address)
      await expect(heading(page)).toBeVisible()
      await expectGoodTree(page)
    }
  })
})

test('a changed balance is said, and what it means', async ({ page }) => {
  await signIn(page, newAddress())
  const accountId = await accountIdOf(page)
  const said = page.locator('[aria-live=polite].sr-only')
  await expect(said).toHaveText('')
  await useUpCredit(accountId)
  await expect(said).toHaveText(/^Balance −\$0\.\d\d\. Suspended: credit is used up\.$/)
})

test('what came of a form is said: what is wrong beside its field, what was saved, what was refused', async ({
  page,
}) => {
  await signIn(page, newAddress())
  await page.goto('/settings#monthly-cap')
  const cap = page.getByRole('region', { name: 'Monthly budget cap' })
  await cap.getByRole('radio', { name: /Stop usage at a limit/ }).check()
  await cap.getByLabel('Monthly limit').fill('ten')
  await cap.getByRole('button', { name: 'Save cap' }).click()
  await expect(cap.getByRole('alert')).toContainText('such as 25.00')
  await expect(cap.getByLabel('Monthly limit')).toHaveAccessibleDescription(/such as 25\.00/)
  await expectGoodTree(page)
  await cap.getByLabel('Monthly limit').fill('40')
  // What the cap would mean is said while it is typed.
  await expect(cap.getByRole('status').filter({ hasText: '$40.00 allowed' })).toBeVisible()
  await cap.getByRole('button', { name: 'Save cap' }).click()
  await expect(cap.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible()
})

test('chart and table are one thing in two forms: the table is there for whoever cannot see the chart', async ({
  page,
}) => {
  await signIn(page, customerWithHistory)
  const usage = page.getByRole('region', { name: /Usage by model/ })
  const table = usage.getByRole('table')
  await expect(usage.getByRole('img', { name: /Usage per day in US dollars/ })).toBeVisible()
  // Not shown while the chart is, and yet in the tree.
  await expect(table).toMatchAriaSnapshot(`
    - table:
      - caption
      - rowgroup:
        - row:
          - columnheader
          - columnheader
  `)
  expect(await table.getByRole('row').count()).toBeGreaterThan(2)
})
