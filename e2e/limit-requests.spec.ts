import { accountIdOf, askGate } from './support/gate'
import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** The demo's operator, as the seed makes her. */
const operatorAddress = 'operator@example.com'

onEveryScreen(() => {
  test('a customer asks for higher limits, an operator declines one and grants the next with the numbers', async ({
    page,
    browser,
  }) => {
    test.slow()
    const customer = newAddress()
    await signIn(page, customer)
    await page.goto('/limits')
    const accountId = await accountIdOf(page)

    const ask = async (kind: string, reason: string) => {
      await page.getByRole('button', { name: 'Ask for more' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('What do you need?').selectOption(kind)
      await dialog.getByLabel('What for, and how much?').fill(reason)
      await dialog.getByRole('button', { name: 'Send the request' }).click()
      await expect(page.getByRole('region', { name: 'What you asked for' })).toContainText(reason)
    }
    await ask('requests', 'A launch on Monday: some 300 requests a minute')
    await ask('tokens', 'About 9 million prompt tokens a minute')

    const context = await browser.newContext({ viewport: page.viewportSize() })
    const staff = await context.newPage()
    await signIn(staff, operatorAddress)
    await staff.goto('/operator/requests')
    const queue = staff.getByRole('region', { name: 'Higher limits' })
    const waiting = (reason: string) => queue.getByRole('listitem').filter({ hasText: reason })

    await test.step('the queue says who asks, for what, and what speaks for it', async () => {
      const request = waiting('A launch on Monday')
      await expect(request).toContainText('asks for more requests a minute')
      await expect(request).toContainText('10, by the rule')
      await expect(request).toContainText('Used in 30 days')
      await expectGoodLooks(staff)
    })

    await test.step('a decline needs a word', async () => {
      await waiting('About 9 million')
        .getByRole('button', { name: /^Decline/ })
        .click()
      const dialog = staff.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Decline' }).click()
      await expect(dialog.getByRole('alert')).toHaveText('Say why: the customer reads it.')
      await dialog.getByLabel('Note').fill('Not before the new region opens')
      await expectGoodLooks(staff)
      await dialog.getByRole('button', { name: 'Decline' }).click()
      await expect(waiting('About 9 million')).toHaveCount(0)
      await expect(staff.getByRole('region', { name: 'Answered last' })).toContainText(
        'Not before the new region opens',
      )
    })

    await test.step('a grant sets the limit at once', async () => {
      await waiting('A launch on Monday')
        .getByRole('button', { name: /^Grant/ })
        .click()
      const dialog = staff.getByRole('dialog')
      const limit = dialog.getByLabel('Requests a minute')
      await expect(limit).toHaveValue('10')
      await limit.fill('many')
      await dialog.getByRole('button', { name: 'Grant' }).click()
      await expect(dialog.getByRole('alert')).toHaveText('Type a whole number, such as 9,000,000.')
      await limit.fill('300')
      await dialog.getByRole('button', { name: 'Grant' }).click()
      await expect(waiting('A launch on Monday')).toHaveCount(0)
      const body = { account_id: accountId, idempotency_key: 'first', model: 'gpt-oss-20b' }
      const answer = await askGate('authorizations', { ...body, input_tokens: 10, max_output_tokens: 10 })
      expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('300')
    })

    await test.step('the customer reads both answers, and is told', async () => {
      await page.reload()
      await expect(page.getByRole('region', { name: '300 requests a minute' })).toContainText(
        'The operator of this platform set this limit',
      )
      const asked = page.getByRole('region', { name: 'What you asked for' })
      await expect(asked).toContainText('Granted')
      await expect(asked).toContainText('Answer: Not before the new region opens')
      await expectGoodLooks(page)
      await page.goto('/notifications')
      await expect(page.getByText('The operator granted your request for higher limits')).toBeVisible()
      await expect(page.getByText('The operator declined your request for higher limits')).toBeVisible()
    })

    await test.step('the operator sets token limits by hand, and gives the requests back to the rule', async () => {
      await staff.goto(`/operator/accounts/${accountId}`)
      const limits = staff.getByRole('region', { name: 'Limits', exact: true })
      await expect(limits).toContainText('300, set by an operator')
      await limits.getByRole('button', { name: 'Set limits' }).click()
      const dialog = staff.getByRole('dialog')
      await dialog.getByLabel('Requests a minute').fill('')
      await dialog.getByRole('checkbox', { name: /Token limits set by hand/ }).check()
      await dialog.getByLabel('Prompt tokens a minute', { exact: true }).fill('0')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog.getByRole('alert')).toContainText('A token limit is a whole number from 1')
      await dialog.getByLabel('Prompt tokens a minute', { exact: true }).fill('9,000,000')
      await expectGoodLooks(staff)
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(limits).toContainText('10, by the rule')
      await expect(limits).toContainText('Set by an operator')
      await expect(limits).toContainText('9,000,000')
      await staff.mouse.move(0, 0)
      await expectGoodLooks(staff)
      await context.close()
    })
  })
})
