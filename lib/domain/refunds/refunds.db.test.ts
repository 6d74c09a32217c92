import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import * as previewDoor from '@/app/api/accounts/[accountId]/purchases/[purchaseId]/refunds/preview/route'
import * as customerDoor from '@/app/api/accounts/[accountId]/purchases/[purchaseId]/refunds/route'
import * as operatorPreviewDoor from '@/app/api/operator/accounts/[accountId]/purchases/[purchaseId]/refunds/preview/route'
import * as operatorDoor from '@/app/api/operator/accounts/[accountId]/purchases/[purchaseId]/refunds/route'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { money } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { pool, query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import {
  aPurchase,
  atStripe,
  cardOfLateRefund,
  moveRefund,
  openDispute,
  refundInDashboard,
  takeBackNotices,
  takenBack,
} from '@/lib/testing/take-backs'
import { aCustomerWithCard, aPlan, drainJobs, passTime, use } from '@/lib/testing/top-ups'
import { saveAutoTopUp, sweepAutoTopUps } from '../auto-top-up'
import { authorize } from '../gate'
import { makeOperator } from '../members'
import { buyCredits, settlePurchase } from '../purchases'
import {
  hasTakenBackDebt,
  listRefunds,
  listRefundsAsOperator,
  previewRefund,
  previewRefundAsOperator,
  refundPurchase,
  requestRefund,
  runRefund,
  sweepRefunds,
  syncByCharge,
  syncByPayment,
  syncRefunds,
} from '.'

let world: MoneyIn
const tester = system('test')
const longMs = 60_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
})
afterAll(() => world.close())
afterEach(async () => {
  await world.heal()
  await moveClock(new Date())
  await expectBooksToAgree()
})

const stripeIdOf = async (refundId: string): Promise<string> => {
  const [row] = await query<{ id: string }>('select stripe_refund_id as id from refunds where refund_id = $1', [
    refundId,
  ])
  return row!.id
}

const refundsAtStripe = async (paymentIntentId: string): Promise<number> => {
  const answer = await fetch(`${world.sandboxUrl}/v1/refunds?limit=100&payment_intent=${paymentIntentId}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  return ((await answer.json()) as { data: unknown[] }).data.length
}

test('an unused purchase is refunded in full: the money goes back, and its credit with it', async () => {
  const bought = await aPurchase(world)
  const made = await requestRefund(tester, bought)
  expect(made).toMatchObject({ state: 'succeeded', origin: 'customer', amount: '10.00', credit: '10.00', gift: '0.00' })
  await drainJobs(world)
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toEqual({
    balance: '1',
    refunds: ['customer succeeded 10 10 0'],
    disputes: [],
  })
  expect(await takeBackNotices(bought.accountId)).toEqual(['refund_made'])
  expect(await listRefunds(tester, bought)).toEqual([made])
  await expect(requestRefund(tester, bought)).rejects.toMatchObject({
    code: 'refund_not_possible',
    facts: { because: 'all_returned' },
  })
  const audit = await query(
    'select actor, action from audit_entries where account_id = $1 and action like $2 order by at, entry_id',
    [bought.accountId, 'refund.%'],
  )
  expect(audit).toEqual([
    { actor: 'system:test', action: 'refund.requested' },
    { actor: 'system:stripe', action: 'refund.succeeded' },
  ])
})

test('partial refunds add up, and never exceed what was paid (R21)', async () => {
  const bought = await aPurchase(world, { amount: '12.00' })
  const first = await requestRefund(tester, { ...bought, amount: '5.00' })
  const second = await requestRefund(tester, { ...bought, amount: '5.00' })
  await expect(requestRefund(tester, { ...bought, amount: '5.00' })).rejects.toMatchObject({ code: 'amount_too_large' })
  const rest = await requestRefund(tester, bought)
  expect([first, second, rest].map(({ amount }) => amount)).toEqual(['5.00', '5.00', '2.00'])
  await drainJobs(world)
  await world.drainEvents()
  expect((await takenBack(bought.accountId)).balance).toBe('1')
  const reversals = await query('select amount from transfers where account_id = $1 and kind = $2', [
    bought.accountId,
    'refund',
  ])
  expect(reversals).toHaveLength(3)
  expect(await refundsAtStripe(bought.paymentIntentId)).toBe(3)
})

test('a refund asked for twenty times under one key is one refund; another purchase needs another key', async () => {
  const bought = await aPurchase(world)
  const key = newId()
  const made = await Promise.all(
    Array.from({ length: 20 }, () => requestRefund(tester, { ...bought, amount: '1.00', key })),
  )
  expect(new Set(made.map(({ refundId }) => refundId))).toEqual(new Set([key]))
  expect(await refundsAtStripe(bought.paymentIntentId)).toBe(1)
  expect(await requestRefund(tester, { ...bought, amount: '1.00', key })).toMatchObject({
    refundId: key,
    state: 'succeeded',
  })
  expect(await takenBack(bought.accountId)).toMatchObject({ balance: '10' })

  const { purchaseId } = await buyCredits(tester, { accountId: bought.accountId, amount: '10.00', saveCard: false })
  const elsewhere = requestRefund(tester, { accountId: bought.accountId, purchaseId, key })
  await expect(elsewhere).rejects.toMatchObject({ code: 'idempotency_conflict', facts: { field: 'key' } })
  await expect(requestRefund(tester, { ...bought, key: 'once' })).rejects.toMatchObject({ facts: { field: 'key' } })
})

test('a customer gets back what is unused, rounded down to the cent', async () => {
  const bought = await aPurchase(world)
  await use(bought.accountId, 4.333)
  const preview = await previewRefund(tester, bought)
  expect(preview).toMatchObject({
    isPossible: true,
    unused: '6.66',
    rest: '10.00',
    refund: { amount: '6.66', credit: '6.66', gift: '0.00' },
  })
  await expect(requestRefund(tester, { ...bought, amount: '6.67' })).rejects.toMatchObject({ code: 'amount_too_large' })
  expect(await requestRefund(tester, bought)).toMatchObject({ amount: '6.66', credit: '6.66' })
})

test('credit that a running request holds is not returned', async () => {
  const bought = await aPurchase(world)
  await authorize(tester, {
    accountId: bought.accountId,
    idempotencyKey: newId(),
    size: { maxCost: money(3_000_000_000n), model: 'gpt-oss-20b' },
    holdSeconds: 600,
  })
  expect((await previewRefund(tester, bought)).unused).toBe('8.00')
})

test('the window closes for customers, and not for operators', async () => {
  const bought = await aPurchase(world)
  await moveClock(new Date((await now()).getTime() + 25 * hourMs))
  expect(await previewRefund(tester, bought)).toMatchObject({ isPossible: false, because: 'window_over', refund: null })
  await expect(requestRefund(tester, bought)).rejects.toMatchObject({ facts: { because: 'window_over' } })
  expect(await previewRefundAsOperator(tester, bought)).toMatchObject({ isPossible: true, until: null })
  expect(await refundPurchase(tester, bought)).toMatchObject({ state: 'succeeded', origin: 'operator' })
})

test('an operator returns used credit when that is confirmed: the balance is a debt, and the next purchase pays it', async () => {
  const bought = await aPurchase(world)
  await use(bought.accountId, 8)
  await expect(refundPurchase(tester, { ...bought, amount: '10.00' })).rejects.toMatchObject({
    code: 'refund_beyond_unused',
  })
  await expect(refundPurchase(tester, { ...bought, amount: '10.00', isBeyondUnused: true })).rejects.toMatchObject({
    code: 'invalid_request',
    facts: { field: 'reason' },
  })
  const made = await refundPurchase(tester, { ...bought, isBeyondUnused: true, reason: 'Goodwill' })
  expect(made).toMatchObject({ state: 'succeeded', amount: '10.00', reason: 'Goodwill' })
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(-7, 3)
  expect(await hasTakenBackDebt(pool(), bought.accountId)).toBe(true)
  await aPurchase(world, { accountId: bought.accountId, amount: '20.00' })
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(13, 3)
  expect(await hasTakenBackDebt(pool(), bought.accountId)).toBe(false)
})

test('who may refund: the account’s billing roles within the window, finance and admins of the platform', async () => {
  const bought = await aPurchase(world)
  const stranger = await anAccount()
  const person = (userId: string): Actor => ({ kind: 'user', userId })
  await expect(requestRefund(person(stranger.userId), bought)).rejects.toMatchObject({ code: 'not_found' })
  await expect(refundPurchase(person(bought.userId), bought)).rejects.toMatchObject({ code: 'not_found' })
  await expect(listRefundsAsOperator(person(bought.userId), bought)).rejects.toMatchObject({ code: 'not_found' })
  const mixed = { accountId: (await aPurchase(world)).accountId, purchaseId: bought.purchaseId }
  await expect(listRefunds(tester, mixed)).rejects.toMatchObject({ code: 'not_found' })
  await makeOperator(tester, { userId: stranger.userId, role: 'support' })
  await expect(refundPurchase(person(stranger.userId), bought)).rejects.toMatchObject({ code: 'not_allowed' })
  expect(await listRefundsAsOperator(person(stranger.userId), bought)).toEqual([])
  await query('update memberships set role = $2 where account_id = $1', [bought.accountId, 'developer'])
  await expect(requestRefund(person(bought.userId), bought)).rejects.toMatchObject({ code: 'not_allowed' })
  await makeOperator(tester, { userId: stranger.userId, role: 'finance' })
  expect(await refundPurchase(person(stranger.userId), { ...bought, amount: '1.00' })).toMatchObject({ amount: '1.00' })
  await query('update memberships set role = $2 where account_id = $1', [bought.accountId, 'billing'])
  expect(await requestRefund(person(bought.userId), bought)).toMatchObject({ amount: '9.00' })
  const another = { ...bought, purchaseId: newId() }
  await expect(requestRefund(tester, another)).rejects.toMatchObject({ code: 'not_found' })
  await expect(previewRefund(tester, another)).rejects.toMatchObject({ code: 'not_found' })
  await expect(syncRefunds(tester, another)).rejects.toMatchObject({ code: 'not_found' })
  await expect(runRefund(person(bought.userId), { ...bought, refundId: newId() })).rejects.toMatchObject({
    code: 'not_allowed',
  })
  await expect(sweepRefunds(person(bought.userId))).rejects.toMatchObject({ code: 'not_allowed' })
})

test('a refund made in Stripe’s dashboard takes its credit back once, however often it is told (R23)', async () => {
  const bought = await aPurchase(world)
  await world.control('POST', '/deliveries', { mode: 'auto', repeat: 3 })
  const { id } = await refundInDashboard(world, bought.paymentIntentId, 400)
  await world.drainEvents()
  await refundInDashboard(world, bought.paymentIntentId, 600)
  await world.drainEvents()
  await world.control('POST', '/deliveries', { mode: 'auto', repeat: 1 })
  expect(id).toMatch(/^re_/)
  expect(await takenBack(bought.accountId)).toEqual({
    balance: '1',
    refunds: ['stripe succeeded 4 4 0', 'stripe succeeded 6 6 0'],
    disputes: [],
  })
})

test('a refund that is pending and then fails gives its credit back once (R24)', async () => {
  const bought = await aPurchase(world, { cardNumber: cardOfLateRefund })
  const made = await requestRefund(tester, { ...bought, amount: '4.00' })
  expect(made).toMatchObject({ state: 'pending', credit: '4.00' })
  expect((await takenBack(bought.accountId)).balance).toBe('7')
  await world.drainEvents()
  await moveRefund(world, await stripeIdOf(made.refundId), 'failed', 'expired_or_canceled_card')
  await world.drainEvents()
  await syncRefunds(tester, bought)
  expect(await takenBack(bought.accountId)).toMatchObject({ balance: '11', refunds: ['customer failed 4 0 0'] })
  expect(await takeBackNotices(bought.accountId)).toEqual(['refund_made', 'refund_failed'])
  const [refund] = await listRefunds(tester, bought)
  expect(refund).toMatchObject({ failure: 'The card has expired or was canceled.', closedAt: expect.any(String) })
  expect(await requestRefund(tester, bought)).toMatchObject({ amount: '10.00', state: 'pending' })
})

test('a refund that was made and that the bank sends back later gives its credit back once', async () => {
  const bought = await aPurchase(world)
  await use(bought.accountId, 9)
  const { id } = await refundInDashboard(world, bought.paymentIntentId, 1000)
  await world.drainEvents()
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(-8, 3)
  await moveRefund(world, id, 'failed', 'lost_or_stolen_card')
  await world.drainEvents()
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(2, 3)
  expect((await takenBack(bought.accountId)).refunds).toEqual(['stripe failed 10 0 0'])
})

test('a refund while Stripe knows of a dispute that we do not is refused there, and the credit comes back', async () => {
  const bought = await aPurchase(world)
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await openDispute(world, bought.paymentIntentId)
  const refused = await requestRefund(tester, { ...bought, amount: '4.00' })
  await world.control('POST', '/deliveries', { mode: 'auto' })
  expect(refused).toMatchObject({ state: 'failed', failure: 'The payment is disputed, so the bank decides about it.' })
  // Asking Stripe about the refund has told of the dispute as well.
  expect(await takenBack(bought.accountId)).toEqual({
    balance: '1',
    refunds: ['customer failed 4 0 0'],
    disputes: ['needs_response 10 0 0'],
  })
  expect(await takeBackNotices(bought.accountId)).toContain('refund_failed')
  await expect(requestRefund(tester, bought)).rejects.toMatchObject({ facts: { because: 'disputed' } })
})

test('a refund is known before the payment is credited: the books end the same', async () => {
  const { accountId } = await anAccount()
  await world.control('POST', '/deliveries', { mode: 'hold' })
  const { checkoutUrl } = await buyCredits(tester, { accountId, amount: '10.00', saveCard: false })
  await world.pay(checkoutUrl)
  const page = await fetch(`${world.sandboxUrl}/v1/checkout/sessions/${/cs_\w+/.exec(checkoutUrl)![0]}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { payment_intent: paymentIntentId } = (await page.json()) as { payment_intent: string }
  await refundInDashboard(world, paymentIntentId, 300)
  await world.control('POST', '/deliveries/release', { order: 'reverse' })
  await world.control('POST', '/deliveries', { mode: 'auto' })
  await world.drainEvents()
  await drainJobs(world)
  expect(await takenBack(accountId)).toMatchObject({ balance: '8', refunds: ['stripe succeeded 3 3 0'] })
})

test('a purchase that is settled after its refund looks for it by itself', async () => {
  const { accountId } = await anAccount()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { checkoutUrl, purchaseId } = await buyCredits(tester, { accountId, amount: '10.00', saveCard: false })
  await world.pay(checkoutUrl)
  const page = await fetch(`${world.sandboxUrl}/v1/checkout/sessions/${/cs_\w+/.exec(checkoutUrl)![0]}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { payment_intent: paymentIntentId } = (await page.json()) as { payment_intent: string }
  await refundInDashboard(world, paymentIntentId, 300)
  await world.control('POST', '/deliveries', { mode: 'auto' })
  await settlePurchase(tester, { accountId, purchaseId })
  await drainJobs(world)
  expect(await takenBack(accountId)).toMatchObject({ balance: '8', refunds: ['stripe succeeded 3 3 0'] })
})

test.each(['reset_before', 'reset_after', 'truncated_200', 'http_429', 'http_409', 'html_502', 'down'])(
  'a refund whose answer is lost (%s) is made once',
  async (kind) => {
    const bought = await aPurchase(world)
    await world.fail(kind, { method: 'POST', path_prefix: '/v1/refunds' })
    const asked = await requestRefund(tester, bought)
    expect(asked).toMatchObject({ state: 'requested', amount: '10.00' })
    expect((await takenBack(bought.accountId)).balance).toBe('1')
    await expect(requestRefund(tester, bought)).rejects.toMatchObject({ code: 'refund_not_possible' })
    await world.heal()
    await passTime(world, hourMs)
    await sweepRefunds(tester)
    await drainJobs(world)
    await world.drainEvents()
    expect(await takenBack(bought.accountId)).toMatchObject({ balance: '1', refunds: ['customer succeeded 10 10 0'] })
    expect(await refundsAtStripe(bought.paymentIntentId)).toBe(1)
  },
  longMs,
)

test('a refund that Stripe has not confirmed for a day is given up, and the credit comes back', async () => {
  const bought = await aPurchase(world)
  await world.fail('http_500', { method: 'POST', path_prefix: '/v1/refunds' })
  const { refundId } = await requestRefund(tester, bought)
  await passTime(world, 22 * hourMs)
  await sweepRefunds(tester)
  expect(await listRefunds(tester, bought)).toMatchObject([{ refundId, state: 'requested' }])
  await world.heal()
  await passTime(world, 2 * hourMs)
  await sweepRefunds(tester)
  expect(await listRefunds(tester, bought)).toMatchObject([{ refundId, state: 'failed', credit: '0.00' }])
  expect((await takenBack(bought.accountId)).balance).toBe('11')
  expect(await refundsAtStripe(bought.paymentIntentId)).toBe(0)
})

test('a refund on its way is looked at again, should nobody tell of its end', async () => {
  const bought = await aPurchase(world, { cardNumber: cardOfLateRefund })
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { id } = await refundInDashboard(world, bought.paymentIntentId, 400)
  await syncRefunds(tester, bought)
  expect((await takenBack(bought.accountId)).refunds).toEqual(['stripe pending 4 4 0'])
  await moveRefund(world, id, 'succeeded')
  await sweepRefunds(tester)
  expect((await takenBack(bought.accountId)).refunds).toEqual(['stripe pending 4 4 0'])
  await passTime(world, hourMs + 1)
  await sweepRefunds(tester)
  expect((await takenBack(bought.accountId)).refunds).toEqual(['stripe succeeded 4 4 0'])
  await world.control('POST', '/deliveries', { mode: 'auto' })
})

test('news of charges that are not ours, or that paid twice, takes nothing', async () => {
  expect(await syncByCharge(tester, { chargeId: 'ch_nobody' })).toBe(false)
  const bought = await aPurchase(world)
  const [account] = await query<{ customer: string }>(
    'select stripe_customer_id as customer from accounts where account_id = $1',
    [bought.accountId],
  )
  const second = await atStripe<{ id: string; latest_charge: string }>(world, '/payment_intents', {
    amount: '1000',
    currency: 'usd',
    customer: account!.customer,
    payment_method: 'pm_card_visa',
    confirm: 'true',
    off_session: 'true',
    'metadata[app]': 'purse',
    'metadata[account_id]': bought.accountId,
    'metadata[purchase_id]': bought.purchaseId,
  })
  await refundInDashboard(world, second.id, 1000)
  await world.drainEvents()
  expect(await syncByCharge(tester, { chargeId: second.latest_charge })).toBe(true)
  expect(await takenBack(bought.accountId)).toEqual({ balance: '11', refunds: [], disputes: [] })
})

test('an automatic charge that is refunded before anybody here knows of it is credited, and then taken back', async () => {
  // News of the purchase before would have the account looked at again, and the charge found.
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const customer = await aCustomerWithCard(world)
  await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan() })
  await world.fail('truncated_200', { method: 'POST', path_prefix: '/v1/payment_intents' })
  await use(customer.accountId, 7)
  await drainJobs(world)
  await world.heal()
  const [account] = await query<{ customer: string }>(
    'select stripe_customer_id as customer from accounts where account_id = $1',
    [customer.accountId],
  )
  const list = await fetch(`${world.sandboxUrl}/v1/payment_intents?customer=${account!.customer}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const [charged] = ((await list.json()) as { data: { id: string; amount: number }[] }).data
  const { id } = await refundInDashboard(world, charged!.id, 300)
  expect(id).toMatch(/^re_/)
  await expect(syncByPayment(tester, { paymentIntentId: charged!.id })).rejects.toMatchObject({
    code: 'temporarily_unavailable',
  })
  await passTime(world, hourMs)
  await sweepAutoTopUps(tester)
  await drainJobs(world)
  expect(await syncByPayment(tester, { paymentIntentId: charged!.id })).toBe(true)
  const { balance, refunds } = await takenBack(customer.accountId)
  expect(Number(balance)).toBeCloseTo(11 - 7 + 10 - 3, 3)
  expect(refunds).toEqual(['stripe succeeded 3 3 0'])
  await world.control('POST', '/deliveries', { mode: 'auto' })
})

test('a refund and requests that spend the same credit: whatever comes first, nothing is returned that was used', async () => {
  const bought = await aPurchase(world)
  const spend = Array.from({ length: 12 }, () => use(bought.accountId, 0.9))
  const refund = requestRefund(tester, bought).catch(() => null)
  await Promise.all([...spend, refund])
  const made = await refund
  const [used] = await query<{ total: number }>(
    `select (coalesce(sum(amount), 0) / 1e9)::float8 as total from transfers where account_id = $1 and kind = 'usage'`,
    [bought.accountId],
  )
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(
    11 - used!.total - Number(made?.credit ?? 0),
    6,
  )
})

test('the doors are closed to those who are not signed in', async () => {
  const bought = await aPurchase(world)
  const at = (path: string, params: Record<string, string>, body?: object) =>
    [
      new Request(`http://localhost:3000/api/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { origin: 'http://localhost:3000', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
      { params: Promise.resolve(params) },
    ] as const
  const ids = { accountId: bought.accountId, purchaseId: bought.purchaseId }
  for (const door of [customerDoor, operatorDoor]) {
    expect((await door.GET(...at('x', ids))).status).toBe(401)
    expect((await door.POST(...at('x', ids, {}))).status).toBe(401)
  }
  expect((await previewDoor.POST(...at('x', ids, {}))).status).toBe(401)
  expect((await operatorPreviewDoor.POST(...at('x', ids, {}))).status).toBe(401)
})
