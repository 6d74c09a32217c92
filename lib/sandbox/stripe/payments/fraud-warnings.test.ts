import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { type MoneyBackKit, refusalOf, withMoneyBackKit } from '../testing/money-back-kit'

let kit: MoneyBackKit
let stripe: Stripe

withMoneyBackKit((started) => {
  kit = started
  stripe = kit.stripe
})

const created = 'radar.early_fraud_warning.created'
const updated = 'radar.early_fraud_warning.updated'

const warn = (charge: Stripe.Charge, body: object = {}) =>
  kit.steer<Stripe.Radar.EarlyFraudWarning>('POST', '/fraud_warnings', { charge: charge.id, ...body })

const warningsAmong = (types: string[]) => types.filter((type) => type.startsWith('radar.'))
const isActionable = async (id: string) => (await stripe.radar.earlyFraudWarnings.retrieve(id)).actionable

test('the card for it is reported once its charge has settled', async () => {
  const charge = await kit.aCharge(2_000, { token: 'pm_card_createIssuerFraudRecord' })
  expect(warningsAmong(await kit.newEventTypes())).toEqual([created])
  const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: charge.payment_intent as string })
  expect(data).toMatchObject([
    { actionable: true, charge: charge.id, fraud_type: 'made_with_stolen_card', livemode: false },
  ])
})

test('a warning moves no money, and is over when the charge is refunded in full; a failed refund opens it again', async () => {
  const charge = await kit.aCharge(2_000, { token: 'pm_card_refundFail' })
  const before = await kit.balanceTransactions()
  const { id } = await warn(charge, { fraud_type: 'misc' })
  expect(await kit.balanceTransactions()).toEqual(before)
  await stripe.refunds.create({ charge: charge.id, amount: 1_500 })
  expect(await isActionable(id)).toBe(true)
  const rest = await stripe.refunds.create({ charge: charge.id })
  expect(await isActionable(id)).toBe(false)
  await kit.steer('POST', `/refunds/${rest.id}`, { status: 'failed' })
  expect(await isActionable(id)).toBe(true)
  expect(warningsAmong(await kit.newEventTypes())).toEqual([created, updated, updated])
})

test('a dispute ends it too, for good', async () => {
  const charge = await kit.aCharge(2_000)
  const { id } = await warn(charge)
  const dispute = await kit.steer<{ id: string }>('POST', '/disputes', { charge: charge.id })
  expect(await isActionable(id)).toBe(false)
  await kit.steer('POST', `/disputes/${dispute.id}`, { status: 'won' })
  expect(await isActionable(id)).toBe(false)
})

test('a charge is reported once, and only one that took money from a card', async () => {
  const charge = await kit.aCharge(2_000)
  const other = await kit.aCharge(3_000)
  await warn(charge)
  await warn(other)
  await expect(warn(charge)).rejects.toThrow(/reported already/)
  await expect(kit.steer('POST', '/fraud_warnings', {})).rejects.toThrow(/payment_intent or charge/)
  const all = await stripe.radar.earlyFraudWarnings.list({ expand: ['data.charge'] })
  expect(all.data.map(({ charge: of }) => (of as Stripe.Charge).amount)).toEqual([3_000, 2_000])
  expect((await stripe.radar.earlyFraudWarnings.list({ charge: other.id })).data).toHaveLength(1)
  expect(await refusalOf(stripe.radar.earlyFraudWarnings.retrieve('issfr_nothing'))).toMatchObject({ statusCode: 404 })
  expect(await refusalOf(stripe.radar.earlyFraudWarnings.list({ charge: 'ch_nothing' }))).toMatchObject({
    code: 'resource_missing',
  })
})
