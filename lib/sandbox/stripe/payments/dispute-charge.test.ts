import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { type MoneyBackKit, refusalOf, withMoneyBackKit } from '../testing/money-back-kit'

let kit: MoneyBackKit
let stripe: Stripe

withMoneyBackKit((started) => {
  kit = started
  stripe = kit.stripe
})

/** The cardholder complains; what it did to the events is forgotten. */
async function aDispute(charge: Stripe.Charge, body: object = {}) {
  const { id } = await kit.steer<{ id: string }>('POST', '/disputes', { charge: charge.id, ...body })
  await kit.newEventTypes()
  return stripe.disputes.retrieve(id)
}

const move = (id: string, status: string, body: object = {}) =>
  kit.steer('POST', `/disputes/${id}`, { status, ...body })

/** Amounts of the balance transactions that are not of charges. */
const adjustments = async () =>
  (await kit.balanceTransactions()).filter(({ type }) => type !== 'charge').map(({ amount }) => amount)

const created = 'charge.dispute.created'
const updated = 'charge.dispute.updated'
const withdrawn = 'charge.dispute.funds_withdrawn'
const reinstated = 'charge.dispute.funds_reinstated'
const closed = 'charge.dispute.closed'

test('a chargeback takes the money, and winning brings it back', async () => {
  const charge = await kit.aCharge(2_000)
  await kit.newEventTypes()
  const { id } = await kit.steer<{ id: string }>('POST', '/disputes', { payment_intent: charge.payment_intent })
  expect(await kit.newEventTypes()).toEqual([created, withdrawn])
  const open = await stripe.disputes.retrieve(id)
  expect(open).toMatchObject({
    status: 'needs_response',
    amount: 2_000,
    reason: 'fraudulent',
    charge: charge.id,
    payment_intent: charge.payment_intent,
    is_charge_refundable: false,
    balance_transactions: [
      { type: 'adjustment', reporting_category: 'dispute', amount: -2_000, fee: 1_500, source: id },
    ],
    evidence_details: { has_evidence: false, submission_count: 0, past_due: false },
    payment_method_details: { type: 'card', card: { case_type: 'chargeback', brand: 'visa' } },
  })
  const dueInDays = (open.evidence_details.due_by! - open.created) / 86_400
  expect(dueInDays).toBeGreaterThan(9)
  expect(dueInDays).toBeLessThanOrEqual(10)
  expect((await stripe.charges.retrieve(charge.id)).disputed).toBe(true)

  await move(id, 'under_review')
  expect(await kit.newEventTypes()).toEqual([updated])
  await move(id, 'won')
  expect(await kit.newEventTypes()).toEqual([reinstated, closed])
  const won = await stripe.disputes.retrieve(id)
  expect(won.balance_transactions).toMatchObject([
    { amount: -2_000 },
    { type: 'adjustment', reporting_category: 'dispute_reversal', amount: 2_000, fee: 0 },
  ])
  expect(await adjustments()).toEqual([-2_000, 2_000])
  expect((await stripe.refunds.create({ charge: charge.id })).amount).toBe(2_000)
})

test('a lost dispute keeps the money, and an appeal can still win it', async () => {
  const charge = await kit.aCharge(2_000)
  const { id } = await aDispute(charge)
  await move(id, 'lost')
  expect(await kit.newEventTypes()).toEqual([closed])
  await move(id, 'appeal_needs_response')
  await move(id, 'appeal_under_review')
  expect(await kit.newEventTypes()).toEqual([updated, updated])
  expect(await adjustments()).toEqual([-2_000])
  await move(id, 'lost')
  expect(await kit.newEventTypes()).toEqual([closed])
  await move(id, 'appeal_under_review')
  await move(id, 'won')
  expect(await kit.newEventTypes()).toEqual([updated, reinstated, closed])
  expect(await adjustments()).toEqual([-2_000, 2_000])
})

test('an inquiry moves no money and leaves the charge refundable, unless it becomes a chargeback', async () => {
  const charge = await kit.aCharge(2_000)
  await kit.newEventTypes()
  const { id } = await kit.steer<{ id: string }>('POST', '/disputes', { charge: charge.id, inquiry: true })
  expect(await kit.newEventTypes()).toEqual([created])
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    status: 'warning_needs_response',
    balance_transactions: [],
    is_charge_refundable: true,
    payment_method_details: { card: { case_type: 'inquiry' } },
  })
  await stripe.refunds.create({ charge: charge.id, amount: 500 })
  await move(id, 'warning_under_review')
  expect(await adjustments()).toEqual([-500])
  await kit.newEventTypes()
  await move(id, 'needs_response')
  expect(await kit.newEventTypes()).toEqual([updated, withdrawn])
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    status: 'needs_response',
    is_charge_refundable: false,
    payment_method_details: { card: { case_type: 'chargeback' } },
  })
  expect(await adjustments()).toEqual([-500, -2_000])
})

test('an inquiry about a charge that was refunded in full cannot take the money again', async () => {
  const charge = await kit.aCharge(2_000)
  const { id } = await aDispute(charge, { inquiry: true })
  await stripe.refunds.create({ charge: charge.id })
  await expect(move(id, 'needs_response')).rejects.toThrow('refunded in full')
  expect(await move(id, 'warning_closed')).toMatchObject({ status: 'warning_closed', is_charge_refundable: true })
})

test('a prevented inquiry moves no money', async () => {
  const { id } = await aDispute(await kit.aCharge(2_000), { inquiry: true })
  await move(id, 'prevented')
  expect(await kit.newEventTypes()).toEqual([closed])
  expect(await adjustments()).toEqual([])
})

test('a status nobody knows moves no money, and the dispute goes on from there by where its money is', async () => {
  const charge = await kit.aCharge(2_000)
  const { id } = await aDispute(charge)
  await expect(move(id, 'some_future_status')).rejects.toThrow('force')
  await expect(move(id, 'won', { force: true })).rejects.toThrow('published')
  const answer = await move(id, 'some_future_status', { force: true })
  expect(answer).toMatchObject({ status: 'some_future_status', is_charge_refundable: false })
  expect(await kit.newEventTypes()).toEqual([updated])
  expect(await adjustments()).toEqual([-2_000])
  await expect(move(id, 'warning_closed')).rejects.toThrow('from there it can become')
  await move(id, 'won')
  expect(await adjustments()).toEqual([-2_000, 2_000])
  await move(id, 'another_future_status', { force: true })
  await expect(move(id, 'lost')).rejects.toThrow('from there it can become won')
  await move(id, 'won')
  expect(await adjustments()).toEqual([-2_000, 2_000])

  const inquiry = await aDispute(charge, { inquiry: true, amount: 100 })
  await move(inquiry.id, 'some_future_status', { force: true })
  await expect(move(inquiry.id, 'won')).rejects.toThrow('from there it can become')
  await move(inquiry.id, 'warning_closed')
  expect(await adjustments()).toEqual([-2_000, 2_000])
})

const nextOf: Record<string, string[]> = {
  warning_needs_response: ['warning_under_review', 'warning_closed', 'needs_response', 'prevented'],
  warning_under_review: ['warning_closed', 'needs_response', 'prevented'],
  warning_closed: [],
  prevented: [],
  needs_response: ['under_review', 'won', 'lost'],
  under_review: ['won', 'lost'],
  won: [],
  lost: ['appeal_needs_response', 'appeal_under_review'],
  appeal_needs_response: ['appeal_under_review', 'won', 'lost'],
  appeal_under_review: ['won', 'lost'],
}
const pathTo: Record<string, string[]> = {
  lost: ['lost'],
  appeal_needs_response: ['lost', 'appeal_needs_response'],
  appeal_under_review: ['lost', 'appeal_under_review'],
}

test.each(Object.keys(nextOf))('a dispute that is %s moves only where Stripe’s states lead', async (from) => {
  const inquiry = from.startsWith('warning_') || from === 'prevented'
  const first = inquiry ? 'warning_needs_response' : 'needs_response'
  const charge = await kit.aCharge(20_000)
  for (const to of Object.keys(nextOf)) {
    const { id } = await aDispute(charge, { inquiry, amount: 1_000 })
    for (const step of pathTo[from] ?? (from === first ? [] : [from])) await move(id, step)
    const before = await stripe.disputes.retrieve(id)
    expect(before.status).toBe(from)
    const moneyBefore = await adjustments()
    await kit.newEventTypes()
    if (nextOf[from]!.includes(to)) {
      expect(await move(id, to)).toMatchObject({ status: to })
      expect((await kit.newEventTypes()).length).toBeGreaterThan(0)
    } else {
      await expect(move(id, to)).rejects.toThrow(`is ${from}; from there it can become`)
      expect(await stripe.disputes.retrieve(id)).toEqual(before)
      expect(await adjustments()).toEqual(moneyBefore)
      expect(await kit.newEventTypes()).toEqual([])
    }
  }
})

describe('evidence', () => {
  test('is staged, then submitted, then out of reach', async () => {
    const { id } = await aDispute(await kit.aCharge(2_000))
    const staged = await stripe.disputes.update(id, {
      evidence: { customer_name: 'Payer', product_description: 'Credits' },
      metadata: { case: '1' },
      submit: false,
    })
    expect(staged).toMatchObject({
      status: 'needs_response',
      metadata: { case: '1' },
      evidence: { customer_name: 'Payer', product_description: 'Credits', uncategorized_text: null },
      evidence_details: { has_evidence: true, submission_count: 0, submission_method: 'not_submitted' },
    })
    expect(await kit.newEventTypes()).toEqual([updated])
    const submitted = await stripe.disputes.update(id, { submit: true })
    expect(submitted).toMatchObject({
      status: 'under_review',
      evidence: { customer_name: 'Payer' },
      evidence_details: { submission_count: 1, submission_method: 'manual', past_due: false },
    })
    expect(await kit.newEventTypes()).toEqual([updated])
    expect(await refusalOf(stripe.disputes.update(id, { evidence: { customer_name: 'B' } }))).toMatchObject({
      statusCode: 400,
    })
    expect((await stripe.disputes.update(id, { metadata: { case: '' } })).metadata).toEqual({})
    await kit.advance(3_600)
    expect((await stripe.disputes.retrieve(id)).status).toBe('under_review')
  })

  test('is late after the due day, and nothing is not evidence', async () => {
    const { id } = await aDispute(await kit.aCharge(2_000))
    expect((await refusalOf(stripe.disputes.update(id, { submit: true }))).message).toMatch(/no evidence/)
    await kit.advance(11 * 86_400)
    const late = await stripe.disputes.update(id, { evidence: { customer_name: 'Payer' } })
    expect(late).toMatchObject({ status: 'under_review', evidence_details: { past_due: true } })
  })

  test.each([
    ['winning_evidence', 'won', [updated, reinstated, closed]],
    ['losing_evidence', 'lost', [updated, closed]],
  ])('%s makes a dispute %s', async (words, status, events) => {
    const { id } = await aDispute(await kit.aCharge(2_000))
    const submitted = await stripe.disputes.update(id, { evidence: { uncategorized_text: words } })
    expect(submitted.status).toBe('under_review')
    await kit.advance(10)
    expect((await stripe.disputes.retrieve(id)).status).toBe(status)
    expect(await kit.newEventTypes()).toEqual(events)
  })

  test.each([
    ['winning_evidence', 'warning_closed', [updated, closed]],
    ['losing_evidence', 'warning_closed', [updated, closed]],
    ['escalate_inquiry_evidence', 'needs_response', [updated, updated, withdrawn]],
  ])('%s makes an inquiry %s', async (words, status, events) => {
    const { id } = await aDispute(await kit.aCharge(2_000), { inquiry: true })
    await stripe.disputes.update(id, { evidence: { uncategorized_text: words } })
    await kit.advance(10)
    expect((await stripe.disputes.retrieve(id)).status).toBe(status)
    expect(await kit.newEventTypes()).toEqual(events)
  })

  test('an appeal is argued with evidence too', async () => {
    const { id } = await aDispute(await kit.aCharge(2_000))
    await move(id, 'lost')
    await move(id, 'appeal_needs_response')
    const appeal = { card: { reason_for_filing: 'New facts.' } }
    const submitted = await stripe.disputes.update(id, { evidence: { appeal, uncategorized_text: 'winning_evidence' } })
    expect(submitted).toMatchObject({ status: 'appeal_under_review', evidence: { appeal } })
    await kit.advance(10)
    expect((await stripe.disputes.retrieve(id)).status).toBe('won')
  })
})

test.each([
  ['needs_response', {}, [], 'lost'],
  ['warning_needs_response', { inquiry: true }, [], 'warning_closed'],
  ['appeal_needs_response', {}, ['lost', 'appeal_needs_response'], 'lost'],
])('the merchant closes a dispute that is %s', async (_, body, path, status) => {
  const { id } = await aDispute(await kit.aCharge(2_000), body)
  for (const step of path) await move(id, step)
  await kit.newEventTypes()
  expect((await stripe.disputes.close(id)).status).toBe(status)
  expect(await kit.newEventTypes()).toEqual([closed])
  expect(await refusalOf(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 })
})

test('a disputed charge is refunded only when the bank no longer holds its money', async () => {
  const charge = await kit.aCharge(2_000)
  const { id } = await aDispute(charge)
  const refund = () => stripe.refunds.create({ charge: charge.id, amount: 100 })
  for (const status of ['under_review', 'lost', 'appeal_needs_response']) {
    expect(await refusalOf(refund())).toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
      message: `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    })
    await move(id, status)
  }
  expect(await refusalOf(refund())).toMatchObject({ code: 'charge_disputed' })
  await move(id, 'won')
  expect((await refund()).status).toBe('succeeded')
})

test.each([
  ['pm_card_createDispute', 'needs_response', 'fraudulent', [created, withdrawn]],
  ['pm_card_createDisputeProductNotReceived', 'needs_response', 'product_not_received', [created, withdrawn]],
  ['pm_card_createDisputeInquiry', 'warning_needs_response', 'fraudulent', [created]],
])('%s is disputed once its charge has settled', async (token, status, reason, events) => {
  const charge = await kit.aCharge(2_000, { token })
  const { data } = await stripe.disputes.list({ charge: charge.id })
  expect(data).toMatchObject([{ status, reason, amount: 2_000 }])
  const types = await kit.newEventTypes()
  expect(types.filter((type) => type.startsWith('charge.dispute.'))).toEqual(events)
  expect(types.indexOf('charge.succeeded')).toBeLessThan(types.indexOf(created))
  expect(charge.disputed).toBe(true)
})

test('disputes are read and listed', async () => {
  const charge = await kit.aCharge(2_000)
  const other = await kit.aCharge(3_000)
  const { id } = await aDispute(charge)
  await aDispute(other, { amount: 100, reason: 'duplicate' })
  const expanded = await stripe.disputes.retrieve(id, {
    expand: ['charge', 'payment_intent', 'balance_transactions.source'],
  })
  expect(expanded.charge).toMatchObject({ id: charge.id })
  expect(expanded.balance_transactions[0]!.source).toMatchObject({ id })
  expect((await stripe.disputes.list({ payment_intent: charge.payment_intent as string })).data).toMatchObject([{ id }])
  expect((await stripe.disputes.list()).data).toMatchObject([{ amount: 100, reason: 'duplicate' }, { id }])
  expect((await stripe.balanceTransactions.list({ source: id })).data).toHaveLength(1)
})

test('unknown disputes, unknown parameters and what the sandbox does not play are refused', async () => {
  const { id } = await aDispute(await kit.aCharge(2_000))
  const unknown = { colour: 'red' } as object
  for (const call of [
    () => stripe.disputes.retrieve(id, unknown),
    () => stripe.disputes.update(id, unknown),
    () => stripe.disputes.close(id, unknown),
    () => stripe.disputes.list(unknown),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'colour' })
  }
  expect(await refusalOf(stripe.disputes.retrieve('du_nothing'))).toMatchObject({ statusCode: 404 })
  expect(await refusalOf(stripe.disputes.update(id, { evidence: { receipt: 'file_1' } }))).toMatchObject({
    param: 'evidence[receipt]',
    message: expect.stringMatching(/does not serve/),
  })
  expect(await refusalOf(stripe.disputes.update(id, { intended_submission_method: 'smart_disputes' }))).toMatchObject({
    param: 'intended_submission_method',
  })
})

test('one key closes a dispute once', async () => {
  const { id } = await aDispute(await kit.aCharge(2_000))
  const options = { idempotencyKey: 'close once' }
  await stripe.disputes.close(id, {}, options)
  expect((await stripe.disputes.close(id, {}, options)).status).toBe('lost')
  expect(await kit.newEventTypes()).toEqual([closed])
})

test('a bank disputes only what was collected, and no more than that', async () => {
  const charge = await kit.aCharge(2_000)
  const open = (body: object) => kit.steer('POST', '/disputes', body)
  await expect(open({ charge: charge.id, amount: 2_001 })).rejects.toThrow('At most 2000 cents')
  await open({ charge: charge.id, amount: 1_500 })
  await expect(open({ charge: charge.id, amount: 501 })).rejects.toThrow('At most 500 cents')
  await open({ charge: charge.id, amount: 500 })
  await expect(open({ charge: charge.id })).rejects.toThrow('disputed in full already')
  await expect(open({ charge: 'ch_nothing' })).rejects.toThrow('404')
  await expect(open({})).rejects.toThrow('Give either payment_intent or charge')
  await expect(open({ charge: charge.id, reason: 'mood' })).rejects.toThrow('reason')
  const untried = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })
  await expect(open({ payment_intent: untried.id })).rejects.toThrow('no charge to dispute')

  const refunded = await kit.aCharge(2_000)
  await stripe.refunds.create({ charge: refunded.id, amount: 700 })
  expect(await open({ charge: refunded.id })).toMatchObject({ amount: 1_300 })
  const everything = await kit.aCharge(2_000)
  await stripe.refunds.create({ charge: everything.id })
  expect(await open({ charge: everything.id })).toMatchObject({ amount: 2_000 })
})
