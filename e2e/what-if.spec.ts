import type { Page } from '@playwright/test'
import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** The demo's second customer, whose history the seed makes of a real trace. */
const customerWithHistory = 'grace@example.com'

/** The cell of a figure in the comparison. */
const figure = (page: Page, row: string) =>
  page
    .getByRole('region', { name: /with (these|the current) settings/ })
    .getByRole('row', { name: row })
    .getByRole('cell')

onEveryScreen(() => {
  test('the overview says how long credit lasts and what the month will cost', async ({ page }) => {
    await signIn(page, customerWithHistory)
    const balance = page.getByRole('region', { name: 'Credit balance' })
    await expect(balance.getByText(/^(Runs out|Lasts more)/)).toBeVisible()
    await expect(balance.getByText(/From the last 14 full days/)).toBeVisible()
    const month = page.getByRole('region', { name: /Usage in/ })
    await expect(month.getByText(/at the end of the month/)).toBeVisible()
    await month.getByRole('link', { name: 'Try another cap' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'What if' })).toBeVisible()
  })

  test('other settings are tried on last month’s usage by address, and handed over to the settings', async ({
    page,
  }) => {
    test.slow()
    await signIn(page, customerWithHistory)
    await page.goto('/what-if?month=last')
    await expect(page.getByRole('region', { name: /with the current settings/ })).toBeVisible()
    await expectGoodLooks(page)
    const ran = await figure(page, 'Requests that ran').nth(2).textContent()

    await test.step('a cap refuses what is above it', async () => {
      await page.getByLabel('Monthly budget cap').fill('1.00')
      await page.getByLabel('Auto top-up', { exact: true }).selectOption('Off')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page).toHaveURL(/cap=1\.00/)
      await expect(page.getByText(/worth \$[\d.,]+ would have been refused/)).toBeVisible()
      const number = async (row: string, place: number) =>
        Number((await figure(page, row).nth(place).textContent())!.replaceAll(',', ''))
      const [accepted, refused] = [await number('Requests that ran', 1), await number('Requests refused', 1)]
      expect(accepted + refused).toBe(Number(ran!.replaceAll(',', '')))
      expect(refused).toBeGreaterThan(0)
      await expectGoodLooks(page)
    })

    await test.step('the table has what the chart shows', async () => {
      const timeline = page.getByRole('region', { name: 'Balance over the month' })
      await expect(timeline.getByRole('img', { name: /^Balance from/ })).toBeVisible()
      await timeline.getByRole('radio', { name: 'Table' }).check({ force: true })
      await expect(timeline.getByRole('img')).toBeHidden()
      await expect(timeline.getByRole('row').last()).toContainText(/hours? \d+ minutes?/)
      await expectGoodLooks(page)
    })

    await test.step('what cannot be is said beside its field', async () => {
      await page.getByLabel('Monthly budget cap').fill('lots')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page.getByText('Enter an amount such as 25.00.')).toBeVisible()
      await expect(page.getByLabel('Monthly budget cap')).toHaveValue('lots')
      await page.getByLabel('Monthly budget cap').fill('1')
      await page.getByLabel('Auto top-up', { exact: true }).selectOption('On')
      await page.getByLabel('Amount', { exact: true }).fill('1.00')
      await page.getByLabel('How much to buy').selectOption('A fixed amount')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page.getByText('The least is $5.00.')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('auto top-up buys, and the settings take the values', async () => {
      await page.getByLabel('Monthly budget cap').fill('')
      await page.getByLabel('Balance at the start').fill('5.00')
      await page.getByLabel('Buy when credit reaches').fill('6.00')
      await page.getByLabel('Amount', { exact: true }).fill('7.00')
      await page.getByLabel('Credit bought by hand').selectOption('Is left out')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page.getByText(/purchases? of \$[\d.,]+ (together )?would have been made by itself/)).toBeVisible()
      await page.getByRole('link', { name: 'Use this auto top-up' }).click()
      await expect(page).toHaveURL(/\/settings\?topUp=on/)
      await expect(page.getByRole('region', { name: 'Auto top-up' }).locator('input[name="amount"]')).toHaveValue(
        '7.00',
      )
    })
  })

  test('without usage there is nothing to replay, and the page says what it would do', async ({ page }) => {
    await signIn(page, newAddress())
    await expect(page.getByText(/no usage in the 14 days before today to tell from/)).toBeVisible()
    await page.goto('/what-if')
    await expect(page.getByText('There is no usage to replay yet')).toBeVisible()
    await expectGoodLooks(page)
  })
})
