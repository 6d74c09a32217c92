/** One story of refunds and a dispute, heard of at any moments and in any order: the books end as if it was heard of at once. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import {
  aPurchase,
  type Bought,
  moveDispute,
  moveRefund,
  openDispute,
  refundInDashboard,
} from '@/lib/testing/take-backs'
import { use } from '@/lib/testing/top-ups'
import { previewRefundAsOperator, syncRefunds } from '.'

let world: MoneyIn
let code: string
const tester = system('test')
const longMs = 180_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  code = await aPromotionCode(world, { percent_off: 33 })
})
afterAll(() => world.close())

interface Story {
  /** Dollars of it are used before any money goes back; $21.00 of credit, and more where there is other credit. */
  used: number
  hasOther: boolean
  /** Of $13.40 that were paid. The bank sends back what fails. */
  refunds: { cents: number; fails: boolean }[]
  dispute: { cents: number; ends: string[] } | null
}

const stories: fc.Arbitrary<Story> = fc.record({
  used: fc.constantFrom(0, 0.5, 9, 14.4, 16, 20, 23, 40),
  hasOther: fc.boolean(),
  refunds: fc.array(fc.record({ cents: fc.integer({ min: 1, max: 330 }), fails: fc.boolean() }), { maxLength: 3 }),
  dispute: fc.option(
    fc.record({
      cents: fc.integer({ min: 1, max: 350 }),
      ends: fc.constantFrom([], ['won'], ['lost'], ['under_review', 'lost']),
    }),
  ),
})

/** Plays the story; `look` runs after each thing that happens at Stripe. `place` gives the order of the refunds. */
async function play(story: Story, place: number[], look: (bought: Bought) => Promise<void>): Promise<Bought> {
  const account = await anAccount()
  const bought = await aPurchase(world, { ...account, amount: '20.00', promotionCode: code })
  if (story.hasOther) await aPurchase(world, { ...account, amount: '5.00' })
  if (story.used > 0) await use(account.accountId, story.used)
  const refunds = place.flatMap((n) => story.refunds[n] ?? [])
  const failing: string[] = []
  for (const { cents, fails } of refunds) {
    const { id } = await refundInDashboard(world, bought.paymentIntentId, cents)
    if (fails) failing.push(id)
    await look(bought)
  }
  const { dispute } = story
  const opened = dispute && (await openDispute(world, bought.paymentIntentId, { amount: dispute.cents }))
  if (opened) await look(bought)
  for (const id of failing) {
    await moveRefund(world, id, 'failed', 'lost_or_stolen_card')
    await look(bought)
  }
  for (const status of dispute?.ends ?? []) {
    await moveDispute(world, opened!.id, status)
    await look(bought)
  }
  await syncRefunds(tester, bought)
  return bought
}

/** Balance, what each grant has left, and the sums that were taken back. */
async function booksOf({ accountId }: Bought) {
  const [books] = await query(
    `select b.balance, array(select remaining from grants where account_id = $1 order by granted_at, priority) as left,
            (select coalesce(sum(credit), 0) from refunds where account_id = $1)::bigint as refunded,
            (select coalesce(sum(taken), 0) from disputes where account_id = $1)::bigint as lost,
            (select coalesce(sum(frozen), 0) from disputes where account_id = $1)::bigint as frozen,
            (select coalesce(sum(gift), 0) from (select gift, account_id from refunds union all
                                                 select gift, account_id from disputes) x where account_id = $1)::bigint as gift
       from account_balances b where b.account_id = $1`,
    [accountId],
  )
  return books!
}

const inOrder = [0, 1, 2]

test(
  'whenever and in whatever order the news comes, balance, grants and what was taken back are those of the clean order',
  async () => {
    const orders = fc.shuffledSubarray(inOrder, { minLength: 3 })
    const looks = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(stories, orders, looks, async (story, order, isSeen) => {
        const clean = await play(story, inOrder, async () => {})
        let happened = 0
        const sometimes = await play(story, inOrder, async (bought) => {
          if (isSeen[happened++]) await syncRefunds(tester, bought)
        })
        const shuffled = await play(story, order, (bought) => syncRefunds(tester, bought))
        const expected = await booksOf(clean)
        expect(await booksOf(sometimes)).toEqual(expected)
        expect(await booksOf(shuffled)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
    await expectBooksToAgree()
  },
  longMs,
)

test('a gift that paid for used credit meanwhile is returned all the same, and the preview says so', async () => {
  const gifts = []
  for (const order of [
    [200, 1140],
    [1140, 200],
  ]) {
    const account = await anAccount()
    const bought = await aPurchase(world, { ...account, amount: '20.00', promotionCode: code })
    await use(account.accountId, 14.39)
    await refundInDashboard(world, bought.paymentIntentId, order[0]!)
    await syncRefunds(tester, bought)
    const preview = await previewRefundAsOperator(tester, { ...bought, isBeyondUnused: true })
    await refundInDashboard(world, bought.paymentIntentId, order[1]!)
    await syncRefunds(tester, bought)
    const rows = await query<{ gift: bigint }>('select gift from refunds where account_id = $1 order by refund_id', [
      account.accountId,
    ])
    expect(Number(preview.refund!.gift) * 1e9).toBe(Number(rows[1]!.gift))
    gifts.push(rows.reduce((sum, { gift }) => sum + gift, 0n))
  }
  expect(gifts).toEqual([6_600_000_000n, 6_600_000_000n])
  await expectBooksToAgree()
})
