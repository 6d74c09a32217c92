/** What a paid invoice brought goes back like a purchase's money: by refunds and disputes, once, in any order, and the balance says so. */
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { cents } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  anOpenInvoice,
  carryOn,
  goTo,
  invoicesOf,
  learn,
  payAtStripe,
  standingOf,
  turnMonth,
} from '@/lib/testing/post-paid'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import {
  atStripe,
  cardOfFailingRefund,
  cardOfLateRefund,
  moveDispute,
  moveRefund,
  openDispute,
  paymentOf,
  refundInDashboard,
  takeBackNotices,
  takenBack as takenBackOf,
} from '@/lib/testing/take-backs'
import { buyByHand, drainJobs, passTime, use } from '@/lib/testing/top-ups'
import { getStanding } from '../accounts'
import { endContract, getBillingMode } from '../contracts'
import { authorize, release } from '../gate'
import { creditInvoices, getInvoice, sweepInvoices } from '../invoices'
import { listPurchases } from '../purchases'
import { listReceipts } from '../receipts'
import { getStatement } from '../statement'
import { previewRefund, previewRefundAsOperator, refundPurchase, requestRefund, sweepRefunds, syncByPayment } from '.'

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

/** A customer whose invoice of $30 was paid, by a test card. */
async function aPaidInvoice(cardNumber?: string, dollars = 30) {
  const customer = await anOpenInvoice(world, { dollars })
  await payAtStripe(world, customer.stripeInvoiceId, cardNumber)
  await learn(customer.accountId, customer.invoiceId)
  const { accountId, invoiceId } = customer
  const purchaseId = invoiceId
  return { ...customer, purchaseId, paymentIntentId: await paymentOf(accountId, invoiceId) }
}

/** The payment that an invoice waited for, as Stripe has it. */
async function paymentAtStripe(stripeInvoiceId: string): Promise<string> {
  const answer = await fetch(`${world.sandboxUrl}/v1/invoice_payments?invoice=${stripeInvoiceId}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { data } = (await answer.json()) as { data: { payment: { payment_intent: string } }[] }
  return data[0]!.payment.payment_intent
}

const hear = ({ paymentIntentId }: { paymentIntentId: string }) => syncByPayment(tester, { paymentIntentId })

/** What was taken back, and the balance in dollars without the part below a cent. */
const takenBack = async (accountId: string) => ({
  ...(await takenBackOf(accountId)),
  balance: String((await standingOf(accountId)).balance / 100),
})

/** What the gate says to a request that may cost so many dollars: yes, or why not. */
async function ask(accountId: string, dollars: number): Promise<string> {
  const size = { maxCost: cents(dollars * 100), model: null }
  try {
    const { hold } = await authorize(tester, { accountId, idempotencyKey: newId(), size, holdSeconds: 60 })
    await release(tester, { accountId, holdId: hold.holdId })
    return 'yes'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const settled = async () => {
  await passTime(world, 3_600_000 * 3)
  await expectStripeAndLedgerToAgree(world)
  await expectMoneyToAgree(world)
}

test(
  'its payment stands beside the purchases once, and is none in their lists',
  async () => {
    const { accountId, invoiceId, paymentIntentId } = await aPaidInvoice()
    await learn(accountId, invoiceId)
    expect(
      await query(
        `select origin, state, amount, subtotal_cents, tax_cents, total_cents, payment_intent_id, invoice_number, card_last4
           from purchases where account_id = $1`,
        [accountId],
      ),
    ).toEqual([
      {
        origin: 'invoice',
        state: 'paid',
        amount: cents(3000).nanos,
        subtotal_cents: 3000n,
        tax_cents: 0n,
        total_cents: 3000n,
        payment_intent_id: paymentIntentId,
        invoice_number: expect.stringMatching(/-0001$/),
        card_last4: '4242',
      },
    ])
    expect(await listPurchases(tester, { accountId })).toEqual([])
    expect(await listReceipts(tester, { accountId })).toEqual([])
    expect(await listPurchases(tester, { accountId, hasInvoices: true })).toMatchObject([{ origin: 'invoice' }])
    await settled()
  },
  longMs,
)

test(
  'refunds in parts are owed again, and the next invoice asks for them as outstanding from before',
  async () => {
    const paid = await aPaidInvoice()
    const { accountId } = paid
    await refundInDashboard(world, paid.paymentIntentId, 1000)
    await hear(paid)
    await refundInDashboard(world, paid.paymentIntentId, 234)
    await hear(paid)
    await hear(paid)
    expect(await takenBack(accountId)).toEqual({
      balance: '-12.34',
      refunds: ['stripe succeeded 10 10 0', 'stripe succeeded 2.34 2.34 0'],
      disputes: [],
    })
    expect(await takeBackNotices(accountId)).toEqual(['refund_made', 'refund_made'])
    expect(await getInvoice(tester, paid)).toMatchObject({
      state: 'paid',
      takenBack: '12.34',
      moneyBack: [
        { kind: 'refund', state: 'succeeded', amount: '10.00', credit: '10.00' },
        { kind: 'refund', state: 'succeeded', amount: '2.34', credit: '2.34' },
      ],
    })
    const { lines: movements } = await getStatement(tester, { accountId, kinds: ['refunds'] })
    expect(movements.map(({ behind }) => behind)).toEqual([
      { what: 'refund', refundId: expect.any(String), invoiceId: paid.invoiceId },
      { what: 'refund', refundId: expect.any(String), invoiceId: paid.invoiceId },
    ])
    await settled()

    await use(accountId, 7)
    await turnMonth(world, accountId)
    const [, next] = await invoicesOf(accountId)
    expect(next).toMatchObject({ state: 'open', cents: 1934 })
    const { lines } = await getInvoice(tester, { accountId, invoiceId: next!.invoiceId })
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['usage', '7.00'],
      ['earlier', '12.34'],
    ])
    await payAtStripe(world, next!.stripeInvoiceId!)
    await learn(accountId, next!.invoiceId)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await settled()
  },
  longMs,
)

test(
  'a refund that fails after the next invoice asked for it is taken off that by a credit note',
  async () => {
    const paid = await aPaidInvoice()
    const { accountId } = paid
    const { id } = await refundInDashboard(world, paid.paymentIntentId, 2000)
    await hear(paid)
    await turnMonth(world, accountId)
    expect((await invoicesOf(accountId))[1]).toMatchObject({ state: 'open', cents: 2000 })
    await moveRefund(world, id, 'failed', 'expired_or_canceled_card')
    await hear(paid)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await carryOn(world)
    expect((await invoicesOf(accountId))[1]).toMatchObject({ state: 'paid', cents: 2000, paid: 0 })
    expect(await takeBackNotices(accountId)).toEqual(['refund_made', 'refund_failed'])
    await settled()
  },
  longMs,
)

test(
  'a refund that the bank takes its time for, and one that it sends back, end as they do for purchases',
  async () => {
    const late = await aPaidInvoice(cardOfLateRefund)
    await refundInDashboard(world, late.paymentIntentId, 500)
    await hear(late)
    expect((await takenBack(late.accountId)).refunds).toEqual(['stripe pending 5 5 0'])
    const failing = await aPaidInvoice(cardOfFailingRefund)
    await refundInDashboard(world, failing.paymentIntentId, 3000)
    await hear(failing)
    expect((await takenBack(failing.accountId)).balance).toBe('-30')
    await passTime(world, 3_700_000)
    await sweepRefunds(tester)
    await hear(failing)
    expect(await takenBack(late.accountId)).toMatchObject({ balance: '-5', refunds: ['stripe succeeded 5 5 0'] })
    expect(await takenBack(failing.accountId)).toMatchObject({ balance: '0', refunds: ['stripe failed 30 0 0'] })
    await settled()
  },
  longMs,
)

test(
  'a dispute freezes what is left of the payment, which is nothing; lost it takes, won it gives back',
  async () => {
    const lost = await aPaidInvoice()
    const { id } = await openDispute(world, lost.paymentIntentId)
    await hear(lost)
    expect(await takenBack(lost.accountId)).toMatchObject({ balance: '0', disputes: ['needs_response 0 0 0'] })
    await settled()
    await moveDispute(world, id, 'lost')
    await hear(lost)
    expect(await takenBack(lost.accountId)).toMatchObject({ balance: '-30', disputes: ['lost 0 30 0'] })
    expect(await getInvoice(tester, lost)).toMatchObject({ takenBack: '30.00', moneyBack: [{ kind: 'dispute' }] })
    await settled()

    // Credit was bought while the invoice was open: what the payment brought beyond the debt is frozen, and comes back.
    const won = await anOpenInvoice(world, { dollars: 34 })
    await buyByHand(world, { accountId: won.accountId, actor: tester }, { amount: '10.00', saveCard: false })
    await payAtStripe(world, won.stripeInvoiceId)
    await learn(won.accountId, won.invoiceId)
    const paymentIntentId = await paymentOf(won.accountId, won.invoiceId)
    const disputed = await openDispute(world, paymentIntentId)
    await hear({ paymentIntentId })
    expect(await takenBack(won.accountId)).toMatchObject({ balance: '0', disputes: ['needs_response 10 0 0'] })
    await moveDispute(world, disputed.id, 'won')
    await hear({ paymentIntentId })
    expect(await takenBack(won.accountId)).toMatchObject({ balance: '10', disputes: ['won 0 0 0'] })
    expect(await takeBackNotices(won.accountId)).toEqual(['dispute_opened', 'dispute_won'])
    await drainJobs(world)
    await settled()
  },
  longMs,
)

test(
  'a refund and a dispute together never take more than was paid',
  async () => {
    const paid = await aPaidInvoice()
    await refundInDashboard(world, paid.paymentIntentId, 1200)
    const { id } = await openDispute(world, paid.paymentIntentId, { amount: 3000 })
    await moveDispute(world, id, 'lost')
    await hear(paid)
    expect(await takenBack(paid.accountId)).toEqual({
      balance: '-30',
      refunds: ['stripe succeeded 12 12 0'],
      disputes: ['lost 0 18 0'],
    })
    await settled()
  },
  longMs,
)

test(
  'the customer cannot return it, the operator can, and after the contract usage waits until it is paid',
  async () => {
    const paid = await aPaidInvoice(undefined, 34)
    const { accountId, purchaseId } = paid
    expect(await previewRefund(tester, paid)).toMatchObject({ isPossible: false, because: 'of_invoice' })
    await expect(requestRefund(tester, paid)).rejects.toMatchObject({ code: 'refund_not_possible' })
    expect(
      await previewRefundAsOperator(tester, { accountId, purchaseId, amount: '9.00', isBeyondUnused: true }),
    ).toMatchObject({ isPossible: true, rest: '34.00', refund: { amount: '9.00', credit: '9.00' } })
    await refundPurchase(tester, { accountId, purchaseId, amount: '9.00', isBeyondUnused: true, reason: 'a gift' })
    expect(await takenBack(accountId)).toMatchObject({ balance: '-9', refunds: ['operator succeeded 9 9 0'] })
    expect(await getBillingMode(tester, { accountId })).toMatchObject({
      notInvoiced: '9.00',
      leftOfCreditLimit: '991.00',
    })
    expect(await ask(accountId, 991)).toBe('yes')
    expect(await ask(accountId, 992)).toBe('credits_exhausted')
    await endContract(tester, { accountId })
    await drainJobs(world)
    expect(await invoicesOf(accountId)).toMatchObject([{}, { state: 'open', cents: 900 }])
    expect(await ask(accountId, 1)).not.toBe('yes')
    await goTo(world, new Date((await now()).getTime() + 40 * dayMs))
    await carryOn(world)
    await buyByHand(world, { accountId, actor: tester }, { amount: '10.00', saveCard: false })
    await carryOn(world)
    expect(await standingOf(accountId)).toMatchObject({ balance: 100 })
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'paid' }, { state: 'paid', paid: 0 }])
    expect(await ask(accountId, 1)).toBe('yes')

    // Refunded after the contract's end: no invoice asks for it any more.
    await refundPurchase(tester, { accountId, purchaseId, amount: '4.00', isBeyondUnused: true, reason: 'a gift' })
    await carryOn(world)
    expect(await standingOf(accountId)).toMatchObject({ balance: -300 })
    expect(await ask(accountId, 1)).not.toBe('yes')
    expect(await invoicesOf(accountId)).toHaveLength(2)
    expect(await getStanding(tester, { accountId })).toMatchObject({ isTakenBackDebt: true })
    await settled()
  },
  longMs,
)

test(
  'a credit note of what was paid makes a refund, which counts once; the note lowers nothing',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await buyByHand(world, { accountId, actor: tester }, { amount: '12.00', saveCard: false })
    await creditInvoices(tester, { accountId })
    await drainJobs(world)
    await payAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    const note = { invoice: stripeInvoiceId, amount: '500', refund_amount: '500' }
    await atStripe(world, '/credit_notes', note)
    await learn(accountId, invoiceId)
    await hear({ paymentIntentId: await paymentOf(accountId, invoiceId) })
    await learn(accountId, invoiceId)
    expect(await takenBack(accountId)).toMatchObject({ balance: '-5', refunds: ['stripe succeeded 5 5 0'] })
    expect(await getInvoice(tester, { accountId, invoiceId })).toMatchObject({
      paid: '18.00',
      credited: '12.00',
      takenBack: '5.00',
    })
    await settled()
  },
  longMs,
)

test.each([
  ['fifo', 1, 1],
  ['reverse', 1, 2],
  ['shuffle', 5, 2],
  ['shuffle', 6, 1],
])(
  'paid, refunded, disputed and decided before anybody heard of it: delivered %s (seed %i, %i times), it ends in the same books',
  async (order, seed, repeat) => {
    await world.control('POST', '/deliveries', { mode: 'hold' })
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await payAtStripe(world, stripeInvoiceId)
    const paymentIntentId = await paymentAtStripe(stripeInvoiceId)
    const { id: failing } = await refundInDashboard(world, paymentIntentId, 400)
    await refundInDashboard(world, paymentIntentId, 700)
    const dispute = await openDispute(world, paymentIntentId, { amount: 1000 })
    await moveRefund(world, failing, 'failed', 'declined')
    await moveDispute(world, dispute.id, 'lost')
    await world.control('POST', '/deliveries/release', { order, seed, repeat })
    await world.drainEvents()
    await drainJobs(world)
    const { balance, refunds, disputes } = await takenBack(accountId)
    expect({ balance, refunds: refunds.sort(), disputes }).toEqual({
      balance: '-17',
      refunds: ['stripe failed 4 0 0', 'stripe succeeded 7 7 0'],
      disputes: ['lost 0 10 0'],
    })
    expect(await query(`select type from stripe_events where status in ('received', 'dead')`)).toEqual([])
    expect(await getInvoice(tester, { accountId, invoiceId })).toMatchObject({ state: 'paid', takenBack: '17.00' })
    await settled()
  },
  longMs,
)

test(
  'what was paid outside of Stripe is not followed, and not asked about again',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await atStripe(world, `/invoices/${stripeInvoiceId}/pay`, { paid_out_of_band: 'true' })
    await learn(accountId, invoiceId)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    expect(await query('select paid_by from invoices where invoice_id = $1', [invoiceId])).toEqual([
      { paid_by: 'other' },
    ])
    expect(await query('select 1 from purchases where purchase_id = $1', [invoiceId])).toEqual([])
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)

test(
  'an invoice that was paid before payments were written down gets its own by the sweep, with what went back of it',
  async () => {
    const paid = await aPaidInvoice()
    const { accountId, invoiceId } = paid
    const owner = new pg.Client({ connectionString: world.databaseUrl })
    await owner.connect()
    await owner.query('delete from purchases where purchase_id = $1', [invoiceId])
    await owner.query('update invoices set paid_by = null where invoice_id = $1', [invoiceId])
    await owner.end()
    await refundInDashboard(world, paid.paymentIntentId, 700)
    await passTime(world, 3_700_000)
    await sweepInvoices(tester)
    await drainJobs(world)
    expect(await takenBack(accountId)).toMatchObject({ balance: '-7', refunds: ['stripe succeeded 7 7 0'] })
    expect(
      await query(`select 1 from transfers where account_id = $1 and kind = 'invoice_payment'`, [accountId]),
    ).toHaveLength(1)
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)
