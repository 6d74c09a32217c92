/** Every order of an invoice's events, and any repetition of them, ends in the same books. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  anOpenInvoice,
  giveUpAtStripe,
  invoiceNotices,
  invoicesOf,
  payAtStripe,
  standingOf,
} from '@/lib/testing/post-paid'
import { buyByHand, drainJobs } from '@/lib/testing/top-ups'
import { creditInvoices } from '.'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

test.each([
  ['fifo', 1, 1],
  ['reverse', 1, 1],
  ['shuffle', 2, 3],
  ['shuffle', 3, 2],
  ['shuffle', 4, 1],
])(
  'finalized, declined, credited, given up, paid: delivered %s (seed %i, %i times)',
  { timeout: 120_000 },
  async (order, seed, repeat) => {
    await world.control('POST', '/deliveries', { mode: 'hold' })
    const { accountId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 50 })
    await payAtStripe(world, stripeInvoiceId, '4000000000000002')
    await buyByHand(world, { accountId, actor: tester }, { amount: '20.00', saveCard: false })
    await creditInvoices(tester, { accountId })
    await drainJobs(world)
    await giveUpAtStripe(world, stripeInvoiceId)
    await payAtStripe(world, stripeInvoiceId)
    await world.control('POST', '/deliveries/release', { order, seed, repeat })
    await world.drainEvents()
    await drainJobs(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', cents: 5000, rest: 0, paid: 3000 }])
    expect(await standingOf(accountId)).toEqual({ balance: 0, mode: 'postpaid', isPaused: false })
    expect((await invoiceNotices(accountId)).filter((notice) => notice === 'invoice_paid')).toHaveLength(1)
    expect(await query(`select type from stripe_events where status in ('received', 'dead')`)).toEqual([])
    await expectMoneyToAgree(world)
  },
)
