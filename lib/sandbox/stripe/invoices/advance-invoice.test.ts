/** What the clock does to invoices: finalizing by itself, collecting, due dates. */
import type Stripe from 'stripe'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ContractChecker } from '../testing/checked-client'
import { type InvoiceKit, intentOf, startInvoiceKit } from '../testing/invoice-kit'
import { startListener, until } from '../testing/sandbox-kit'

let checker: ContractChecker
let kit: InvoiceKit
let stripe: Stripe

beforeAll(() => {
  checker = new ContractChecker(true)
}, 60_000)
beforeEach(async () => {
  kit = await startInvoiceKit(checker)
  stripe = kit.stripe
})
afterEach(async () => {
  await kit.sandbox.close()
  expect(checker.violations.splice(0)).toEqual([])
})

const hourSeconds = 3_600
const daySeconds = 86_400
const newTypes = async () => (await kit.newEvents()).map(({ type }) => type as string)

test('a draft that advances by itself is finalized and sent after an hour', async () => {
  const draft = await kit.aDraft([900], { auto_advance: true })
  expect(draft.automatically_finalizes_at).toBe(draft.created + hourSeconds)
  await kit.advance(hourSeconds - 30)
  expect((await kit.reread(draft)).status).toBe('draft')
  await kit.newEvents()
  await kit.advance(60)
  expect(await kit.reread(draft)).toMatchObject({ status: 'open', automatically_finalizes_at: null })
  expect(await newTypes()).toEqual(['invoice.finalized', 'payment_intent.created', 'invoice.sent'])
})

test('a draft that does not advance stays a draft for ever', async () => {
  const draft = await kit.aDraft([900], { auto_advance: true })
  const held = await stripe.invoices.update(draft.id, { auto_advance: false })
  expect(held.automatically_finalizes_at).toBeNull()
  await kit.advance(30 * daySeconds)
  expect((await kit.reread(draft)).status).toBe('draft')
})

test('one that charges is charged when it finalizes itself, once', async () => {
  const customer = await kit.aCustomer()
  const method = await kit.aCard(customer)
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } })
  const draft = await kit.aDraft([900], { customer, collection_method: 'charge_automatically', auto_advance: true })
  expect(draft.next_payment_attempt).toBe(draft.created + hourSeconds)
  await kit.advance(hourSeconds + 1)
  expect(await kit.reread(draft)).toMatchObject({ status: 'paid', amount_paid: 900, attempt_count: 1 })
  await kit.advance(10 * daySeconds)
  expect((await stripe.charges.list({ customer })).data).toHaveLength(1)
})

test('a charge that fails is told and not tried again by itself', async () => {
  const customer = await kit.aCustomer()
  const method = await kit.aCard(customer, 'pm_card_chargeCustomerFail')
  const draft = await kit.aDraft([900], {
    customer,
    collection_method: 'charge_automatically',
    auto_advance: true,
    default_payment_method: method,
  })
  await kit.advance(hourSeconds + 1)
  const failed = await kit.reread(draft)
  expect(failed).toMatchObject({ status: 'open', attempted: true, attempt_count: 1, next_payment_attempt: null })
  expect(intentOf(failed).last_payment_error).toMatchObject({ code: 'card_declined' })
  expect(await newTypes()).toContain('invoice.payment_failed')
  await kit.advance(10 * daySeconds)
  expect(await newTypes()).toEqual([])
})

test('without anything to charge the failure is told all the same', async () => {
  const draft = await kit.aDraft([900], { collection_method: 'charge_automatically', auto_advance: true })
  await kit.advance(hourSeconds + 1)
  expect(await kit.reread(draft)).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 })
  expect((await newTypes()).at(-1)).toBe('invoice.payment_failed')
})

test('one finalized by hand is charged an hour later, unless it was paid meanwhile', async () => {
  const customer = await kit.aCustomer()
  const method = await kit.aCard(customer)
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } })
  const charging = { customer, collection_method: 'charge_automatically', auto_advance: true } as const
  const left = await kit.anInvoice([900], charging)
  const paidByHand = await kit.anInvoice([800], charging)
  expect(left).toMatchObject({ status: 'open', attempted: false })
  await stripe.invoices.pay(paidByHand.id)
  await kit.advance(hourSeconds + 1)
  expect((await kit.reread(left)).status).toBe('paid')
  const { data: charges } = await stripe.charges.list({ customer })
  expect(charges.map(({ amount }) => amount).sort()).toEqual([800, 900])
})

test('it waits for those who listen to have heard of the draft, but not longer than three days', async () => {
  const listener = await startListener()
  await stripe.webhookEndpoints.create({ url: listener.url, enabled_events: ['invoice.created'] })
  listener.state.status = 500
  const draft = await kit.aDraft([900], { auto_advance: true })
  await until(() => listener.heard.length > 0)
  await kit.advance(hourSeconds + 60)
  expect((await kit.reread(draft)).status).toBe('draft')
  await kit.advance(72 * hourSeconds)
  expect((await kit.reread(draft)).status).toBe('open')
  await listener.close()
})

test('a tax that cannot be calculated keeps the draft and says why', async () => {
  const draft = await kit.aDraft([900], { auto_advance: true, automatic_tax: { enabled: true } })
  await kit.advance(hourSeconds + 1)
  expect(await kit.reread(draft)).toMatchObject({
    status: 'draft',
    last_finalization_error: { code: 'customer_tax_location_invalid' },
  })
  expect((await newTypes()).at(-1)).toBe('invoice.finalization_failed')
})

test('the due date is told for what is not paid by then, and once', async () => {
  const late = await kit.anInvoice([900])
  const paid = await kit.anInvoice([800])
  await stripe.invoices.pay(paid.id, { paid_out_of_band: true })
  await kit.newEvents()
  await kit.advance(30 * daySeconds - 60)
  expect(await newTypes()).toEqual([])
  await kit.advance(120)
  const events = await kit.newEvents()
  expect(events.map(({ type, data }) => [type, (data.object as Stripe.Invoice).id])).toEqual([
    ['invoice.overdue', late.id],
  ])
  await kit.advance(30 * daySeconds)
  expect(await newTypes()).toEqual([])
  expect((await kit.reread(late)).status).toBe('open')
})
