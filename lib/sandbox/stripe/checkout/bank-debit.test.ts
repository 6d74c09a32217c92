/** Payments that take days: the bank is asked when the session completes and answers later. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { ContractChecker, checkedClient } from '../testing/checked-client'
import { clientOf, control, paymentSession } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let stripe: Stripe
let checker: ContractChecker
beforeAll(async () => {
  sandbox = await startSandbox()
  checker = new ContractChecker(true)
  stripe = checkedClient('sk_test_debits', sandbox.url, checker)
}, 60_000)
afterAll(() => sandbox.close())

const fourDays = 4 * 24 * 3600

async function payBy(bank_account: string, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await stripe.checkout.sessions.create(
    paymentSession(5_000, {
      customer: customer.id,
      allowed_payment_method_types: ['card', 'us_bank_account'],
      ...more,
    }),
  )
  await control(sandbox.url, 'POST', `/checkout/${session.id}/pay`, { bank_account })
  return reread(session.id)
}

async function reread(id: string) {
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] })
  const intent = session.payment_intent as Stripe.PaymentIntent
  return { session, intent, charge: intent.latest_charge as Stripe.Charge }
}

const typesAbout = async (id: string) =>
  (await stripe.events.list({ limit: 100 })).data
    .filter((event) => (event.data.object as { id: string }).id === id)
    .map(({ type }) => type)
    .reverse()

test('a debit is on its way for four days, then paid', async () => {
  const { session, intent, charge } = await payBy('000123456789')
  expect([session.status, session.payment_status]).toEqual(['complete', 'unpaid'])
  expect([intent.status, intent.amount_received]).toEqual(['processing', 0])
  expect(charge).toMatchObject({ status: 'pending', paid: false, balance_transaction: null })
  expect(charge.id).toMatch(/^py_/)
  expect(charge.payment_method_details!.us_bank_account!.last4).toBe('6789')
  await expect(stripe.paymentIntents.cancel(intent.id)).rejects.toMatchObject({ statusCode: 400 })

  await control(sandbox.url, 'POST', '/clock', { advance_seconds: fourDays - 60 })
  expect((await reread(session.id)).intent.status).toBe('processing')
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 120 })
  const after = await reread(session.id)
  expect([after.session.payment_status, after.intent.status, after.intent.amount_received]).toEqual([
    'paid',
    'succeeded',
    5_000,
  ])
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 5 })
  const settled = await stripe.charges.retrieve(charge.id, { expand: ['balance_transaction'] })
  expect(settled).toMatchObject({
    status: 'succeeded',
    paid: true,
    balance_transaction: { fee: 40, net: 4_960, type: 'payment' },
  })
  expect(await typesAbout(session.id)).toEqual([
    'checkout.session.completed',
    'checkout.session.async_payment_succeeded',
  ])
  expect(await typesAbout(intent.id)).toEqual([
    'payment_intent.created',
    'payment_intent.processing',
    'payment_intent.succeeded',
  ])
  expect(await typesAbout(charge.id)).toEqual(['charge.pending', 'charge.succeeded', 'charge.updated'])
  expect(checker.violations).toEqual([])
})

test('a debit that comes back leaves the session unpaid for good', async () => {
  const { session, intent, charge } = await payBy('000111111116')
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: fourDays })
  const after = await reread(session.id)
  expect([after.session.status, after.session.payment_status]).toEqual(['complete', 'unpaid'])
  expect(after.intent).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { code: 'no_account', payment_method_type: 'us_bank_account' },
  })
  expect(after.charge).toMatchObject({ status: 'failed', paid: false, failure_code: 'no_account' })
  expect(await typesAbout(session.id)).toEqual(['checkout.session.completed', 'checkout.session.async_payment_failed'])
  expect(await typesAbout(intent.id)).toContain('payment_intent.payment_failed')
  expect(await typesAbout(charge.id)).toEqual(['charge.pending', 'charge.failed'])
  expect(checker.violations).toEqual([])
})

test('the control surface answers for the bank, once', async () => {
  const paid = await payBy('000000000009')
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 30 * 24 * 3600 })
  expect((await reread(paid.session.id)).intent.status).toBe('processing')
  await control(sandbox.url, 'POST', `/payments/${paid.intent.id}`, { outcome: 'succeeded' })
  expect((await reread(paid.session.id)).session.payment_status).toBe('paid')
  await expect(control(sandbox.url, 'POST', `/payments/${paid.intent.id}`, { outcome: 'failed' })).rejects.toThrow(
    /is succeeded, not processing/,
  )

  const returned = await payBy('000123456789')
  const body = { outcome: 'failed', failure_code: 'debit_not_authorized' }
  await control(sandbox.url, 'POST', `/payments/${returned.intent.id}`, body)
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: fourDays })
  expect((await reread(returned.session.id)).charge.failure_code).toBe('debit_not_authorized')
})

test('bank accounts are offered only where the session lists them, and only test accounts are taken', async () => {
  const plain = await stripe.checkout.sessions.create(paymentSession(5_000))
  expect(plain.payment_method_types).toEqual(['card'])
  expect(await (await fetch(plain.url!)).text()).not.toContain('US bank account')
  await expect(
    control(sandbox.url, 'POST', `/checkout/${plain.id}/pay`, { bank_account: '000123456789', email: 'a@b.example' }),
  ).rejects.toThrow(/not us_bank_account/)

  const session = await stripe.checkout.sessions.create(
    paymentSession(5_000, { allowed_payment_method_types: ['us_bank_account'] }),
  )
  const page = await (await fetch(session.url!)).text()
  expect(page).toContain('Routing number')
  expect(page).not.toContain('Card number')
  const send = async (form: Record<string, string>) =>
    (await fetch(session.url!, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) })).text()
  expect(await send({ email: 'a@b.example' })).toContain('Enter the account number.')
  const typed = { email: 'a@b.example', account_holder: 'Ada', routing_number: '110000000' }
  expect(await send({ ...typed, account_number: '12345678' })).toContain('Only test bank accounts')
  await send({ ...typed, account_number: '000123456789' })
  expect(await (await fetch(session.url!)).text()).toContain('Payment on its way')
  await expect(
    clientOf(sandbox.url).checkout.sessions.create({
      mode: 'setup',
      success_url: 'http://127.0.0.1:9/saved',
      allowed_payment_method_types: ['us_bank_account'],
    }),
  ).rejects.toThrow(/does not serve saving bank accounts/)
})
