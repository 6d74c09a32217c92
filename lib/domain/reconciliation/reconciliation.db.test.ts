// A month in which customers buy, and get money back in every way, ends without a difference.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { refundPurchase } from '@/lib/domain/refunds'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { buyByHand, drainJobs, passTime } from '@/lib/testing/top-ups'

const dayMs = 24 * 3600_000
const tester = system('test')
let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
})
afterAll(() => world.close())

/** Numbers from 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Paid {
  accountId: string
  purchaseId: string
  paymentIntentId: string
}

const paidOnes = () =>
  query<Paid>(
    `select account_id as "accountId", purchase_id as "purchaseId", payment_intent_id as "paymentIntentId"
       from purchases where state = 'paid' and payment_intent_id is not null order by purchase_id`,
  )

test.each([1, 2])('a month of purchases, refunds and disputes agrees (seed %i)', { timeout: 180_000 }, async (seed) => {
  const random = randomOf(seed)
  const pick = <T>(items: T[]): T => items[Math.floor(random() * items.length)]!
  const customers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { accountId, userId } = await anAccount()
      return { accountId, actor: { kind: 'user' as const, userId } }
    }),
  )
  const disputes: string[] = []
  const steps = {
    buy: async () => {
      const amount = `${5 + Math.floor(random() * 50)}.${10 + Math.floor(random() * 89)}`
      const cardNumber = pick(['4242424242424242', '4000000000007726', '4000000000005126'])
      await buyByHand(world, pick(customers), { amount, saveCard: false, cardNumber })
    },
    refund: async () => {
      const { accountId, purchaseId } = pick(await paidOnes())
      const amount = `${1 + Math.floor(random() * 9)}.${10 + Math.floor(random() * 89)}`
      await refundPurchase(tester, { accountId, purchaseId, amount, isBeyondUnused: true, reason: 'month' }).catch(
        refusal,
      )
    },
    refundInDashboard: async () => {
      const { paymentIntentId } = pick(await paidOnes())
      await fetch(`${world.sandboxUrl}/v1/refunds`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          payment_intent: paymentIntentId,
          amount: String(1 + Math.floor(random() * 700)),
        }),
      })
    },
    dispute: async () => {
      const { paymentIntentId } = pick(await paidOnes())
      const inquiry = random() < 0.3
      const opened = await world
        .control<{ id: string }>('POST', '/disputes', {
          payment_intent: paymentIntentId,
          ...(inquiry && { inquiry }),
        })
        .catch(() => null)
      if (opened) disputes.push(opened.id)
    },
    decide: async () => {
      if (disputes.length === 0) return
      const status = pick(['under_review', 'won', 'lost', 'appeal_under_review', 'needs_response', 'warning_closed'])
      await world.control('POST', `/disputes/${pick(disputes)}`, { status }).catch(() => null)
    },
  }
  await steps.buy()
  for (let day = 0; day < 30; day++) {
    for (let n = 0; n < 2; n++) await pick([steps.buy, steps.buy, ...Object.values(steps)])()
    await passTime(world, dayMs)
    if (random() < 0.2) await settleDown()
  }
  await settleDown()
  const { refunds, disputes: followed } = (
    await query<{ refunds: bigint; disputes: bigint }>(
      'select (select count(*) from refunds) as refunds, (select count(*) from disputes) as disputes',
    )
  )[0]!
  expect(refunds > 0n && followed > 0n).toBe(true)
  await expectStripeAndLedgerToAgree(world)
})

/** What was asked for and refused is no disagreement. */
function refusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}

/** Until Stripe has nothing more to tell, and nothing more is due. */
async function settleDown(): Promise<void> {
  for (let n = 0; n < 2; n++) {
    await world.drainEvents()
    await drainJobs(world)
  }
}
