import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cents } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  anOpenInvoice,
  aPostPaidCustomer,
  atStripeOf,
  carryOn,
  giveUpAtStripe,
  goTo,
  invoiceNotices,
  invoicesOf,
  learn,
  payAtStripe,
  payOutsideAtStripe,
  standingOf,
  turnMonth,
  voidAtStripe,
} from '@/lib/testing/post-paid'
import { drainJobs, use } from '@/lib/testing/top-ups'
import { endContract, getBillingMode } from '../contracts'
import { getInvoice, listInvoices, sweepInvoices } from '.'

let world: MoneyIn
const longMs = 120_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, longMs)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

test(
  '$20 deposited and $83 used is an invoice of $63, with a line for each model and the credit used first',
  async () => {
    const { accountId } = await aPostPaidCustomer({ poNumber: 'PO 4711' }, '19')
    await use(accountId, 83)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 6300, rest: 6300 }])
    const [atStripe] = await atStripeOf(world, accountId)
    expect(atStripe).toMatchObject({ status: 'open', total: 6300, custom_fields: [{ value: 'PO 4711' }] })
    expect(atStripe!.lines.data.map(({ amount, description }) => `${description}: ${amount}`).sort()).toEqual([
      'Credit used first: -2000',
      'Usage of GPT OSS 20B: 8300',
    ])
    const [listed] = await listInvoices(tester, { accountId })
    const invoice = await getInvoice(tester, { accountId, invoiceId: listed!.invoiceId })
    expect(invoice).toMatchObject({ amount: '63.00', state: 'open', paid: null, poNumber: 'PO 4711' })
    expect(invoice.lines.map(({ kind, amount, usage }) => [kind, amount, usage?.model, usage?.events])).toEqual([
      ['usage', '83.00', 'gpt-oss-20b', '1'],
      ['credit', '-20.00', undefined, undefined],
    ])
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made'])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'an invoice that is paid pays the debt, once, however often and by whom it is learned',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    expect(await standingOf(accountId)).toMatchObject({ balance: -3000 })
    await payAtStripe(world, stripeInvoiceId)
    await Promise.all([learn(accountId, invoiceId), learn(accountId, invoiceId), sweepInvoices(tester)])
    await learn(accountId, invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 3000, rest: 0 }])
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made', 'invoice_paid'])
    await expectMoneyToAgree(world)
  },
  longMs,
)
