import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { aPurchase, type Bought, moveDispute, openDispute, refundInDashboard } from '@/lib/testing/take-backs'
import { use } from '@/lib/testing/top-ups'
import { requestRefund, syncRefunds } from '../refunds'
import { checkBooks } from '.'

let world: MoneyIn
let client: pg.Client

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
  await aHistoryOfTakeBacks()
  client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await world.close()
})

/** One purchase for each end: refunded in parts, refused, frozen, lost after a refund, won, refunded with a gift. */
async function aHistoryOfTakeBacks(): Promise<void> {
  const refunded = await aPurchase(world)
  await requestRefund(tester, { ...refunded, amount: '3.00' })
  await refundInDashboard(world, refunded.paymentIntentId, 200)
  await syncRefunds(tester, refunded)

  const refused = await aPurchase(world, refunded)
  const later = await openDispute(world, refused.paymentIntentId)
  await requestRefund(tester, { ...refused, amount: '1.00' })
  await end(refused, later.id, 'won')

  const frozen = await aPurchase(world, refunded)
  await use(refunded.accountId, 4)
  await openDispute(world, frozen.paymentIntentId, { amount: 600 })
  await syncRefunds(tester, frozen)

  const lost = await aPurchase(world, refunded)
  await requestRefund(tester, { ...lost, amount: '4.00' })
  await end(lost, (await openDispute(world, lost.paymentIntentId)).id, 'lost')

  const promotionCode = await aPromotionCode(world, { percent_off: 20 })
  const gifted = await aPurchase(world, { ...refunded, promotionCode })
  await refundInDashboard(world, gifted.paymentIntentId, 400)
  await syncRefunds(tester, gifted)
}

async function end(bought: Bought, disputeId: string, status: string): Promise<void> {
  await syncRefunds(tester, bought)
  await moveDispute(world, disputeId, status)
  await syncRefunds(tester, bought)
}

const violated = async (): Promise<string[]> =>
  (await checkBooks(client)).filter(({ count }) => count > 0).map(({ invariant }) => invariant.id)

test('good books break no invariant, and the history has every end', async () => {
  expect(await violated()).toEqual([])
  const { rows } = await client.query(
    `select array(select origin || ' ' || state from refunds order by refund_id) as refunds,
            array(select status || case when frozen > 0 then ' frozen' when taken > 0 then ' taken' else '' end from disputes order by dispute_id) as disputes`,
  )
  expect(rows).toEqual([
    {
      refunds: ['customer succeeded', 'stripe succeeded', 'customer failed', 'customer succeeded', 'stripe succeeded'],
      disputes: ['won', 'needs_response frozen', 'lost taken'],
    },
  ])
})

const failed = `state = 'failed'`
const ofRefund = `kind = 'refund' and seq = (select min(seq) from transfers where kind = 'refund')`

const corruptions: [id: string, what: string, sql: string][] = [
  ['I16', 'more returned than was paid', `update refunds set amount_cents = amount_cents + 1000 where not (${failed})`],
  ['I16', 'a refund whose credit was not taken', `delete from transfers where ${ofRefund}`],
  [
    'I16',
    'a refund whose credit was taken twice',
    `update refunds set credit = credit * 2, movements = movements + 1 where state = 'succeeded'`,
  ],
  [
    'I16',
    'credit taken for a refund that nobody knows',
    `update transfers set cause = 'refund:00000000-0000-7000-8000-000000000000/1' where ${ofRefund}`,
  ],
  [
    'I16',
    'a failed refund that keeps its credit',
    `update refunds set state = 'failed' where state = 'succeeded' and origin = 'stripe'`,
  ],
  [
    'I16',
    'a refund that counts and takes nothing',
    `update refunds set state = 'succeeded', stripe_refund_id = 're_x' where ${failed}`,
  ],
  [
    'I16',
    'a refund that takes another share',
    `update refunds set amount_cents = amount_cents - 1 where state = 'succeeded'`,
  ],
  ['I16', 'a refund that takes more of a gift than its share', `update refunds set gift = 1 where state = 'succeeded'`],
  ['I16', 'a movement too many', `update refunds set movements = movements + 1 where ${failed}`],
  [
    'I16',
    'a refund that was made without being known at Stripe',
    `update refunds set stripe_refund_id = null where state = 'succeeded' and origin = 'customer'`,
  ],
  ['I17', 'frozen credit that no transfer froze', `delete from transfers where kind = 'dispute_frozen'`],
  ['I17', 'taken credit that no transfer took', `delete from transfers where kind = 'dispute_lost'`],
  [
    'I17',
    'credit frozen for a dispute that nobody knows',
    `update transfers set cause = 'dispute:00000000-0000-7000-8000-000000000000/' || seq where kind = 'dispute_frozen'`,
  ],
  ['I17', 'a won dispute that keeps its credit', `update disputes set status = 'won' where status = 'needs_response'`],
  [
    'I17',
    'a closed inquiry that keeps its credit',
    `update disputes set status = 'warning_closed' where status = 'needs_response'`,
  ],
  ['I17', 'a lost dispute that takes nothing', `update disputes set status = 'lost' where status = 'won'`],
  [
    'I17',
    'an appeal that has given its credit back already',
    `update disputes set status = 'appeal_under_review' where status = 'won'`,
  ],
  ['I17', 'an open dispute that has taken credit', `update disputes set status = 'under_review' where status = 'lost'`],
  [
    'I17',
    'a word of the future that keeps credit though no money was taken',
    `update disputes set status = 'a_word', withdrawn_cents = 0 where status = 'needs_response'`,
  ],
  ['I17', 'more frozen than is disputed', `update disputes set amount_cents = 1 where status = 'needs_response'`],
  ['I17', 'a gift that was left out though nobody has used it', 'update refunds set gift = gift - 1 where gift > 0'],
  ['I17', 'a gift taken of a purchase that had none', `update disputes set gift = 1 where status = 'lost'`],
  ['I17', 'a movement too few', `update disputes set movements = movements - 1 where status = 'lost'`],
  [
    'I17',
    'refund and dispute together beyond what was paid',
    `update disputes set taken = taken + 4000000000 where status = 'lost'`,
  ],
]

test.each(corruptions)('%s names %s', async (id, _, sql) => {
  await client.query('begin')
  try {
    // Past the database's own guards: they would refuse most of this.
    await client.query('set local session_replication_role = replica')
    await client.query(sql)
    expect(await violated()).toContain(id)
  } finally {
    await client.query('rollback')
  }
})
