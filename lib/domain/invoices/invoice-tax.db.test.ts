import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hourMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import {
  aPostPaidCustomer,
  atStripeOf,
  invoicesOf,
  learn,
  payAtStripe,
  standingOf,
  theInvoiceOf,
  turnMonth,
} from '@/lib/testing/post-paid'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { paymentOf, refundInDashboard } from '@/lib/testing/take-backs'
import { buyByHand, drainJobs, passTime, use } from '@/lib/testing/top-ups'
import { syncByPayment } from '../refunds'
import { creditInvoices } from '.'

let world: MoneyIn
const longMs = 120_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
  process.env.CHECKOUT_TAX = '1'
  resetEnv()
}, longMs)
afterAll(async () => {
  delete process.env.CHECKOUT_TAX
  resetEnv()
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

test(
  'with tax, credit that was used first is taken off the lines; a customer without an address is invoiced without tax',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 64)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 6300, rest: 6300 }])
    const [atStripe] = await atStripeOf(world, accountId)
    expect(atStripe).toMatchObject({ status: 'open', total: 6300, automatic_tax: { enabled: false } })
    expect(atStripe!.lines.data.map(({ amount, description }) => `${description}: ${amount}`)).toEqual([
      'Usage of GPT OSS 20B, less credit used first: 6300',
    ])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'tax is worked out from the billing address and comes on top: a credit note takes its share, and the ledger has none of it',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await query(`update accounts set address_country = 'DE', address_postal_code = '10115' where account_id = $1`, [
      accountId,
    ])
    await use(accountId, 101)
    await turnMonth(world, accountId)
    expect((await atStripeOf(world, accountId))[0]).toMatchObject({ status: 'open', total: 11_900 })
    await buyByHand(world, { accountId, actor: tester }, { amount: '40.00', saveCard: false })
    await creditInvoices(tester, { accountId })
    await drainJobs(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 10_000, rest: 6000 }])
    expect((await atStripeOf(world, accountId))[0]).toMatchObject({ amount_remaining: 7140 })
    const { invoiceId, stripeInvoiceId } = await theInvoiceOf(accountId)
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    const [{ paid }] = (await invoicesOf(accountId)) as unknown as [{ paid: number }]
    expect([paid, (await standingOf(accountId)).balance]).toEqual([6000, 0])
    await expectBooksToAgree()

    // Half of what was paid goes back, with its tax; then the rest.
    const paymentIntentId = await paymentOf(accountId, invoiceId)
    await refundInDashboard(world, paymentIntentId, 3570)
    await syncByPayment(tester, { paymentIntentId })
    expect((await standingOf(accountId)).balance).toBe(-3000)
    await refundInDashboard(world, paymentIntentId, 3570)
    await syncByPayment(tester, { paymentIntentId })
    expect((await standingOf(accountId)).balance).toBe(-6000)
    await passTime(world, 2 * hourMs)
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)
