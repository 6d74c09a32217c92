import { accountIdOf, askGate } from './support/gate'
import { expectGoodLooks } from './support/looks'
import { goTo, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { cards, payWith } from './support/stripe-page'
import { expect, test } from './support/test'

/** The demo's operator, as the seed makes her. */
const operatorAddress = 'operator@example.com'

const use = async (accountId: string, events: object[]) =>
  (await askGate('usage', { account_id: accountId, events })).json() as Promise<{ accepted: number }>

onEveryScreen(() => {
  test('a customer asks for post-paid, uses more than there is credit, is invoiced for the rest and pays it', async ({
    page,
    browser,
  }) => {
    test.setTimeout(360_000)
    await signIn(page, newAddress())

    await test.step('reads why there is no invoice, and asks for post-paid', async () => {
      await goTo(page, 'Invoices')
      await expect(page.getByRole('heading', { name: 'Invoices', level: 1 })).toBeVisible()
      await expect(page.getByText('No month-end invoices')).toBeVisible()
      await expectGoodLooks(page)
      await page.goto('/settings')
      const billing = page.getByRole('region', { name: 'How you are billed' })
      await expect(billing).toContainText('There is no month-end invoice.')
      await billing.getByRole('button', { name: 'Ask for post-paid' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Send the request' }).click()
      await expect(dialog.getByText('Enter an amount.')).toBeVisible()
      await expect(dialog.getByText('Say what you need it for.')).toBeVisible()
      await dialog.getByLabel('Usage you expect in a month').fill('500')
      await dialog.getByLabel('What for, and who pays?').fill('Our accounting pays by invoice')
      await expectGoodLooks(page)
      await dialog.getByRole('button', { name: 'Send the request' }).click()
      await expect(billing).toContainText('Waiting')
      await expect(billing).toContainText('expecting $500.00 of usage a month')
      await expectGoodLooks(page)
    })
    const accountId = await accountIdOf(page)

    const context = await browser.newContext({ viewport: page.viewportSize() })
    const staff = await context.newPage()
    await signIn(staff, operatorAddress)

    await test.step('an operator approves with a contract', async () => {
      await staff.goto('/operator/requests')
      const queue = staff.getByRole('region', { name: 'Post-paid' })
      const request = queue.getByRole('listitem').filter({ has: staff.locator(`a[href$="${accountId}"]`) })
      await expect(request).toContainText('Our accounting pays by invoice')
      await expectGoodLooks(staff)
      await request.getByRole('button', { name: /^Approve/ }).click()
      const dialog = staff.getByRole('dialog')
      await expect(dialog.getByLabel('Credit limit')).toHaveValue('500.00')
      await dialog.getByLabel('Credit limit').fill('100')
      await dialog.getByLabel('Days until an invoice is due').fill('a month')
      await dialog.getByRole('button', { name: 'Start the contract' }).click()
      await expect(dialog.getByRole('alert')).toHaveText('Type a whole number of days, such as 30.')
      await dialog.getByLabel('Days until an invoice is due').fill('30')
      await dialog.getByLabel('Purchase order (optional)').fill('PO-4711')
      await expectGoodLooks(staff)
      await dialog.getByRole('button', { name: 'Start the contract' }).click()
      await expect(request).toHaveCount(0)
    })

    await test.step('the customer reads the terms, and what is left of the credit limit', async () => {
      await page.reload()
      const billing = page.getByRole('region', { name: 'How you are billed' })
      await expect(billing).toContainText('Post-paid')
      await expect(billing).toContainText('Due 30 days after the invoice')
      await expect(billing).toContainText('PO-4711')
      await expect(page.getByRole('region', { name: 'Monthly budget cap' })).toContainText(
        'Usage stops only at your credit limit.',
      )
      await expectGoodLooks(page)
      await page.goto('/invoices')
      await expect(page.getByText('No invoice yet')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('usage goes beyond credit, and not beyond the credit limit', async () => {
      const events = [
        { id: 'long', model: 'glm-5p1', input_tokens: 40_000_000, output_tokens: 0 },
        { id: 'short', model: 'kimi-k2p6-fast', input_tokens: 0, output_tokens: 1_000_000 },
      ]
      expect(await use(accountId, events)).toMatchObject({ accepted: 2 })
      const more = { id: 'more', model: 'glm-5p1', input_tokens: 40_000_000, output_tokens: 0 }
      expect(await use(accountId, [more])).toMatchObject({ accepted: 0 })
      await page.goto('/')
      const outstanding = page.getByRole('region', { name: 'Outstanding' })
      await expect(outstanding).toContainText('$63.00')
      await expect(outstanding).toContainText('63% of the credit limit of $100.00 is used')
      await expect(outstanding).toContainText('$37.00')
      await expect(outstanding).toContainText('to tell from when the credit limit is reached')
      await expectGoodLooks(page)
    })

    await test.step('another credit limit is tried on this month’s usage', async () => {
      await page.goto('/what-if')
      const result = page.getByRole('region', { name: /with (these|the current) settings/ })
      await expect(result).toContainText('Nothing would have been refused.')
      await expect(result).toContainText('post-paid with a credit limit of $100.00. Auto top-up rests.')
      await expect(result.getByRole('row', { name: 'Lowest balance' })).toContainText('−$63.00')
      await expect(page.getByLabel('Auto top-up', { exact: true })).toHaveCount(0)
      await expectGoodLooks(page)
      await page.getByLabel('Credit limit').fill('20')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page).toHaveURL(/creditLimit=20/)
      await expect(result).toContainText('1 request worth $56.00 would have been refused')
      await expect(result).toContainText('Post-paid all the time, with a credit limit of $20.00.')
      await expect(result.getByRole('link', { name: 'Use this auto top-up' })).toHaveCount(0)
      await expectGoodLooks(page)
      await page.getByLabel('Credit limit').fill('9999999')
      await page.getByRole('button', { name: 'Simulate' }).click()
      await expect(page.getByText('The most is $999,999.00.')).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('the contract ends, and what is outstanding is invoiced at once', async () => {
      await staff.goto(`/operator/accounts/${accountId}`)
      const contract = staff.getByRole('region', { name: 'Billing' })
      await expect(contract).toContainText('$63.00')
      await expectGoodLooks(staff)
      await contract.getByRole('button', { name: 'End the contract' }).click()
      const dialog = staff.getByRole('dialog')
      await expect(dialog).toContainText('Outstanding now: $63.00')
      await expectGoodLooks(staff)
      await dialog.getByRole('button', { name: 'End the contract' }).click()
      await expect(contract).toContainText('Prepaid')
      await expect(async () => {
        await staff.reload()
        await expect(staff.getByRole('region', { name: 'Invoices', exact: true })).toContainText('Open')
      }).toPass({ timeout: 60_000 })
      await staff.mouse.move(0, 0)
      await expectGoodLooks(staff)
      await context.close()
    })

    await test.step('the invoice says what it is made of and why, and leads to its usage', async () => {
      await page.goto('/invoices')
      await expect(page.getByText('Open').filter({ visible: true }).first()).toBeVisible()
      await expectGoodLooks(page)
      await page.getByRole('main').locator('a[href^="/invoices/"]').filter({ visible: true }).first().click()
      await expect(page.getByRole('region', { name: 'Still to pay' })).toContainText('$63.00')
      await expect(page.getByRole('region', { name: 'Why this invoice' })).toContainText(
        'Usage came to $64.00. Credit paid $1.00 of it. That leaves $63.00.',
      )
      const lines = page.getByRole('region', { name: 'What it is made of' })
      await expect(lines).toContainText('$56.00')
      await expect(lines).toContainText('$8.00')
      await expect(lines).toContainText('−$1.00')
      await expect(page.getByRole('region', { name: 'Terms' })).toContainText('PO-4711')
      // Away from the figures: each has a tip.
      await page.mouse.move(0, 0)
      await expectGoodLooks(page)
      const invoice = page.url()
      await lines.getByRole('link', { name: 'Usage of GLM 5.1' }).click()
      await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeVisible()
      await expect(page.getByText('$56.00').filter({ visible: true }).first()).toBeVisible()
      await page.goto(invoice)
    })

    await test.step('paid at Stripe, it is paid here, and usage can go on', async () => {
      const invoice = page.url()
      await page.getByRole('link', { name: 'Pay $63.00' }).click()
      await payWith(page, cards.good)
      await expect(page.getByRole('heading', { name: 'Pay this invoice' })).toHaveCount(0)
      await page.goto(invoice)
      await expect(async () => {
        await page.reload()
        await expect(page.getByRole('region', { name: 'Paid', exact: true })).toContainText('$63.00')
      }).toPass({ timeout: 60_000 })
      await page.mouse.move(0, 0)
      await expectGoodLooks(page)
      await page.getByRole('link', { name: 'Its movement' }).click()
      await expect(page.getByRole('heading', { name: /^Movement \d+$/, level: 1 })).toBeVisible()
      await expect(page.getByRole('region', { name: 'What moved' })).toContainText('+63.00')
      await page.mouse.move(0, 0)
      await expectGoodLooks(page)
      await page.goto('/')
      await expect(page.getByRole('region', { name: 'Credit balance' })).toContainText('$0.00')
    })

    await test.step('staff returns a part of what was paid, and the invoice says what that means', async () => {
      const context = await browser.newContext({ viewport: page.viewportSize() })
      const staff = await context.newPage()
      await signIn(staff, operatorAddress)
      await staff.goto(`/operator/accounts/${accountId}`)
      const payments = staff.getByRole('region', { name: 'Purchases and invoice payments' })
      await expect(payments.getByRole('link', { name: /^Invoice / })).toBeVisible()
      await payments.getByRole('button', { name: 'Refund $63.00' }).click()
      const dialog = staff.getByRole('dialog')
      await dialog.getByRole('checkbox', { name: /Also return what was used/ }).check()
      await dialog.getByLabel('Money to return').fill('10.00')
      await dialog.getByLabel('Reason').fill('Billed for a month of ours')
      await expectGoodLooks(staff)
      await dialog.getByRole('button', { name: 'Refund $10.00' }).click()
      await dialog.getByRole('button', { name: 'Done' }).click()
      await expect(staff.getByRole('region', { name: 'Invoices', exact: true })).toContainText(
        'of which $10.00 went back',
      )
      await staff.mouse.move(0, 0)
      await expectGoodLooks(staff)
      await context.close()

      await page.goto('/invoices')
      await expect(page.getByText('$10.00 of it went back').filter({ visible: true }).first()).toBeVisible()
      await expectGoodLooks(page)
      await page.getByRole('main').locator('a[href^="/invoices/"]').filter({ visible: true }).first().click()
      await expect(page.getByText('Money of this payment went back')).toBeVisible()
      await expect(page.getByRole('region', { name: 'What it is made of' })).toContainText('−$10.00')
      await page.mouse.move(0, 0)
      await expectGoodLooks(page)
      await page.goto('/statement')
      await expect(page.getByText('Refund of an invoice’s payment').filter({ visible: true }).first()).toBeVisible()
    })
  })
})
