/** The month-end job: twice, in parallel, killed at every point, late, and across daylight saving. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  aPostPaidCustomer,
  atStripeOf,
  carryOn,
  endOfMonth,
  goTo,
  invoiceNotices,
  invoicesOf,
  learn,
  payAtStripe,
  standingOf,
  theInvoiceOf,
  turnMonth,
} from '@/lib/testing/post-paid'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import { buyByHand, drainJobs, use } from '@/lib/testing/top-ups'
import { sweepInvoices } from '../invoices'
import { closeMonths, endContract } from '.'

let world: MoneyIn
const longMs = 180_000

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, longMs)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

/** Runs a verb in a process that dies at a point, and checks that it did. */
async function dieAt(point: string, concept: string, verb: string, input: unknown = {}): Promise<void> {
  const args = [`lib/domain/${concept}`, verb, JSON.stringify(input)]
  const child = startProcess('lib/testing/run-verb.ts', args, { ...world.env, CRASH_AT: point })
  const { code, stderr } = await child.exit
  expect({ code, stderr }, `dies at ${point}`).toEqual({ code: null, stderr: '' })
}

const afterTurn = async (accountId: string) => goTo(world, new Date((await endOfMonth(accountId)).getTime() + 60_000))

/** One invoice on both sides, of this many cents, with its lines. */
async function expectOneInvoice(accountId: string, cents: number, state = 'open'): Promise<void> {
  expect((await invoicesOf(accountId)).map((invoice) => [invoice.state, invoice.cents])).toEqual([[state, cents]])
  expect((await atStripeOf(world, accountId)).map((invoice) => [invoice.status, invoice.total])).toEqual([
    [state, cents],
  ])
}

test(
  'run twice, and by four processes at once, it makes one invoice',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 26)
    await afterTurn(accountId)
    const args = ['lib/domain/contracts', 'closeMonths']
    await messagesOf(startProcesses(4, 'lib/testing/run-verb.ts', args, world.env))
    await Promise.all([closeMonths(tester), closeMonths(tester)])
    const { invoiceId } = await theInvoiceOf(accountId)
    const run = ['lib/domain/invoices', 'runInvoice', JSON.stringify({ accountId, invoiceId })]
    await messagesOf(startProcesses(3, 'lib/testing/run-verb.ts', run, world.env))
    await drainJobs(world)
    await sweepInvoices(tester)
    await carryOn(world)
    await expectOneInvoice(accountId, 2500)
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made'])
    await expectBooksToAgree()
  },
  longMs,
)

test.each(['invoice:before-intent-commit', 'invoice:after-intent'])(
  'the close survives kill -9 at %s',
  async (point) => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 26)
    await afterTurn(accountId)
    await dieAt(point, 'contracts', 'closeMonths')
    await closeMonths(tester)
    await carryOn(world)
    await expectOneInvoice(accountId, 2500)
    await expectBooksToAgree()
  },
  longMs,
)

test.each([
  'invoice:after-claim',
  'invoice:before-lines-commit',
  'customer:after-create',
  'invoice:after-create',
  'invoice:after-draft',
  'invoice:after-line',
  'invoice:after-line:2',
  'invoice:after-lines',
  'invoice:after-finalize',
  'invoice:after-collect',
  'invoice:after-read',
  'invoice:before-settle-commit',
  'invoice:after-settle',
])(
  'an invoice survives kill -9 at %s: it is made once, with each line once',
  async (point) => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 26)
    await afterTurn(accountId)
    await closeMonths(tester)
    const { invoiceId } = await theInvoiceOf(accountId)
    await dieAt(point, 'invoices', 'runInvoice', { accountId, invoiceId })
    await carryOn(world)
    await carryOn(world)
    await expectOneInvoice(accountId, 2500)
    expect((await atStripeOf(world, accountId))[0]!.lines.data.map(({ amount }) => amount).sort()).toEqual([-100, 2600])
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made'])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'an invoice whose making was cut off for more than a day, when Stripe has forgotten its keys, is found and finished',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 26)
    await afterTurn(accountId)
    await closeMonths(tester)
    const { invoiceId } = await theInvoiceOf(accountId)
    await dieAt('invoice:after-create', 'invoices', 'runInvoice', { accountId, invoiceId })
    await goTo(world, new Date((await now()).getTime() + 3 * dayMs))
    await dieAt('invoice:after-line', 'invoices', 'runInvoice', { accountId, invoiceId })
    await goTo(world, new Date((await now()).getTime() + 3 * dayMs))
    await carryOn(world)
    await expectOneInvoice(accountId, 2500)
    await expectBooksToAgree()
  },
  longMs,
)

test.each(['invoice:after-read', 'invoice:after-post', 'invoice:before-settle-commit', 'invoice:after-settle'])(
  'the payment of an invoice survives kill -9 at %s: it is posted once',
  async (point) => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 26)
    await turnMonth(world, accountId)
    const { invoiceId, stripeInvoiceId } = await theInvoiceOf(accountId)
    await payAtStripe(world, stripeInvoiceId)
    await dieAt(point, 'invoices', 'settleInvoice', { accountId, invoiceId })
    await learn(accountId, invoiceId)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await expectMoneyToAgree(world)
  },
  longMs,
)

test.each([
  'credit-note:after-claim',
  'credit-note:after-create',
  'invoice:after-read',
  'invoice:before-settle-commit',
])(
  'a credit note survives kill -9 at %s: it is made once',
  async (point) => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 51)
    await turnMonth(world, accountId)
    await buyByHand(world, { accountId, actor: tester }, { amount: '20.00', saveCard: false })
    await dieAt(point, 'invoices', 'sweepInvoices')
    await carryOn(world)
    await carryOn(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 5000, rest: 3000 }])
    expect(await atStripeOf(world, accountId)).toMatchObject([{ status: 'open', amount_remaining: 3000 }])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'a reminder survives kill -9 at invoice:before-late-commit: it is sent once',
  async () => {
    const { accountId } = await aPostPaidCustomer({ paymentTermsDays: 1 })
    await use(accountId, 26)
    await turnMonth(world, accountId)
    await goTo(world, new Date((await now()).getTime() + 16 * dayMs))
    await dieAt('invoice:before-late-commit', 'invoices', 'sweepInvoices')
    await sweepInvoices(tester)
    await sweepInvoices(tester)
    // Both at the same moment, in whichever order.
    expect((await invoiceNotices(accountId)).sort()).toEqual([
      'invoice_due',
      'invoice_made',
      'usage_paused payment_past_due',
    ])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'run months late, it makes one invoice for each month, of the usage of that month',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    const first = await endOfMonth(accountId)
    await use(accountId, 11)
    await goTo(world, new Date(first.getTime() + 5 * dayMs))
    await use(accountId, 7)
    await goTo(world, new Date(first.getTime() + 40 * dayMs))
    await use(accountId, 3)
    await closeMonths(tester)
    await closeMonths(tester)
    await drainJobs(world)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([1000, 700])
    const lines = await query<{ cents: bigint }>(
      `select l.amount_cents as cents from invoice_lines l join invoices i using (account_id, invoice_id)
        where l.account_id = $1 and l.kind = 'usage' order by i.created_at, i.invoice_id`,
      [accountId],
    )
    expect(lines.map(({ cents }) => Number(cents))).toEqual([1100, 700])
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([1000, 700, 300])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'a contract that ends after the turn, before the job has run: the month and the rest each have their invoice',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 11)
    await afterTurn(accountId)
    await use(accountId, 4)
    await endContract(tester, { accountId })
    await closeMonths(tester)
    await drainJobs(world)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([1000, 400])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'credit that comes between the turn and a late run pays first: the invoice asks for what is left',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 31)
    await afterTurn(accountId)
    await buyByHand(world, { accountId, actor: tester }, { amount: '12.00', saveCard: false })
    await use(accountId, 4)
    await closeMonths(tester)
    await drainJobs(world)
    await expectOneInvoice(accountId, 1800)
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([1800, 400])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test.each([
  ['America/New_York', '2031-02-20T12:00:00Z', '2031-04-01T04:00:00.000Z'],
  ['Europe/Paris', '2031-09-20T12:00:00Z', '2031-10-31T23:00:00.000Z'],
  ['Australia/Lord_Howe', '2032-03-02T12:00:00Z', '2032-04-30T13:30:00.000Z'],
  ['America/New_York', '2032-10-20T12:00:00Z', '2032-12-01T05:00:00.000Z'],
  ['Pacific/Kiritimati', '2033-11-20T12:00:00Z', '2033-12-31T10:00:00.000Z'],
])(
  'in %s, after %s, the month ends by the clock of the account',
  async (timeZone, from, end) => {
    await goTo(world, new Date(from))
    const { accountId } = await aPostPaidCustomer()
    await query('update accounts set next_time_zone = $2 where account_id = $1', [accountId, timeZone])
    await turnMonth(world, accountId)
    const turn = await endOfMonth(accountId)
    expect(turn.toISOString()).toBe(end)
    await goTo(world, new Date(turn.getTime() - hourMs))
    await use(accountId, 9)
    await goTo(world, new Date(turn.getTime() - minuteMs))
    await use(accountId, 3)
    expect(await closeMonths(tester)).toMatchObject({ invoices: 0 })
    await goTo(world, new Date(turn.getTime() + 1000))
    await use(accountId, 5)
    await closeMonths(tester)
    await drainJobs(world)
    expect((await invoicesOf(accountId)).at(-1)).toMatchObject({ cents: 1100 })
    const [invoice] = await query<{ zone: string; ends_at: Date }>(
      'select time_zone as zone, ends_at from invoices where account_id = $1 order by created_at desc limit 1',
      [accountId],
    )
    expect([invoice!.zone, invoice!.ends_at]).toEqual([timeZone, turn])
    await expectBooksToAgree()
  },
  longMs,
)
