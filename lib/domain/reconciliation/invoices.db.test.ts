import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hourMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { anOpenInvoice, invoicesOf, learn, payAtStripe, standingOf, voidAtStripe } from '@/lib/testing/post-paid'
import { differences, expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { atStripe, moveDispute, moveRefund, openDispute, paymentOf, refundInDashboard } from '@/lib/testing/take-backs'
import { passTime } from '@/lib/testing/top-ups'
import { syncByPayment } from '../refunds'
import { readDriftReport, runReconciliation } from '.'

let world: MoneyIn
const longMs = 120_000

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
}, longMs)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

async function findingsOf(isHealing: boolean): Promise<string[]> {
  const { reportId } = await runReconciliation(tester, {
    since: new Date((await now()).getTime() - hourMs),
    isHealing,
    looks: 2,
    pauseMs: 0,
  })
  const { findings } = await readDriftReport(tester, { reportId })
  return findings.map(({ state, kind }) => `${state} ${kind}`)
}

test(
  'the payment of an invoice that nobody told of is healed, and is no unknown money before',
  async () => {
    const { accountId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await payAtStripe(world, stripeInvoiceId)
    expect(await findingsOf(false)).toEqual(['open invoice_differs'])
    expect(await findingsOf(true)).toEqual(['healed invoice_differs'])
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await passTime(world, 10_000)
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)

/** Changes what only an owner of the database can. */
async function asOwner(...statements: string[]): Promise<void> {
  const owner = new pg.Client({ connectionString: world.databaseUrl })
  await owner.connect()
  for (const statement of statements) await owner.query(statement)
  await owner.end()
}

/** An invoice of $30 that was paid a while ago. */
async function aPaidInvoice() {
  const invoice = await anOpenInvoice(world, { dollars: 30 })
  const { accountId, invoiceId, stripeInvoiceId } = invoice
  await payAtStripe(world, stripeInvoiceId)
  await learn(accountId, invoiceId)
  await passTime(world, 3 * hourMs)
  await expectStripeAndLedgerToAgree(world)
  return { ...invoice, payment: await paymentOf(accountId, invoiceId) }
}

test(
  'money of an invoice that went back at Stripe and that nobody told of is taken back, also long after the invoice was paid',
  async () => {
    const { accountId, payment } = await aPaidInvoice()
    const { id } = await refundInDashboard(world, payment, 1000)
    expect((await differences()).join()).toContain('refund_not_taken')
    expect(await findingsOf(true)).toEqual(['healed refund_not_taken'])
    const dispute = await openDispute(world, payment, { amount: 500 })
    expect(await findingsOf(true)).toEqual(['healed dispute_not_followed'])
    await moveDispute(world, dispute.id, 'lost')
    expect(await findingsOf(true)).toEqual(['healed dispute_not_followed'])
    expect(await standingOf(accountId)).toMatchObject({ balance: -1500 })
    await moveRefund(world, id, 'failed', 'declined')
    expect(await findingsOf(true)).toEqual(['healed refund_taken_but_failed'])
    expect(await standingOf(accountId)).toMatchObject({ balance: -500 })
    await passTime(world, 3 * hourMs)
    await expectStripeAndLedgerToAgree(world)
    expect(await findingsOf(true)).toEqual([])
  },
  longMs,
)

test(
  'a payment that was never written down is followed from then on; one that was not the only one is named for as long as money is gone',
  async () => {
    const { accountId, invoiceId, payment } = await aPaidInvoice()
    const forget = `delete from purchases where purchase_id = '${invoiceId}'`
    await asOwner(forget, `update invoices set paid_by = null where invoice_id = '${invoiceId}'`)
    await refundInDashboard(world, payment, 1000)
    expect((await differences())[0]).toContain('$10.00 of its payment of $30.00 went back')
    expect(await findingsOf(true)).toEqual(['healed invoice_payment_returned'])
    expect(await standingOf(accountId)).toMatchObject({ balance: -1000 })
    await expectStripeAndLedgerToAgree(world)

    const shared = await aPaidInvoice()
    await asOwner(
      `delete from purchases where purchase_id = '${shared.invoiceId}'`,
      `update invoices set paid_by = 'other' where invoice_id = '${shared.invoiceId}'`,
    )
    const { id } = await refundInDashboard(world, shared.payment, 1200)
    expect(await syncByPayment(tester, { paymentIntentId: shared.payment })).toBe(true)
    expect(await standingOf(shared.accountId)).toMatchObject({ balance: 0 })
    expect(await findingsOf(true)).toEqual(['open invoice_payment_returned'])
    expect(await differences()).toEqual([expect.stringContaining('$12.00 of its payment of $30.00 went back')])
    await moveRefund(world, id, 'failed', 'declined')
    await passTime(world, 3 * hourMs)
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)

test(
  'an invoice that was paid and refunded while nobody listened is settled and taken back in one run',
  async () => {
    const { accountId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    await payAtStripe(world, stripeInvoiceId)
    const answer = await fetch(`${world.sandboxUrl}/v1/invoice_payments?invoice=${stripeInvoiceId}`, {
      headers: { authorization: 'Bearer sk_test_moneyin' },
    })
    const { data } = (await answer.json()) as { data: { payment: { payment_intent: string } }[] }
    await refundInDashboard(world, data[0]!.payment.payment_intent, 1000)
    expect(await findingsOf(true)).toEqual(['healed invoice_payment_returned'])
    expect(await standingOf(accountId)).toMatchObject({ balance: -1000 })
    await passTime(world, 3 * hourMs)
    await expectStripeAndLedgerToAgree(world)
  },
  longMs,
)

test(
  'an invoice that our books do not have, one that Stripe does not have, and one of another sum are named',
  async () => {
    const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
    const [row] = await query<{ customer: string }>(
      'select stripe_customer_id as customer from invoices where invoice_id = $1',
      [invoiceId],
    )
    const foreign = { customer: row!.customer, collection_method: 'send_invoice', days_until_due: '3' }
    await atStripe(world, '/invoices', foreign)
    await expectStripeAndLedgerToAgree(world)
    const metadata = {
      'metadata[app]': 'purse',
      'metadata[account_id]': accountId,
      'metadata[invoice_id]': '0198c0de-0000-7000-8000-000000000001',
    }
    const { id } = await atStripe(world, '/invoices', { ...foreign, ...metadata })
    expect(await findingsOf(true)).toEqual(['open unknown_invoice'])
    await atStripe(world, `/invoices/${id}/finalize`, {})
    await query(`update invoices set amount_cents = amount_cents + 1 where invoice_id = $1`, [invoiceId])
    expect((await differences()).map((difference) => difference.split(':')[0]).sort()).toEqual([
      'invoice_differs',
      'unknown_invoice',
    ])
    await query(`update invoices set amount_cents = amount_cents - 1 where invoice_id = $1`, [invoiceId])
    await query(`update invoices set stripe_invoice_id = 'in_gone' where invoice_id = $1`, [invoiceId])
    expect((await findingsOf(true)).sort()).toEqual([
      'open invoice_differs',
      'open invoice_missing',
      'open unknown_invoice',
    ])
    await query(`update invoices set stripe_invoice_id = $2 where invoice_id = $1`, [invoiceId, stripeInvoiceId])
    await voidAtStripe(world, stripeInvoiceId)
    await learn(accountId, invoiceId)
    expect(await invoicesOf(accountId)).toMatchObject([{ state: 'void' }])
  },
  longMs,
)
