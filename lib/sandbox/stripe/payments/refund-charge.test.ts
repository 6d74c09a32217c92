import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { type MoneyBackKit, refusalOf, withMoneyBackKit } from '../testing/money-back-kit'

let kit: MoneyBackKit
let stripe: Stripe

withMoneyBackKit((started) => {
  kit = started
  stripe = kit.stripe
})

const chargeNow = (charge: Stripe.Charge) => stripe.charges.retrieve(charge.id, { expand: ['refunds'] })

test('refunds in parts add up to the charge, which is refunded only by the last of them', async () => {
  const charge = await kit.aCharge(2_000)
  await kit.newEventTypes()
  const first = await stripe.refunds.create({
    charge: charge.id,
    amount: 500,
    reason: 'requested_by_customer',
    metadata: { purchase: '1' },
  })
  expect(first).toMatchObject({
    status: 'succeeded',
    amount: 500,
    reason: 'requested_by_customer',
    metadata: { purchase: '1' },
    charge: charge.id,
    payment_intent: charge.payment_intent,
  })
  expect(await kit.newEventTypes()).toEqual(['refund.created', 'charge.refunded'])
  expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 500, refunded: false })

  const second = await stripe.refunds.create({ payment_intent: charge.payment_intent as string, amount: 500 })
  const rest = await stripe.refunds.create({ payment_intent: charge.payment_intent as string })
  expect(rest.amount).toBe(1_000)
  const refunded = await chargeNow(charge)
  expect(refunded).toMatchObject({ amount_refunded: 2_000, refunded: true, status: 'succeeded' })
  expect(refunded.refunds!.data.map(({ id }) => id)).toEqual([rest.id, second.id, first.id])

  const [, ...transactions] = await kit.balanceTransactions()
  expect(transactions.map(({ type, amount, fee, source }) => ({ type, amount, fee, source }))).toEqual([
    { type: 'refund', amount: -500, fee: 0, source: first.id },
    { type: 'refund', amount: -500, fee: 0, source: second.id },
    { type: 'refund', amount: -1_000, fee: 0, source: rest.id },
  ])
  expect(first.balance_transaction).toBe(transactions[0]!.id)
})

test('refunds are read, listed and annotated', async () => {
  const charge = await kit.aCharge(2_000)
  const other = await kit.aCharge(2_000)
  const refund = await stripe.refunds.create({ charge: charge.id, amount: 700 })
  await stripe.refunds.create({ charge: other.id })
  await kit.newEventTypes()
  const expanded = await stripe.refunds.retrieve(refund.id, {
    expand: ['charge', 'payment_intent', 'balance_transaction.source'],
  })
  expect(expanded.charge).toMatchObject({ id: charge.id, amount_refunded: 700 })
  expect((expanded.balance_transaction as Stripe.BalanceTransaction).source).toMatchObject({ id: refund.id })
  expect((await stripe.refunds.list({ charge: charge.id })).data.map(({ id }) => id)).toEqual([refund.id])
  const ofPayment = await stripe.refunds.list({ payment_intent: charge.payment_intent as string })
  expect(ofPayment.data.map(({ id }) => id)).toEqual([refund.id])
  expect((await stripe.refunds.list()).data).toHaveLength(2)

  expect((await stripe.refunds.update(refund.id, { metadata: { note: 'x' } })).metadata).toEqual({ note: 'x' })
  expect(await kit.newEventTypes()).toEqual(['refund.updated', 'charge.refund.updated'])
  await stripe.refunds.update(refund.id, { metadata: { note: 'x' } })
  expect(await kit.newEventTypes()).toEqual([])
})

describe('what Stripe refuses', () => {
  test('more than is left, in Stripe’s words', async () => {
    const charge = await kit.aCharge(2_000)
    expect(await refusalOf(stripe.refunds.create({ charge: charge.id, amount: 2_001 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($20.01) is greater than charge amount ($20.00)',
    })
    await stripe.refunds.create({ charge: charge.id, amount: 1_500 })
    expect(await refusalOf(stripe.refunds.create({ charge: charge.id, amount: 501 }))).toMatchObject({
      message: 'Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)',
    })
    expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 1_500 })
  })

  test('a charge that was refunded in full', async () => {
    const charge = await kit.aCharge(2_000)
    await stripe.refunds.create({ charge: charge.id })
    for (const request of [{ charge: charge.id }, { payment_intent: charge.payment_intent as string, amount: 1 }]) {
      expect(await refusalOf(stripe.refunds.create(request))).toMatchObject({
        statusCode: 400,
        code: 'charge_already_refunded',
        message: `Charge ${charge.id} has already been refunded.`,
      })
    }
  })

  test('charges that collected nothing: held, declined, not tried', async () => {
    const { customer, method } = await kit.aPayer()
    const held = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer,
      payment_method: method,
      off_session: true,
      confirm: true,
      capture_method: 'manual',
    })
    const untried = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })
    const declined = await kit.aPayer('pm_card_chargeCustomerFail')
    const failure = await refusalOf(
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'usd',
        customer: declined.customer,
        payment_method: declined.method,
        off_session: true,
        confirm: true,
      }),
    )
    const requests = [
      { payment_intent: held.id },
      { charge: held.latest_charge as string },
      { payment_intent: untried.id },
      { charge: (failure.raw as { charge: string }).charge },
    ]
    for (const request of requests) {
      const error = await refusalOf(stripe.refunds.create(request))
      expect(error).toMatchObject({ statusCode: 400, code: 'charge_not_refundable' })
      expect(error.message).toMatch(/^This PaymentIntent \(pi_\w+\) does not have a successful charge to refund\.$/)
    }
    expect((await stripe.refunds.list()).data).toEqual([])
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 })
    expect((await stripe.refunds.create({ payment_intent: held.id })).amount).toBe(600)
  })

  test.each([
    ['nothing to refund', {}, { message: expect.stringMatching(/payment_intent or charge/) }],
    ['an unknown charge', { charge: 'ch_nothing' }, { code: 'resource_missing', param: 'charge' }],
    ['an unknown payment', { payment_intent: 'pi_nothing' }, { code: 'resource_missing', param: 'payment_intent' }],
    ['an amount of nothing', { amount: 0 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['a negative amount', { amount: -5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['an unknown reason', { reason: 'mood' }, { param: 'reason' }],
    ['an unknown parameter', { colour: 'red' }, { code: 'parameter_unknown', param: 'colour' }],
    ['a parameter of Connect', { reverse_transfer: true }, { message: expect.stringMatching(/does not serve/) }],
  ])('%s', async (_, params, expected) => {
    const error = await refusalOf(stripe.refunds.create(params as Stripe.RefundCreateParams))
    expect(error).toMatchObject({ statusCode: 400, ...expected })
  })

  test('unknown refunds, and unknown parameters of every other operation', async () => {
    const charge = await kit.aCharge(2_000)
    const { id } = await stripe.refunds.create({ charge: charge.id })
    const unknown = { colour: 'red' } as object
    for (const call of [
      () => stripe.refunds.retrieve(id, unknown),
      () => stripe.refunds.update(id, unknown),
      () => stripe.refunds.cancel(id, unknown),
      () => stripe.refunds.list(unknown),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'colour' })
    }
    expect(await refusalOf(stripe.refunds.retrieve('re_nothing'))).toMatchObject({ statusCode: 404 })
    expect(await refusalOf(stripe.refunds.list({ charge: 'ch_nothing' }))).toMatchObject({ code: 'resource_missing' })
  })
})

test('one key makes one refund, however often it is sent', async () => {
  const charge = await kit.aCharge(2_000)
  const options = { idempotencyKey: 'refund once' }
  const first = await stripe.refunds.create({ charge: charge.id, amount: 500 }, options)
  const again = await stripe.refunds.create({ charge: charge.id, amount: 500 }, options)
  expect(again.id).toBe(first.id)
  expect(await refusalOf(stripe.refunds.create({ charge: charge.id, amount: 600 }, options))).toMatchObject({
    type: 'StripeIdempotencyError',
  })
  expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 500 })
})

describe('test cards whose bank takes its time', () => {
  test('pendingRefund: pending, then succeeded', async () => {
    const charge = await kit.aCharge(2_000, { token: 'pm_card_pendingRefund' })
    await kit.newEventTypes()
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 800 })
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
    expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 800 })
    expect(await kit.newEventTypes()).toEqual(['refund.created', 'charge.refunded'])
    await kit.advance(30)
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('pending')
    await kit.advance(60)
    const done = await stripe.refunds.retrieve(refund.id)
    expect(done.status).toBe('succeeded')
    expect(done).not.toHaveProperty('pending_reason')
    expect(await kit.newEventTypes()).toEqual(['refund.updated', 'charge.refund.updated'])
  })

  test('refundFail: looks succeeded, then fails and gives the money back', async () => {
    const charge = await kit.aCharge(2_000, { token: 'pm_card_refundFail' })
    const refund = await stripe.refunds.create({ charge: charge.id })
    expect(refund.status).toBe('succeeded')
    expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 2_000, refunded: true })
    await kit.newEventTypes()
    await kit.advance(120)
    const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'unknown',
      failure_balance_transaction: { type: 'refund_failure', amount: 2_000, source: refund.id },
    })
    expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 0, refunded: false })
    expect(await kit.newEventTypes()).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed'])
    expect((await stripe.refunds.create({ charge: charge.id })).status).toBe('succeeded')
  })

  test('any saved card can be told to do the same', async () => {
    const charge = await kit.aCharge(2_000)
    const tell = (refund: string) => kit.steer('POST', `/payment_methods/${charge.payment_method}`, { refund })
    await tell('pending')
    const pending = await stripe.refunds.create({ charge: charge.id, amount: 100 })
    await tell('fails_later')
    const failing = await stripe.refunds.create({ charge: charge.id, amount: 100 })
    await tell('requires_action')
    const asking = await stripe.refunds.create({ charge: charge.id, amount: 100 })
    await tell('ok')
    const plain = await stripe.refunds.create({ charge: charge.id, amount: 100 })
    const statuses = async () =>
      Promise.all([pending, failing, asking, plain].map(async ({ id }) => (await stripe.refunds.retrieve(id)).status))
    expect(await statuses()).toEqual(['pending', 'succeeded', 'requires_action', 'succeeded'])
    await kit.advance(90)
    expect(await statuses()).toEqual(['succeeded', 'failed', 'requires_action', 'succeeded'])
  })
})

test('a refund that waits for the customer can be canceled, no other can', async () => {
  const charge = await kit.aCharge(2_000)
  await kit.steer('POST', `/payment_methods/${charge.payment_method}`, { refund: 'requires_action' })
  const refund = await stripe.refunds.create({ charge: charge.id, amount: 300 })
  expect(refund.next_action).toMatchObject({
    type: 'display_details',
    display_details: { email_sent: { email_sent_to: 'payer@example.com' } },
  })
  const canceled = await stripe.refunds.cancel(refund.id)
  expect(canceled).toMatchObject({ status: 'canceled', failure_reason: 'merchant_request' })
  expect(canceled).not.toHaveProperty('next_action')
  expect(await chargeNow(charge)).toMatchObject({ amount_refunded: 0 })
  expect(await refusalOf(stripe.refunds.cancel(refund.id))).toMatchObject({ statusCode: 400 })
  await kit.steer('POST', `/payment_methods/${charge.payment_method}`, { refund: 'ok' })
  const sent = await stripe.refunds.create({ charge: charge.id })
  expect((await refusalOf(stripe.refunds.cancel(sent.id))).message).toMatch(/requires_action/)
})

const statuses = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const
type Status = (typeof statuses)[number]
const possible: Record<Status, Status[]> = {
  pending: ['requires_action', 'succeeded', 'failed', 'canceled'],
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  succeeded: ['failed'],
  failed: [],
  canceled: [],
}

test.each(statuses)('the bank moves a refund that is %s only where Stripe’s states lead', async (from) => {
  const charge = await kit.aCharge(5_000)
  await kit.steer('POST', `/payment_methods/${charge.payment_method}`, { refund: 'pending' })
  for (const to of statuses) {
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 1_000 })
    if (from !== 'pending') await kit.steer('POST', `/refunds/${refund.id}`, { status: from })
    const before = await chargeNow(charge)
    const moving = kit.steer('POST', `/refunds/${refund.id}`, { status: to })
    if (!possible[from].includes(to)) {
      await expect(moving).rejects.toThrow(`is ${from}; from there it can become`)
      expect((await stripe.refunds.retrieve(refund.id)).status).toBe(from)
      expect(await chargeNow(charge)).toEqual(before)
    } else {
      expect(await moving).toMatchObject({ status: to })
      const givenBack = to === 'failed' || to === 'canceled' ? 1_000 : 0
      expect((await chargeNow(charge)).amount_refunded).toBe(before.amount_refunded - givenBack)
    }
    // Undone or not, the next round needs room on the charge.
    await kit.steer('POST', `/refunds/${refund.id}`, { status: 'failed' }).catch(() => undefined)
  }
})

test('the bank says why a refund failed, and only then', async () => {
  const charge = await kit.aCharge(2_000)
  const refund = await stripe.refunds.create({ charge: charge.id })
  const steer = (body: object) => kit.steer('POST', `/refunds/${refund.id}`, body)
  await expect(steer({ status: 'succeeded', failure_reason: 'declined' })).rejects.toThrow('failure_reason')
  await expect(steer({ status: 'lost' })).rejects.toThrow('status')
  expect(await steer({ status: 'failed', failure_reason: 'lost_or_stolen_card' })).toMatchObject({
    failure_reason: 'lost_or_stolen_card',
  })
  await expect(kit.steer('POST', '/refunds/re_nothing', { status: 'failed' })).rejects.toThrow('404')
})

test('the receipt shows what was given back', async () => {
  const charge = await kit.aCharge(2_000)
  await stripe.refunds.create({ charge: charge.id, amount: 500 })
  const failing = await stripe.refunds.create({ charge: charge.id, amount: 300 })
  await kit.steer('POST', `/refunds/${failing.id}`, { status: 'failed' })
  const receipt = await (await fetch(charge.receipt_url!)).text()
  expect(receipt).toContain('−$5.00')
  expect(receipt).not.toContain('$3.00')
  expect(receipt).toContain('<span>Left after refunds</span><span>$15.00</span>')
})

test('a refund called fraudulent marks the charge', async () => {
  const charge = await kit.aCharge(2_000)
  await stripe.refunds.create({ charge: charge.id, reason: 'fraudulent' })
  expect((await chargeNow(charge)).fraud_details).toEqual({ user_report: 'fraudulent' })
})
