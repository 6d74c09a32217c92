import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { nanosPerCent, zero } from '@/lib/core/money'
import { now, readInstant } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import {
  type DisputeFacts,
  invoiceOfPayment,
  listCheckouts,
  type PaymentFacts,
  type RefundFacts,
  readCharge,
  readDisputesOf,
  readPayment,
  readRefundsOf,
} from '@/lib/edges/stripe'
import type { Dispute } from '../disputes'
import { isDecided } from '../disputes/rules'
import { findInvoiceAtStripe, followInvoice } from '../invoices'
import { requireRole } from '../members'
import { appMetadata } from '../payment-methods'
import { settlePurchase } from '../purchases'
import { isClosed, pendingLookMs, refundStateOf } from './rules'
import { lockTakeBacks, saveTakeBacks, type TakeBacks } from './save-take-backs'
import { findInvoicePayment, findPaidPurchase, type PaidPurchase, type Refund } from './store'

/** After so many answers that were overtaken by somebody else's, the caller tries again later. */
const mostReads = 5

/**
 * Brings everything that is taken back of a purchase in line with Stripe, which is asked anew for all refunds and disputes
 * of its payment: events, the worker and the sweep all run this, in any order and number, and the books end the same.
 * @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function syncRefunds(
  actor: Actor,
  { accountId, purchaseId }: { accountId: string; purchaseId: string },
): Promise<void> {
  await requireRole(actor, accountId, 'account:read')
  const purchase = isId(purchaseId) ? await findPaidPurchase(pool(), accountId, purchaseId) : null
  if (!purchase) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  const { paymentIntentId } = purchase
  if (!isSettled(purchase) || !paymentIntentId) return
  for (let reads = 0; reads < mostReads; reads++) {
    // Noted before Stripe is asked: of two answers, the one that was asked for later knows at least as much.
    const askedAt = await readInstant(pool())
    const [refunds, disputes] = await Promise.all([readRefundsOf(paymentIntentId), readDisputesOf(paymentIntentId)])
    crashPoint('refund:after-read')
    const at = await now()
    const news = { refunds, disputes, askedAt, at }
    if (await inTransaction((tx) => record(tx, { accountId, purchaseId }, news))) {
      if (refunds.length > 0) crashPoint('refund:after-record')
      if (disputes.length > 0) crashPoint('dispute:after-commit')
      return
    }
  }
  throw new Refusal('temporarily_unavailable', {
    message: 'Others are looking at this payment. Try again in a moment.',
  })
}

const isSettled = ({ state }: PaidPurchase): boolean => state === 'paid' || state === 'quarantined'

/** The same for whichever purchase a charge paid. Returns false for charges that are not ours. @throws as above */
export async function syncByCharge(actor: Actor, { chargeId }: { chargeId: string }): Promise<boolean> {
  const charge = await readCharge(chargeId)
  return charge?.paymentIntentId ? syncByPayment(actor, { paymentIntentId: charge.paymentIntentId }) : false
}

/**
 * The same for whichever purchase a payment is for. One that is paid and not yet credited is settled first: news of its
 * refund may come before the news that it was paid. A second payment for a purchase brought no credit, and takes none.
 * Payments of invoices carry no mark of ours: they are known by their own id, or by the invoice that Stripe says they are of.
 */
export async function syncByPayment(actor: Actor, { paymentIntentId }: { paymentIntentId: string }): Promise<boolean> {
  const payment = await readPayment(paymentIntentId)
  const { app, account_id: accountId, purchase_id: purchaseId } = payment?.metadata ?? {}
  if (payment && app !== appMetadata.app) return syncInvoicePayment(actor, payment)
  if (!accountId || !purchaseId || !isId(accountId) || !isId(purchaseId)) return false
  let purchase = await findPaidPurchase(pool(), accountId, purchaseId)
  if (!purchase) return false
  if (!isSettled(purchase)) {
    const [page] = payment?.metadata.attempt_id ? [] : await listCheckouts({ paymentIntentId })
    await settlePurchase(actor, { accountId, purchaseId, ...(page && { sessionId: page.sessionId }) })
    purchase = await findPaidPurchase(pool(), accountId, purchaseId)
  }
  if (!purchase || !isSettled(purchase)) {
    if (payment?.status !== 'succeeded') return true
    throw new Refusal('temporarily_unavailable', { message: 'The payment is being credited. Try again in a moment.' })
  }
  if (purchase.paymentIntentId !== paymentIntentId) {
    log.warn(
      { accountId, purchaseId, paymentIntentId },
      'A second payment of a purchase has news; it brought no credit',
    )
    return true
  }
  await syncRefunds(actor, { accountId, purchaseId })
  return true
}

async function syncInvoicePayment(actor: Actor, { paymentIntentId, status }: PaymentFacts): Promise<boolean> {
  let purchase = await findInvoicePayment(pool(), paymentIntentId)
  if (!purchase) {
    const stripeInvoiceId = await invoiceOfPayment(paymentIntentId)
    const invoice = stripeInvoiceId && (await findInvoiceAtStripe(stripeInvoiceId))
    if (!invoice) return false
    const { accountId, invoiceId } = invoice
    const paidBy = await followInvoice(accountId, invoiceId)
    purchase = await findInvoicePayment(pool(), paymentIntentId)
    if (!purchase) {
      if (status === 'succeeded' && !paidBy) {
        throw new Refusal('temporarily_unavailable', {
          message: 'The invoice is being settled. Try again in a moment.',
        })
      }
      log.warn(
        { accountId, invoiceId, paymentIntentId },
        'A payment beside the one of an invoice has news: nobody follows it',
      )
      return true
    }
  }
  await syncRefunds(actor, purchase)
  return true
}

interface News {
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
  askedAt: Date
  at: Date
}

/** Writes what Stripe says. Returns false, and writes nothing, when somebody has asked later and was told otherwise. */
async function record(tx: Tx, { accountId, purchaseId }: PurchaseRef, news: News): Promise<boolean> {
  const before = await lockTakeBacks(tx, accountId, purchaseId)
  if (!before) return true
  const after = merge(before, news)
  if (!after) return false
  await saveTakeBacks(tx, system('stripe'), { before, after, at: news.at })
  if (after.refunds.length > 0) crashPoint('refund:before-record')
  if (after.disputes.length > 0) crashPoint('dispute:before-commit')
  return true
}

interface PurchaseRef {
  accountId: string
  purchaseId: string
}

function merge(before: TakeBacks, { refunds, disputes, askedAt, at }: News): TakeBacks | null {
  const after = { ...before, refunds: [...before.refunds], disputes: [...before.disputes] }
  for (const facts of refunds) {
    const place = after.refunds.findIndex((refund) => isSame(refund, facts))
    const known = after.refunds[place] ?? newRefund(before.purchase, facts)
    const told = withNews(known, facts, at)
    if (known.stripeRefundId && known.updatedAt >= askedAt && differ(known, told)) return null
    after.refunds[place === -1 ? after.refunds.length : place] = { ...told, updatedAt: later(known.updatedAt, askedAt) }
  }
  for (const facts of disputes) {
    const place = after.disputes.findIndex(({ stripeDisputeId }) => stripeDisputeId === facts.stripeDisputeId)
    const known = after.disputes[place] ?? newDispute(before.purchase, facts)
    const told = withDisputeNews(known, facts, at)
    if (place !== -1 && known.updatedAt >= askedAt && differ(known, told)) return null
    after.disputes[place === -1 ? after.disputes.length : place] = {
      ...told,
      updatedAt: later(known.updatedAt, askedAt),
    }
  }
  return after
}

const later = (a: Date, b: Date): Date => (a > b ? a : b)

/** A refund of ours carries its id; one that was made in Stripe's dashboard is known by Stripe's. */
const isSame = (refund: Refund, facts: RefundFacts): boolean =>
  refund.stripeRefundId === facts.stripeRefundId ||
  (refund.stripeRefundId === null && facts.metadata.refund_id === refund.refundId)

const differ = (known: Refund | Dispute, told: Refund | Dispute): boolean =>
  ('state' in known ? known.state : known.status) !== ('state' in told ? told.state : told.status) ||
  known.amountCents !== told.amountCents ||
  ('withdrawnCents' in known && 'withdrawnCents' in told && known.withdrawnCents !== told.withdrawnCents)

function withNews(known: Refund, facts: RefundFacts, at: Date): Refund {
  const state = refundStateOf(facts.status)
  return {
    ...known,
    state,
    stripeRefundId: facts.stripeRefundId,
    amountCents: facts.amount.nanos / nanosPerCent,
    failureReason: facts.failureReason,
    closedAt: isClosed(state) ? (state === known.state && known.closedAt) || at : null,
    nextTryAt: isClosed(state) ? null : new Date(at.getTime() + pendingLookMs),
  }
}

function withDisputeNews(known: Dispute, facts: DisputeFacts, at: Date): Dispute {
  const { status } = facts
  return {
    ...known,
    status,
    reason: facts.reason,
    amountCents: facts.amount.nanos / nanosPerCent,
    withdrawnCents: facts.withdrawn.nanos / nanosPerCent,
    isChargeRefundable: facts.isChargeRefundable,
    dueBy: facts.dueBy,
    closedAt: isDecided(status) ? (status === known.status && known.closedAt) || at : null,
  }
}

const newRefund = ({ accountId, purchaseId, currency }: PaidPurchase, facts: RefundFacts): Refund => ({
  accountId,
  refundId: newId(),
  purchaseId,
  origin: 'stripe',
  state: 'requested',
  requestedByUserId: null,
  stripeRefundId: null,
  amountCents: 0n,
  credit: zero(currency),
  gift: zero(currency),
  currency,
  movements: 0,
  reason: facts.reason,
  failureReason: null,
  createdAt: facts.createdAt,
  // By the database's clock, when Stripe was asked: Stripe's own clock may be ahead of it.
  updatedAt: new Date(0),
  closedAt: null,
  nextTryAt: null,
  tries: 0,
})

const newDispute = ({ accountId, purchaseId, currency }: PaidPurchase, facts: DisputeFacts): Dispute => ({
  accountId,
  disputeId: newId(),
  purchaseId,
  stripeDisputeId: facts.stripeDisputeId,
  status: facts.status,
  reason: facts.reason,
  amountCents: 0n,
  withdrawnCents: 0n,
  isChargeRefundable: facts.isChargeRefundable,
  frozen: zero(currency),
  taken: zero(currency),
  gift: zero(currency),
  currency,
  movements: 0,
  dueBy: null,
  openedAt: facts.createdAt,
  updatedAt: new Date(0),
  closedAt: null,
})
