import { accountIdOf, askGate } from './support/gate'
import { expectGoodLooks } from './support/looks'
import { goTo, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

const authorize = (accountId: string, key: string, tokens: { input_tokens: number; max_output_tokens: number }) =>
  askGate('authorizations', { account_id: accountId, idempotency_key: key, model: 'gpt-oss-20b', ...tokens })

onEveryScreen(() => {
  test('a newcomer sees what limits there are, uses a model, is refused by one and asks for more', async ({ page }) => {
    test.slow()
    await signIn(page, newAddress())

    await test.step('learns from the empty page', async () => {
      await goTo(page, 'Limits')
      await expect(page.getByRole('heading', { name: 'Limits', level: 1 })).toBeVisible()
      await expect(page.getByRole('region', { name: 'No tier yet' })).toContainText(
        'more, spent or added, brings tier 2',
      )
      await expect(page.getByRole('region', { name: '10 requests a minute' })).toContainText('no payment method')
      await expect(page.getByText('No model used yet')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('uses a model, and sees what is left of its minute', async () => {
      const accountId = await accountIdOf(page)
      const held = await authorize(accountId, 'first', { input_tokens: 1000, max_output_tokens: 500 })
      expect(held.status).toBe(201)
      expect(held.headers.get('x-ratelimit-remaining-tokens-generated')).toBe('35500')
      const refused = await authorize(accountId, 'second', { input_tokens: 1, max_output_tokens: 36_001 })
      expect(refused.status).toBe(422)
      expect(await refused.json()).toMatchObject({
        code: 'request_too_large',
        limit_reached: { name: 'tokens_generated', limit: 36_000 },
      })
      await page.goto('/limits')
      const model = page.getByRole('region', { name: /GPT OSS 20B/i })
      await expect(model).toContainText('3,600,000 a minute')
      await expect(model).toContainText('36,000 a minute')
      await expectGoodLooks(page)
    })

    await test.step('asks the operator for more, once, and takes it back', async () => {
      await page.getByRole('button', { name: 'Ask for more' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Send the request' }).click()
      await expect(dialog.getByRole('alert')).toHaveText('Say what you need it for.')
      await dialog.getByLabel('What for, and how much?').fill('A launch on Monday')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Send the request' }).click()
      const asked = page.getByRole('region', { name: 'What you asked for' })
      await expect(asked).toContainText('A launch on Monday')
      await expect(asked).toContainText('Waiting')
      await expectGoodLooks(page)
      await asked.getByRole('button', { name: 'Take back' }).click()
      await expect(asked).toContainText('Taken back')
    })
  })
})
