import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import {
  aPurchase,
  type Bought,
  moveDispute,
  moveRefund,
  openDispute,
  paymentOf,
  refundInDashboard,
  takeBackNotices,
  takenBack,
} from '@/lib/testing/take-backs'
import { use } from '@/lib/testing/top-ups'
import { getStanding } from '../accounts'
import { buyCredits, settlePurchase } from '../purchases'
import { requestRefund, sweepRefunds, syncRefunds } from '../refunds'
import { sweepStripeEvents } from '../stripe-events'
import { listDisputes } from '.'

let world: MoneyIn
const tester = system('test')
const longMs = 120_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.control('POST', '/deliveries', { mode: 'auto', repeat: 1 })
})
afterEach(() => expectBooksToAgree())

const disputesOf = async (accountId: string) => (await takenBack(accountId)).disputes

test('a dispute freezes what is left; won, it is usable again', async () => {
  const bought = await aPurchase(world)
  await use(bought.accountId, 4)
  const { id } = await openDispute(world, bought.paymentIntentId)
  await world.drainEvents()
  const [dispute] = await listDisputes(tester, bought)
  expect(dispute).toMatchObject({
    status: 'needs_response',
    statusText: 'Disputed',
    stance: 'frozen',
    amount: '10.00',
    taken: '0.00',
    dueBy: expect.any(String),
    closedAt: null,
  })
  expect(Number(dispute!.frozen)).toBeCloseTo(7, 3)
  const standing = await getStanding(tester, bought)
  expect(standing).toMatchObject({ balance: '0.00', frozen: dispute!.frozen })

  await moveDispute(world, id, 'under_review')
  await world.drainEvents()
  await moveDispute(world, id, 'won')
  await world.drainEvents()
  expect(await listDisputes(tester, bought)).toMatchObject([
    { status: 'won', frozen: '0.00', taken: '0.00', closedAt: expect.any(String) },
  ])
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(7, 3)
  expect(await takeBackNotices(bought.accountId)).toEqual(['dispute_opened', 'dispute_won'])
})

test('a lost dispute takes all of it, spent or not; usage pauses, and the next purchase heals it', async () => {
  const bought = await aPurchase(world)
  await use(bought.accountId, 4)
  const { id } = await openDispute(world, bought.paymentIntentId)
  await world.drainEvents()
  await moveDispute(world, id, 'lost')
  await world.drainEvents()
  expect(Number((await takenBack(bought.accountId)).balance)).toBeCloseTo(-3, 3)
  expect(await disputesOf(bought.accountId)).toEqual(['lost 0 10 0'])
  expect((await getStanding(tester, bought)).state).toMatchObject({
    kind: 'suspended',
    title: 'Paused: credit was taken back',
    action: 'buy_credits',
  })
  await aPurchase(world, { accountId: bought.accountId, amount: '20.00' })
  expect((await getStanding(tester, bought)).state.kind).toBe('active')
  expect(await takeBackNotices(bought.accountId)).toEqual(['dispute_opened', 'dispute_lost'])
})

test('an appeal keeps it taken, and gives it back when it is won', async () => {
  const bought = await aPurchase(world)
  const { id } = await openDispute(world, bought.paymentIntentId)
  await moveDispute(world, id, 'lost')
  await world.drainEvents()
  expect(await disputesOf(bought.accountId)).toEqual(['lost 0 10 0'])
  for (const status of ['appeal_needs_response', 'appeal_under_review']) {
    await moveDispute(world, id, status)
    await world.drainEvents()
    expect(await disputesOf(bought.accountId)).toEqual([`${status} 0 10 0`])
  }
  await moveDispute(world, id, 'won')
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toMatchObject({ balance: '11', disputes: ['won 0 0 0'] })
})

test('an inquiry, a prevented dispute and a word of the future move no money (R26)', async () => {
  const bought = await aPurchase(world)
  const { id } = await openDispute(world, bought.paymentIntentId, { amount: 400, inquiry: true })
  await world.drainEvents()
  for (const status of ['warning_under_review', 'warning_closed']) {
    await moveDispute(world, id, status)
    await world.drainEvents()
    expect(await takenBack(bought.accountId)).toMatchObject({ balance: '11', disputes: [`${status} 0 0 0`] })
  }
  const second = await openDispute(world, bought.paymentIntentId, { amount: 100, inquiry: true })
  await moveDispute(world, second.id, 'prevented')
  const third = await openDispute(world, bought.paymentIntentId, { amount: 100, inquiry: true })
  await moveDispute(world, third.id, 'awaiting_the_oracle', true)
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toMatchObject({
    balance: '11',
    disputes: ['warning_closed 0 0 0', 'prevented 0 0 0', 'awaiting_the_oracle 0 0 0'],
  })
  expect(await takeBackNotices(bought.accountId)).toEqual([])
})

test('a word of the future freezes what is left when Stripe has taken the money', async () => {
  const bought = await aPurchase(world)
  const { id } = await openDispute(world, bought.paymentIntentId)
  await moveDispute(world, id, 'awaiting_the_oracle', true)
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toMatchObject({ balance: '1', disputes: ['awaiting_the_oracle 10 0 0'] })
})

test('a dispute after a partial refund takes the rest and no more', async () => {
  const bought = await aPurchase(world)
  await requestRefund(tester, { ...bought, amount: '4.00' })
  const { id } = await openDispute(world, bought.paymentIntentId, { amount: 1000 })
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toMatchObject({ balance: '1', disputes: ['needs_response 6 0 0'] })
  await moveDispute(world, id, 'lost')
  await world.drainEvents()
  expect(await takenBack(bought.accountId)).toMatchObject({
    balance: '1',
    refunds: ['customer succeeded 4 4 0'],
    disputes: ['lost 0 6 0'],
  })
})

test('a payment with a promotion code and tax gives back its share of each, and never the tax as credit', async () => {
  process.env.CHECKOUT_TAX = '1'
  resetEnv()
  const code = await aPromotionCode(world, { percent_off: 20 })
  const { accountId } = await anAccount()
  const { purchaseId, checkoutUrl } = await buyCredits(tester, { accountId, amount: '50.00', saveCard: false })
  await world.control('POST', `/checkout/${sessionOf(checkoutUrl)}/pay`, {
    card_number: '4242424242424242',
    promotion_code: code,
    address: { line1: '1 Bay Street', city: 'Berkeley', state: 'CA', postal_code: '94704', country: 'US' },
  })
  await settlePurchase(tester, { accountId, purchaseId })
  delete process.env.CHECKOUT_TAX
  resetEnv()
  expect((await takenBack(accountId)).balance).toBe('51')

  // $42.90 were paid for $40.00 of credit, with $10.00 as a gift: half of it returns $20.00 and $5.00.
  const half = await requestRefund(tester, { accountId, purchaseId, amount: '21.45' })
  expect(half).toMatchObject({ amount: '21.45', credit: '20.00', gift: '5.00' })
  const { id } = await openDispute(world, await paymentOf(accountId, purchaseId))
  await world.drainEvents()
  expect(await takenBack(accountId)).toMatchObject({ balance: '6', disputes: ['needs_response 20 0 0'] })
  await moveDispute(world, id, 'lost')
  await world.drainEvents()
  expect(await takenBack(accountId)).toMatchObject({ balance: '1', disputes: ['lost 0 20 5'] })
  await moveDispute(world, id, 'appeal_under_review')
  await moveDispute(world, id, 'won')
  await world.drainEvents()
  expect(await takenBack(accountId)).toMatchObject({ balance: '26', disputes: ['won 0 0 0'] })
})

test('an open dispute that nobody tells of is looked at again', async () => {
  const bought = await aPurchase(world)
  const { id } = await openDispute(world, bought.paymentIntentId)
  await world.drainEvents()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await moveDispute(world, id, 'won')
  await sweepRefunds(tester)
  expect(await disputesOf(bought.accountId)).toEqual(['needs_response 10 0 0'])
  await query(`update disputes set updated_at = updated_at - interval '7 hours' where account_id = $1`, [
    bought.accountId,
  ])
  await sweepRefunds(tester)
  expect(await disputesOf(bought.accountId)).toEqual(['won 0 0 0'])
})

test('an answer that was overtaken by a later one changes nothing, and Stripe is asked again', async () => {
  const bought = await aPurchase(world)
  const { id } = await openDispute(world, bought.paymentIntentId)
  const refund = await refundInDashboard(world, (await aPurchase(world, bought)).paymentIntentId, 100)
  await world.drainEvents()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await moveDispute(world, id, 'won')
  await moveRefund(world, refund.id, 'failed', 'declined')
  const shift = (interval: string) =>
    query(
      `with r as (update refunds set updated_at = updated_at + $2::interval where account_id = $1)
       update disputes set updated_at = updated_at + $2::interval where account_id = $1`,
      [bought.accountId, interval],
    )
  const purchases = await query<{ purchaseId: string }>(
    'select purchase_id as "purchaseId" from purchases where account_id = $1',
    [bought.accountId],
  )
  const lookAtAll = () =>
    Promise.allSettled(
      purchases.map(({ purchaseId }) => syncRefunds(tester, { accountId: bought.accountId, purchaseId })),
    )
  // As if somebody had asked an hour later, and had been told what stands here.
  await shift('1 hour')
  expect(await lookAtAll()).toMatchObject(
    purchases.map(() => ({ status: 'rejected', reason: { code: 'temporarily_unavailable' } })),
  )
  expect(await takenBack(bought.accountId)).toEqual({
    balance: '10',
    refunds: ['stripe succeeded 1 1 0'],
    disputes: ['needs_response 10 0 0'],
  })
  await shift('-1 hour')
  expect(await lookAtAll()).toMatchObject(purchases.map(() => ({ status: 'fulfilled' })))
  expect(await takenBack(bought.accountId)).toEqual({
    balance: '21',
    refunds: ['stripe failed 1 0 0'],
    disputes: ['won 0 0 0'],
  })
})

/** What banks and the dashboard do, one after the other; what is not possible at that moment is left out. */
type Step =
  | { kind: 'refund'; cents: number }
  | { kind: 'fail'; place: number }
  | { kind: 'dispute'; cents: number; inquiry: boolean }
  | { kind: 'move'; place: number; status: string }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('refund' as const), cents: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('fail' as const), place: fc.nat({ max: 3 }) }),
  fc.record({
    kind: fc.constant('dispute' as const),
    cents: fc.integer({ min: 1, max: 1000 }),
    inquiry: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('move' as const),
    place: fc.nat({ max: 2 }),
    status: fc.constantFrom('under_review', 'won', 'lost', 'needs_response', 'appeal_under_review', 'warning_closed'),
  }),
)

const history = fc.record({
  used: fc.integer({ min: 0, max: 13 }),
  other: fc.boolean(),
  steps: fc.array(step, { minLength: 3, maxLength: 8 }),
  deliveries: fc.infiniteStream(fc.record({ what: fc.constantFrom('drop', 'now', 'late', 'twice'), key: fc.nat() })),
})

test(
  'whichever events arrive, in whatever order and number, the books end as in the clean run',
  async () => {
    await world.control('POST', '/deliveries', { mode: 'drop' })
    await fc.assert(
      fc.asyncProperty(history, async ({ used, other, steps, deliveries }) => {
        const clean = await play({ used, other, steps }, async (events) => {
          for (const event of events) await tellOf(event)
        })
        const chances = deliveries[Symbol.iterator]()
        const late: { event: string; key: number }[] = []
        const wild = await play({ used, other, steps }, async (events, isEnd) => {
          for (const event of events) {
            const { what, key } = chances.next().value!
            if (what === 'now' || what === 'twice') await tellOf(event)
            if (what === 'late' || what === 'twice') late.push({ event, key })
          }
          if (!isEnd) return
          for (const { event } of late.sort((a, b) => a.key - b.key)) await tellOf(event)
          await sweepStripeEvents(tester)
          await world.drainEvents()
        })
        expect(wild).toEqual(clean)
        await expectBooksToAgree()
      }),
      { numRuns: 6, endOnFailure: true },
    )
  },
  longMs,
)

async function tellOf(event: string): Promise<void> {
  await world.control('POST', `/events/${event}/resend`)
  await world.drainEvents()
}

/** Plays the steps on a purchase of its own, hands over the events of each, and returns how the books end. */
async function play(
  { used, other, steps }: { used: number; other: boolean; steps: Step[] },
  deliver: (events: string[], isEnd: boolean) => Promise<void>,
) {
  const bought = await aPurchase(world)
  if (other) await aPurchase(world, { accountId: bought.accountId, amount: '5.00' })
  if (used) await use(bought.accountId, used)
  const refunds: string[] = []
  const disputes: string[] = []
  let known = await eventsOf(bought)
  for (const [index, next] of steps.entries()) {
    await act(bought, next, refunds, disputes).catch((error: Error) => {
      if (!/40\d|unrefunded|disput|refund/i.test(error.message)) throw error
    })
    const events = await eventsOf(bought)
    await deliver(
      events.filter((event) => !known.includes(event)),
      index === steps.length - 1,
    )
    known = events
  }
  const { accountId } = bought
  const grants = await query(
    'select source, amount, remaining from grants where account_id = $1 order by granted_at, grant_id',
    [accountId],
  )
  const rows = await takenBack(accountId)
  return { ...rows, refunds: rows.refunds.sort(), disputes: rows.disputes.sort(), grants }
}

async function act(bought: Bought, step: Step, refunds: string[], disputes: string[]): Promise<void> {
  if (step.kind === 'refund') refunds.push((await refundInDashboard(world, bought.paymentIntentId, step.cents)).id)
  if (step.kind === 'fail' && refunds[step.place]) await moveRefund(world, refunds[step.place]!, 'failed', 'declined')
  if (step.kind === 'dispute') {
    const { id } = await openDispute(world, bought.paymentIntentId, { amount: step.cents, inquiry: step.inquiry })
    disputes.push(id)
  }
  if (step.kind === 'move' && disputes[step.place]) await moveDispute(world, disputes[step.place]!, step.status)
}

/** The events about a payment's refunds and disputes, oldest first. */
async function eventsOf({ paymentIntentId }: Bought): Promise<string[]> {
  const answer = await fetch(`${world.sandboxUrl}/v1/events?limit=100`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { data } = (await answer.json()) as { data: { id: string; type: string; data: { object: object } }[] }
  return data
    .filter(({ type, data: { object } }) => {
      const isOurs = 'payment_intent' in object && object.payment_intent === paymentIntentId
      return isOurs && /refund|dispute/.test(type)
    })
    .map(({ id }) => id)
    .reverse()
}
