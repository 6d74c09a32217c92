import { expect } from 'vitest'
import { formatMoney, money } from '@/lib/core/money'
import { refundPurchase, requestRefund, sweepRefunds } from '@/lib/domain/refunds'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import { drainJobs, passTime, use } from '@/lib/testing/top-ups'
import { aPurchase, balanceOf, worker } from '../customers'
import type { Random } from '../random'
import { scoreCase } from '../score-case'

const nanosPerCent = 10_000_000n
const signupCents = 100n

/** A purchase that is paid and credited, with its payment at Stripe. */
async function aPaidPurchase(world: MoneyIn, random: Random, cardNumber?: string) {
  const purchase = await aPurchase(random, false)
  await world.pay(purchase.checkoutUrl, cardNumber)
  await settle(world)
  const [row] = await query<{ payment: string; cents: bigint }>(
    'select payment_intent_id as payment, total_cents as cents from purchases where purchase_id = $1',
    [purchase.purchaseId],
  )
  return { ...purchase, payment: row!.payment, cents: row!.cents }
}

/** Everything that is due is done, twice: what an event leads to may lead to another. */
async function settle(world: MoneyIn): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await world.drainEvents()
    await drainJobs(world)
  }
}

const refundAtStripe = (world: MoneyIn, payment: string, amount?: bigint) =>
  world.control('POST', `/payments/${payment}/refund`, amount === undefined ? {} : { amount: Number(amount) })

const dollarsOf = (cents: bigint) => formatMoney(money(cents * nanosPerCent, 'usd'))

const expectBalance = async (accountId: string, cents: bigint) =>
  expect(await balanceOf(accountId)).toBe(cents * nanosPerCent)

scoreCase('R21', 'refunded in parts and then the rest: never more than was paid', async ({ world, random }) => {
  const { accountId, actor, purchaseId, cents } = await aPaidPurchase(world, random)
  const parts = [BigInt(random.int(50, 200)), BigInt(random.int(50, 200))]
  for (const part of parts) {
    await requestRefund(actor, { accountId, purchaseId, amount: dollarsOf(part) })
    await settle(world)
  }
  await expectBalance(accountId, signupCents + cents - parts[0]! - parts[1]!)
  await requestRefund(actor, { accountId, purchaseId })
  await settle(world)
  await expectBalance(accountId, signupCents)
  await expect(requestRefund(actor, { accountId, purchaseId })).rejects.toMatchObject({ code: 'refund_not_possible' })
  const refunds = await query<{ state: string }>('select state from refunds where account_id = $1', [accountId])
  expect(refunds.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
})

scoreCase(
  'X01',
  'credit that is spent is refunded by an operator: a debt that the next purchase pays',
  async ({ world, random }) => {
    await publishTestPrices()
    const { accountId, actor, purchaseId, cents } = await aPaidPurchase(world, random)
    for (let left = cents + signupCents; left > 0n; left -= 1000n)
      await use(accountId, Math.min(10, Number(left) / 100))
    const owed = await balanceOf(accountId)
    await expect(requestRefund(actor, { accountId, purchaseId })).rejects.toMatchObject({ code: 'refund_not_possible' })
    await refundPurchase(worker, { accountId, purchaseId, isBeyondUnused: true, reason: 'A gesture' })
    await settle(world)
    expect(await balanceOf(accountId)).toBe(owed - cents * nanosPerCent)
  },
)

scoreCase('R23', "a refund made in Stripe's dashboard takes its credit once", async ({ world, random }) => {
  const { accountId, payment, cents } = await aPaidPurchase(world, random)
  await world.control('POST', '/deliveries', { mode: 'auto', repeat: random.int(1, 5) })
  const part = BigInt(random.int(1, Number(cents)))
  await refundAtStripe(world, payment, part)
  await settle(world)
  await settle(world)
  await expectBalance(accountId, signupCents + cents - part)
})

scoreCase('R24', 'a refund that is pending and then fails gives its credit back once', async ({ world, random }) => {
  const { accountId, actor, purchaseId, cents } = await aPaidPurchase(world, random, '4000000000007726')
  await requestRefund(actor, { accountId, purchaseId })
  await settle(world)
  await expectBalance(accountId, signupCents)
  const [refund] = await query<{ id: string }>('select stripe_refund_id as id from refunds where account_id = $1', [
    accountId,
  ])
  await world.control('POST', '/deliveries', { mode: 'auto', repeat: random.int(1, 4) })
  await world.control('POST', `/refunds/${refund!.id}`, { status: 'failed', failure_reason: 'declined' })
  await settle(world)
  await passTime(world, 3_600_000)
  await sweepRefunds(worker)
  await expectBalance(accountId, signupCents + cents)
})

const statuses: Record<string, string[]> = {
  lost: ['under_review', 'lost'],
  won: ['under_review', 'won'],
  appealed: ['lost', 'appeal_needs_response', 'appeal_under_review'],
  'won on appeal': ['lost', 'appeal_under_review', 'won'],
}

scoreCase(
  'X02',
  'a dispute, whatever the order of its events, ends in the books of the clean order',
  async ({ world, random }) => {
    const { accountId, payment, cents } = await aPaidPurchase(world, random)
    const part = BigInt(random.int(100, Number(cents)))
    await world.control('POST', '/deliveries', { mode: 'hold' })
    const { id } = await world.control<{ id: string }>('POST', '/disputes', {
      payment_intent: payment,
      amount: Number(part),
    })
    const course = random.pick(Object.keys(statuses))
    for (const status of statuses[course]!) {
      if (random.chance(0.5))
        await world.control('POST', '/deliveries/release', { order: 'shuffle', seed: random.int(1, 999) })
      if (random.chance(0.5)) await drainJobs(world)
      await world.control('POST', `/disputes/${id}`, { status })
    }
    const order = random.pick(['fifo', 'reverse', 'shuffle'])
    await world.control('POST', '/deliveries/release', { order, seed: random.int(1, 999), repeat: random.int(1, 3) })
    await settle(world)
    await expectBalance(accountId, signupCents + cents - (course.startsWith('won') ? 0n : part))
  },
)

scoreCase('R26', 'an inquiry, and a status that does not exist yet, move no money', async ({ world, random }) => {
  const { accountId, payment, cents } = await aPaidPurchase(world, random)
  const { id } = await world.control<{ id: string }>('POST', '/disputes', { payment_intent: payment, inquiry: true })
  const course = random.pick([
    ['warning_under_review', 'warning_closed'],
    ['warning_closed'],
    ['prevented'],
    ['warning_under_review', 'prevented'],
  ])
  for (const status of course) {
    await world.control('POST', `/disputes/${id}`, { status })
    await settle(world)
    await expectBalance(accountId, signupCents + cents)
  }
  await world.control('POST', `/disputes/${id}`, { status: 'decided_by_lot', force: true })
  await settle(world)
  await expectBalance(accountId, signupCents + cents)
})
