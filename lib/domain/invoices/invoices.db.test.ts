import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { cents } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
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
  standingOf,
  theInvoiceOf,
  turnMonth,
  voidAtStripe,
} from '@/lib/testing/post-paid'
import { atStripe } from '@/lib/testing/take-backs'
import { buyByHand, drainJobs, savedCardOf, use } from '@/lib/testing/top-ups'
import { listAccountsForOperator } from '../accounts'
import { endContract, getBillingMode, startContract } from '../contracts'
import { authorize, release } from '../gate'
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

const buy = (accountId: string, amount: string) =>
  buyByHand(world, { accountId, actor: tester }, { amount, saveCard: false })

/** What the gate says to a request that may cost a dollar: yes, or why not. */
async function ask(accountId: string): Promise<string> {
  const request = { accountId, idempotencyKey: newId(), size: { maxCost: cents(100), model: null }, holdSeconds: 60 }
  try {
    const { hold } = await authorize(tester, request)
    await release(tester, { accountId, holdId: hold.holdId })
    return 'yes'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

test(
  '$20 deposited and $83 used is an invoice of $63, with a line for each model and the credit used first',
  async () => {
    const { accountId } = await aPostPaidCustomer({ poNumber: 'PO 4711' }, { world, bought: '19.00' })
    await use(accountId, 83)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 6300, rest: 6300 }])
    const [there] = await atStripeOf(world, accountId)
    expect(there).toMatchObject({ status: 'open', total: 6300, custom_fields: [{ value: 'PO 4711' }] })
    expect(there!.lines.data.map(({ amount, description }) => `${description}: ${amount}`).sort()).toEqual([
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
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  '$750 outstanding and $500 added leaves $250 and no credit, and that is what the invoice asks for',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    for (const dollars of [100, 100, 100, 100, 100, 100, 100, 51]) await use(accountId, dollars)
    await buy(accountId, '500.00')
    expect(await getBillingMode(tester, { accountId })).toMatchObject({
      mode: 'postpaid',
      credit: '0.00',
      notInvoiced: expect.stringMatching(/^250\.0/),
      invoiced: '0.00',
      creditLimit: '1000.00',
      leftOfCreditLimit: expect.stringMatching(/^749\.9/),
    })
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 25_000 }])
    await expectMoneyToAgree(world)
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

test(
  'events bring the news as well: finalized, paid, and what is of others is left alone',
  async () => {
    await world.control('POST', '/deliveries', { mode: 'auto' })
    const { accountId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 12 })
    await payAtStripe(world, stripeInvoiceId)
    await world.drainEvents()
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 1200 }])
    const customer = await atStripe(world, '/customers', { email: 'other@example.com' })
    await atStripe(world, '/invoices', {
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: '3',
    })
    await world.drainEvents()
    expect(await query(`select 1 from stripe_events where status in ('received', 'dead')`)).toEqual([])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'credit bought while an invoice is open is taken off it by a credit note, and what is left is paid',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 75 })
    await buy(accountId, '50.00')
    await drainJobs(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open', cents: 7500, rest: 2500 }])
    expect(await atStripeOf(world, accountId)).toMatchObject([{ status: 'open', amount_remaining: 2500 }])
    expect((await getInvoice(tester, { accountId, invoiceId })).creditNotes).toMatchObject([
      { amount: '50.00', state: 'issued' },
    ])
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 2500 }])
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'an invoice that credit pays in full becomes paid at Stripe with nothing paid, and posts nothing',
  async () => {
    const { accountId, invoiceId } = await anOpenInvoice(world, { dollars: 40 })
    await buy(accountId, '60.00')
    await drainJobs(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 0, rest: 0 }])
    expect(await standingOf(accountId)).toMatchObject({ balance: 1999 })
    expect((await getInvoice(tester, { accountId, invoiceId })).paymentSeq).toBeNull()
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'credit and the payment of an invoice at the same time: what is paid beyond the debt is credit',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 40 })
    await buy(accountId, '10.00')
    await payAtStripe(world, stripeInvoiceId)
    await drainJobs(world)
    await learn(accountId, invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 4000 }])
    expect(await standingOf(accountId)).toMatchObject({ balance: 999 })
    expect(
      (await getInvoice(tester, { accountId, invoiceId })).creditNotes.every(({ state }) => state === 'canceled'),
    ).toBe(true)
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'a voided invoice comes with the next one, as outstanding from before',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await voidAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await getBillingMode(tester, { accountId })).toMatchObject({ invoiced: '0.00' })
    await use(accountId, 12)
    await turnMonth(world, accountId)
    const invoices = await invoicesOf(accountId)
    expect(invoices).toMatchObject([
      { state: 'void', cents: 3000, rest: 0 },
      { state: 'open', cents: 4200 },
    ])
    const next = await getInvoice(tester, { accountId, invoiceId: invoices[1]!.invoiceId })
    expect(next.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['usage', '12.00'],
      ['earlier', '30.00'],
    ])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'usage that is recorded after the turn, or after the invoice is finalized, comes with the next invoice',
  async () => {
    const { accountId } = await anOpenInvoice(world, { dollars: 30 })
    await use(accountId, 5)
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId)).map(({ cents, period }) => [cents, period.slice(-2)])).toEqual([
      [3000, expect.any(String)],
      [500, expect.any(String)],
    ])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'what is below a cent stays outstanding, and a bill too small for Stripe waits for the next',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 1.4)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toEqual([])
    await use(accountId, 0.2)
    await turnMonth(world, accountId)
    const [invoice] = await invoicesOf(accountId)
    expect(invoice).toMatchObject({ state: 'open', cents: 60 })
    await payAtStripe(world, invoice!.stripeInvoiceId!)
    await learn(accountId, invoice!.invoiceId)
    const [left] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
      accountId,
    ])
    expect(left!.balance).toBeLessThan(0n)
    expect(left!.balance).toBeGreaterThan(-10_000_000n)
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toHaveLength(1)
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'past due: reminded on the day, after 3 and after 7, paused after 14, and resumed by itself once it is paid',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30, paymentTermsDays: 10 })
    const [due] = await query<{ at: Date }>('select due_at as at from invoices where invoice_id = $1', [invoiceId])
    const dueAt = due!.at
    const onDay = async (days: number) => {
      await goTo(world, new Date(dueAt.getTime() + days * dayMs + 60_000))
      await sweepInvoices(tester)
      await sweepInvoices(tester)
      return (await invoiceNotices(accountId)).slice(1)
    }
    expect(await onDay(-1)).toEqual([])
    expect(await onDay(0)).toEqual(['invoice_due'])
    expect((await listInvoices(tester, { accountId }))[0]).toMatchObject({ state: 'past_due', daysPastDue: 0 })
    expect(await onDay(2)).toHaveLength(1)
    expect(await onDay(3)).toHaveLength(2)
    expect(await onDay(8)).toHaveLength(3)
    expect(await ask(accountId)).toBe('yes')
    expect(await onDay(13)).toHaveLength(3)
    expect(await onDay(14)).toEqual(['invoice_due', 'invoice_due', 'invoice_due', 'usage_paused payment_past_due'])
    expect(await ask(accountId)).toBe('payment_past_due')
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await ask(accountId)).toBe('yes')
    expect((await invoiceNotices(accountId)).slice(-2)).toEqual(['invoice_paid', 'usage_resumed'])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'a worker that was away sends the latest reminder alone',
  async () => {
    const { accountId, invoiceId } = await anOpenInvoice(world, { paymentTermsDays: 0 })
    await goTo(world, new Date((await now()).getTime() + 6 * dayMs))
    await sweepInvoices(tester)
    await sweepInvoices(tester)
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made', 'invoice_due'])
    const [row] = await query<{ days: number }>('select reminded_days as days from invoices where invoice_id = $1', [
      invoiceId,
    ])
    expect(row!.days).toBe(3)
  },
  longMs,
)

test(
  'uncollectible pauses at once, is still owed and not asked for again; paid later it settles as usual',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await giveUpAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await standingOf(accountId)).toMatchObject({ balance: -3000, isPaused: true })
    expect(await ask(accountId)).toBe('payment_past_due')
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'uncollectible', rest: 3000 }])
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 3000 }])
    expect(await standingOf(accountId)).toMatchObject({ balance: 0, isPaused: false })
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'credit that pays for what was given up lets usage go on, and nothing of it is asked for again',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await giveUpAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await ask(accountId)).toBe('payment_past_due')
    await buy(accountId, '40.00')
    await drainJobs(world)
    expect(await ask(accountId)).toBe('yes')
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 0 }])
    await use(accountId, 25)
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([3000, 1500])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'the saved card is charged where the contract says so',
  async () => {
    const { accountId } = await anOpenInvoice(world, { collection: 'charge_automatically', hasCard: true })
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 3000 }])
    expect(await invoiceNotices(accountId)).toEqual(['invoice_paid'])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test.each([
  ['payment_failed', { decline_code: 'insufficient_funds' }],
  ['action_required', { authentication_required: true }],
])(
  'a charge that ends in %s is told with the one next step, tried again with a reminder, and may be paid by hand',
  async (problem, behaviour) => {
    const { accountId } = await aPostPaidCustomer(
      { collection: 'charge_automatically', paymentTermsDays: 2 },
      { world, hasCard: true },
    )
    await use(accountId, 31)
    await world.control('POST', `/payment_methods/${await savedCardOf(accountId)}`, behaviour)
    await turnMonth(world, accountId)
    const [invoice] = await listInvoices(tester, { accountId })
    expect(invoice).toMatchObject({ state: 'open', problem, hostedUrl: expect.stringContaining('/invoices/') })
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made', `invoice_problem ${problem}`])
    await goTo(world, new Date((await now()).getTime() + 3 * dayMs))
    await sweepInvoices(tester)
    expect(await invoiceNotices(accountId)).toEqual(['invoice_made', `invoice_problem ${problem}`, 'invoice_due'])
    const { stripeInvoiceId } = await theInvoiceOf(accountId)
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoice!.invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid', paid: 3000 }])
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'the end of a contract invoices what is accrued at once; until it is paid the account is prepaid and below zero',
  async () => {
    const { accountId } = await anOpenInvoice(world, { dollars: 30 })
    await use(accountId, 7)
    await endContract(tester, { accountId })
    await drainJobs(world)
    const invoices = await invoicesOf(accountId)
    expect(invoices.map(({ state, cents }) => [state, cents])).toEqual([
      ['open', 3000],
      ['open', 700],
    ])
    expect(await standingOf(accountId)).toMatchObject({ balance: -3700, mode: 'prepaid' })
    expect(await ask(accountId)).not.toBe('yes')
    for (const { invoiceId, stripeInvoiceId } of invoices) {
      await payAtStripe(world, stripeInvoiceId!)
      await learn(accountId, invoiceId)
    }
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await buy(accountId, '5.00')
    expect(await ask(accountId)).toBe('yes')
    await goTo(world, new Date((await now()).getTime() + 40 * dayMs))
    await carryOn(world)
    expect(await invoicesOf(accountId)).toHaveLength(2)
    await expectMoneyToAgree(world)
  },
  longMs,
)

test(
  'a contract that begins anew in the same month has a final and a monthly invoice of its own',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 11)
    await endContract(tester, { accountId })
    const terms = { creditLimit: '100', paymentTermsDays: 14, collection: 'send_invoice' } as const
    await startContract(tester, { accountId, ...terms })
    await use(accountId, 6)
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId)).map(({ cents }) => cents)).toEqual([1000, 600])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'an invoice that cannot be made is shown to staff after a day, and no longer once it is',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 31)
    const shown = async () => {
      const { accounts } = await listAccountsForOperator(tester, { search: accountId })
      return accounts[0]!.attention.map(({ code }) => code)
    }
    await world.fail('http_500_no_retry', { method: 'POST', path_prefix: '/v1/invoice' })
    await turnMonth(world, accountId)
    expect(await shown()).toEqual([])
    await goTo(world, new Date((await now()).getTime() + dayMs))
    expect(await shown()).toEqual(['invoice_not_made'])
    await world.heal()
    await carryOn(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'open' }])
    expect(await shown()).toEqual([])
  },
  longMs,
)

test(
  'a draft that somebody deleted at Stripe asks for nothing: its amount comes with the next invoice',
  async () => {
    const { accountId } = await aPostPaidCustomer()
    await use(accountId, 31)
    await world.fail('http_500_no_retry', { method: 'POST', path_prefix: '/v1/invoiceitems' })
    await turnMonth(world, accountId)
    await world.heal()
    const [draft] = await invoicesOf(accountId)
    expect(draft).toMatchObject({ state: 'draft' })
    await fetch(`${world.sandboxUrl}/v1/invoices/${draft!.stripeInvoiceId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer sk_test_moneyin' },
    })
    await carryOn(world)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'void' }])
    await turnMonth(world, accountId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'void' }, { state: 'open', cents: 3000 }])
    await expectBooksToAgree()
  },
  longMs,
)
