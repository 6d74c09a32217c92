/** The page of an invoice, driven by plain form posts as a browser without script sends them, and its files. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ContractChecker } from '../testing/checked-client'
import { type InvoiceKit, intentOf, startInvoiceKit } from '../testing/invoice-kit'
import { refusalOf } from '../testing/money-back-kit'

let kit: InvoiceKit
let checker: ContractChecker
let stripe: Stripe
beforeAll(async () => {
  checker = new ContractChecker(true)
  kit = await startInvoiceKit(checker)
  stripe = kit.stripe
}, 60_000)
afterAll(async () => {
  await kit.sandbox.close()
  expect(checker.violations).toEqual([])
})

const typed = (card_number: string, more: Record<string, string> = {}) => ({
  payment_choice: 'new',
  card_number,
  expiry: '12 / 40',
  cvc: '123',
  name: 'Ada',
  ...more,
})

async function visit(url: string, form?: Record<string, string>) {
  const answer = await fetch(url, {
    redirect: 'manual',
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
}

const fileOf = async (url: string) => {
  const answer = await fetch(url)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  return Buffer.from(await answer.arrayBuffer()).toString('latin1')
}

test('what is due is shown and paid with a typed card, once', async () => {
  const open = await kit.anInvoice([8_300, -2_000], { custom_fields: [{ name: 'PO number', value: '<4711>' }] })
  const url = open.hosted_invoice_url!
  const before = await visit(url)
  expect(before.text).toMatch(/\$63\.00 due<[\s\S]*Date due[\s\S]*-\$20\.00[\s\S]*Pay \$63\.00/)
  expect(before.text).toContain('&#60;4711&#62;')
  const paid = await visit(url, typed('4242 4242 4242 4242'))
  expect([paid.status, paid.location]).toEqual([303, url])
  expect(await kit.reread(open)).toMatchObject({ status: 'paid', amount_paid: 6_300 })
  const after = await visit(url, typed('4242424242424242'))
  expect(after.text).toContain('$63.00 paid')
  expect(after.text).not.toContain('Pay this invoice')
  expect((await stripe.charges.list({ customer: open.customer as string })).data).toHaveLength(1)
})

test('a decline and mistakes are told, the number is not repeated, and another card pays', async () => {
  const open = await kit.anInvoice([900])
  const url = open.hosted_invoice_url!
  expect((await visit(url, typed(''))).text).toContain('Enter a card number.')
  expect((await visit(url, typed('4242424242424241'))).text).toContain('Your card number is incorrect.')
  expect((await kit.reread(open)).attempted).toBe(false)
  const declined = await visit(url, typed('4000000000009995'))
  expect([declined.status, declined.text]).toEqual([200, expect.stringContaining('insufficient funds')])
  expect(declined.text).not.toContain('value="4000000000009995"')
  expect(await kit.reread(open)).toMatchObject({ status: 'open', attempted: true })
  expect((await visit(url, typed('5555555555554444'))).status).toBe(303)
  expect((await kit.reread(open)).status).toBe('paid')
})

test('a bank that asks its customer decides whether it is paid', async () => {
  const open = await kit.anInvoice([900])
  const url = open.hosted_invoice_url!
  const asked = await visit(url, typed('4000002760003184'))
  expect(asked.location).toContain('/c/3ds/')
  expect(intentOf(await kit.reread(open)).status).toBe('requires_action')
  expect((await visit(asked.location!)).text).toContain('a payment of $9.00')
  const refused = await visit(asked.location!, { outcome: 'fail' })
  expect(refused.location).toContain(`${url}?`)
  expect((await visit(refused.location!)).text).toContain('Your bank did not approve it.')
  const again = await visit(url, typed('4000002760003184'))
  const passed = await visit(again.location!, { outcome: 'pass' })
  expect((await visit(passed.location!)).text).toContain('$9.00 paid')
  expect(await kit.reread(open)).toMatchObject({ status: 'paid', attempt_count: 1 })
  expect((await visit(asked.location!, { outcome: 'pass' })).text).toContain('No longer needed')
})

test('a card charged while its owner was away is approved on the page', async () => {
  const customer = await kit.aCustomer()
  const strict = await kit.aCard(customer, 'pm_card_authenticationRequired')
  const open = await kit.anInvoice([900], { customer })
  await refusalOf(stripe.invoices.pay(open.id, { payment_method: strict }))
  const url = open.hosted_invoice_url!
  expect((await visit(url)).text).toContain('The bank of your Visa ending in 3184 asks you to approve this payment.')
  const asked = await visit(url, { payment_choice: strict })
  await visit(asked.location!, { outcome: 'pass' })
  expect(await kit.reread(open)).toMatchObject({ status: 'paid', amount_paid: 900 })
})

test('a bank account answers after days; until then nothing else is paid', async () => {
  const open = await kit.anInvoice([900], {
    payment_settings: { payment_method_types: ['card', 'us_bank_account'] },
  })
  const pay = (body: object) => kit.steer('POST', `/invoices/${open.id}/pay`, body)
  expect(await pay({ bank_account: '000123456789' })).toEqual({ result: 'complete', status: 'open' })
  expect(intentOf(await kit.reread(open)).status).toBe('processing')
  await expect(pay({ card_number: '4242424242424242' })).rejects.toThrow(/still processing/)
  await expect(stripe.invoices.voidInvoice(open.id)).rejects.toThrow(/still pending/)
  await expect(stripe.creditNotes.create({ invoice: open.id, amount: 1 })).rejects.toThrow(/still pending/)
  const page = await visit(open.hosted_invoice_url!, typed('4242424242424242'))
  expect(page.text).toContain('answers in about four days')
  await kit.advance(4 * 86_400 + 10)
  expect(await kit.reread(open)).toMatchObject({ status: 'paid', amount_paid: 900 })
  const cardOnly = await kit.anInvoice([900])
  await expect(kit.steer('POST', `/invoices/${cardOnly.id}/pay`, { bank_account: '000123456789' })).rejects.toThrow(
    /takes card, not us_bank_account/,
  )
})

test('a returned debit leaves the invoice open', async () => {
  const open = await kit.anInvoice([900], { payment_settings: { payment_method_types: ['us_bank_account'] } })
  await kit.steer('POST', `/invoices/${open.id}/pay`, { bank_account: '000222222227' })
  await kit.newEvents()
  await kit.advance(4 * 86_400 + 10)
  expect(await kit.reread(open)).toMatchObject({ status: 'open', amount_remaining: 900 })
  expect((await kit.newEvents()).map(({ type }) => type)).toContain('invoice.payment_failed')
})

test('the control surface pays, declines and closes without the API', async () => {
  const customer = await kit.aCustomer()
  const act = (id: string, path: string, body: object) => kit.steer('POST', `/invoices/${id}${path}`, body)
  const first = await kit.anInvoice([900], { customer })
  expect(await act(first.id, '/pay', { card_number: '4000000000000002' })).toMatchObject({
    result: 'declined',
    code: 'card_declined',
    decline_code: 'generic_decline',
  })
  expect(await act(first.id, '/pay', { card_number: '4000002760003184' })).toMatchObject({ result: 'authenticate' })
  await expect(act(first.id, '/pay', { cheque: 1 })).rejects.toThrow(/cheque/)
  expect(await act(first.id, '/pay', { card_number: '4242424242424242' })).toEqual({
    result: 'complete',
    status: 'paid',
  })
  const second = await kit.anInvoice([900], { customer })
  await expect(act(second.id, '/pay', {})).rejects.toThrow(/offers no saved card/)
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: await kit.aCard(customer) } })
  expect(await act(second.id, '/pay', {})).toMatchObject({ status: 'paid' })
  const third = await kit.anInvoice([900], { customer })
  expect(await act(third.id, '', { action: 'mark_uncollectible' })).toMatchObject({ status: 'uncollectible' })
  expect(await act(third.id, '', { action: 'void' })).toMatchObject({ status: 'void' })
  await expect(act(third.id, '', { action: 'void' })).rejects.toThrow(/isn't open/)
  const { invoices } = await kit.steer<{ invoices: { status: string }[] }>('GET', `/customers/${customer}`)
  expect(invoices.map(({ status }) => status)).toEqual(['void', 'paid', 'paid'])
})

test('the files of invoice and credit note say what the page says', async () => {
  const open = await kit.anInvoice([8_300, -2_000], { custom_fields: [{ name: 'PO number', value: '4711' }] })
  const note = await stripe.creditNotes.create({
    invoice: open.id,
    amount: 300,
    reason: 'order_change',
    memo: 'Paid in advance',
  })
  const invoiceFile = await fileOf(open.invoice_pdf!)
  const page = (await visit(open.hosted_invoice_url!)).text
  for (const words of [open.number!, 'PO number', '4711', 'Line 1', '-$20.00', note.number, '-$3.00', '$60.00']) {
    expect(invoiceFile).toContain(words)
    expect(page).toContain(words)
  }
  const noteFile = await fileOf(note.pdf)
  for (const words of ['Credit note', note.number, open.number!, 'order change', '$3.00', 'Paid in advance']) {
    expect(noteFile).toContain(words)
  }
  await stripe.invoices.voidInvoice(open.id)
  const voided = (await visit(open.hosted_invoice_url!)).text
  expect(voided).toContain('$63.00 voided')
  expect(voided).not.toContain('Pay this invoice')
  expect((await visit(`${kit.sandbox.url}/credit_notes/nothing/pdf`)).status).toBe(404)
  expect((await visit(`${kit.sandbox.url}/credit_notes/nothing`)).status).toBe(404)
})
