/** Invoices of purchases: written when the money is there, as objects, events, page and PDF. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { ContractChecker, checkedClient } from '../testing/checked-client'
import { control, paymentSession } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let stripe: Stripe
let checker: ContractChecker
beforeAll(async () => {
  sandbox = await startSandbox()
  checker = new ContractChecker(true)
  stripe = checkedClient('sk_test_invoices', sandbox.url, checker)
}, 60_000)
afterAll(async () => {
  await sandbox.close()
  expect(checker.violations).toEqual([])
})

async function buy(more: Partial<Stripe.Checkout.SessionCreateParams> = {}, pay: object = {}) {
  const { id } = await stripe.checkout.sessions.create(
    paymentSession(5_000, {
      invoice_creation: { enabled: true, invoice_data: { footer: 'Thank you (really).', metadata: { purchase: '7' } } },
      ...more,
    }),
  )
  const body = { card_number: '4242424242424242', email: 'ada@example.com', name: 'Ada', ...pay }
  await control(sandbox.url, 'POST', `/checkout/${id}/pay`, body)
  return reread(id)
}

const reread = async (id: string) => {
  const session = await stripe.checkout.sessions.retrieve(id, {
    expand: ['invoice.payments', 'invoice.customer', 'payment_intent'],
  })
  return { session, invoice: session.invoice as Stripe.Invoice }
}

const invoiceEvents = async (invoice: string) => {
  const { data } = await stripe.events.list({ limit: 40 })
  return data
    .filter(({ data: { object } }) => {
      const about = object as { id?: string; invoice?: unknown; object?: string }
      return about.id === invoice || (about.object === 'invoice_payment' && about.invoice === invoice)
    })
    .reverse()
}

test('a purchase with discount and tax has a paid invoice that adds up', async () => {
  const coupon = await stripe.coupons.create({ percent_off: 20, name: 'Spring' })
  const { session, invoice } = await buy(
    { discounts: [{ coupon: coupon.id }], automatic_tax: { enabled: true }, tax_id_collection: { enabled: true } },
    {
      address: { line1: '1 Main St', city: 'New York', state: 'NY', postal_code: '10001', country: 'US' },
      business_name: 'Ada Ltd',
      tax_id: { type: 'us_ein', value: '12-3456789' },
    },
  )
  expect(invoice).toMatchObject({
    status: 'paid',
    subtotal: 5_000,
    total: 4_355,
    total_excluding_tax: 4_000,
    amount_paid: 4_355,
    amount_remaining: 0,
    total_discount_amounts: [{ amount: 1_000 }],
    total_taxes: [{ amount: 355, taxable_amount: 4_000 }],
    customer_name: 'Ada Ltd',
    customer_email: 'ada@example.com',
    customer_address: { city: 'New York' },
    customer_tax_ids: [{ type: 'us_ein', value: '12-3456789' }],
    footer: 'Thank you (really).',
    metadata: { purchase: '7' },
  })
  expect(invoice.number).toMatch(/^[0-9A-Z]{8}-0001$/)
  expect((invoice.customer as Stripe.Customer).next_invoice_sequence).toBe(2)
  const intent = session.payment_intent as Stripe.PaymentIntent
  expect(invoice.payments!.data).toMatchObject([
    { status: 'paid', amount_paid: 4_355, payment: { type: 'payment_intent', payment_intent: intent.id } },
  ])
  const { data: lines } = await stripe.invoices.listLineItems(invoice.id)
  expect(lines).toMatchObject([{ amount: 5_000, description: 'Credits', discount_amounts: [{ amount: 1_000 }] }])

  const events = await invoiceEvents(invoice.id)
  expect(events.map(({ type }) => type)).toEqual([
    'invoice.created',
    'invoice.finalized',
    'invoice_payment.paid',
    'invoice.paid',
    'invoice.payment_succeeded',
  ])
  expect(events[0]!.data.object).toMatchObject({ status: 'draft', number: null, hosted_invoice_url: null })
  expect(events[1]!.data.object).toMatchObject({ status: 'open', number: invoice.number })
  const completed = (await stripe.events.list({ type: 'checkout.session.completed', limit: 1 })).data[0]!
  expect(completed.data.object).toMatchObject({ id: session.id, invoice: invoice.id })
})

test('invoices and their payments are found by customer, status and payment', async () => {
  const { session, invoice } = await buy()
  const customer = session.customer as string
  expect((await stripe.invoices.retrieve(invoice.id)).payments).toBeUndefined()
  expect((await stripe.invoices.list({ customer, status: 'paid' })).data.map(({ id }) => id)).toEqual([invoice.id])
  expect((await stripe.invoices.list({ customer, status: 'open' })).data).toEqual([])
  const intent = (session.payment_intent as Stripe.PaymentIntent).id
  const { data } = await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent } })
  expect(data).toHaveLength(1)
  expect((await stripe.invoicePayments.retrieve(data[0]!.id, { expand: ['invoice'] })).invoice).toMatchObject({
    id: invoice.id,
  })
  const second = await buy({ customer })
  expect(second.invoice.number).toBe(invoice.number!.replace('0001', '0002'))
  await expect(stripe.invoices.retrieve('in_nothing')).rejects.toMatchObject({ code: 'resource_missing' })
  await expect(stripe.invoicePayments.retrieve('inpay_nothing')).rejects.toMatchObject({ statusCode: 404 })
})

test('there is none before the money is there, one after, and none when it never comes', async () => {
  const methods = { allowed_payment_method_types: ['card', 'us_bank_account'] as ('card' | 'us_bank_account')[] }
  const byBank = { card_number: undefined, bank_account: '000123456789' }
  const waiting = await buy(methods, byBank)
  expect(waiting.invoice).toBeNull()
  const failing = await buy(methods, { ...byBank, bank_account: '000222222227' })
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 4 * 24 * 3600 })
  expect((await reread(waiting.session.id)).invoice).toMatchObject({ status: 'paid', total: 5_000 })
  expect((await reread(failing.session.id)).invoice).toBeNull()
})

test('nothing due still has an invoice, without a payment', async () => {
  const coupon = await stripe.coupons.create({ percent_off: 100 })
  const { session, invoice } = await buy({ discounts: [{ coupon: coupon.id }] }, { card_number: undefined })
  expect(session).toMatchObject({ payment_status: 'no_payment_required', payment_intent: null })
  expect(invoice).toMatchObject({ status: 'paid', total: 0, payments: { data: [] } })
})

test('its page and its PDF say the same', async () => {
  const { invoice } = await buy()
  const page = await (await fetch(invoice.hosted_invoice_url!)).text()
  const answer = await fetch(invoice.invoice_pdf!)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toContain(`Invoice-${invoice.number}.pdf`)
  const pdf = Buffer.from(await answer.arrayBuffer()).toString('latin1')
  for (const words of [invoice.number!, 'Credits', '$50.00', 'Visa ending in 4242', 'ada@example.com']) {
    expect(page).toContain(words)
    expect(pdf).toContain(words)
  }
  expect(pdf).toContain('Thank you \\(really\\).')
  // Every entry of the file's own table points at the object it names.
  const table = pdf.slice(Number(/startxref\n(\d+)/.exec(pdf)![1]))
  const offsets = [...table.matchAll(/^(\d{10}) 00000 n /gm)].map(([, offset]) => Number(offset))
  expect(offsets).toHaveLength(7)
  offsets.forEach((offset, index) => {
    expect(pdf.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj`))
  })
  const [, length, stream] = /\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/.exec(pdf)!
  expect(stream!.length).toBe(Number(length))
  expect((await fetch(`${sandbox.url}/invoices/nothing/pdf`)).status).toBe(404)
})
