import type { Actor } from '@/lib/core/actor'
import { cents, formatMoney, isZero, type Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { type Dispute, readDisputes, saveDispute } from '../disputes'
import { noticeOf, stanceOf } from '../disputes/rules'
import { type AccountBook, openBook, saveBook } from '../ledger'
import { notify } from '../notifications'
import { isActive } from './rules'
import { lockPaidPurchase, type PaidPurchase, type Refund, readDrawn, readRefunds, saveRefund } from './store'
import { bringInLine, type Drawn, type PostedClaim } from './take-back'

/** A purchase with everything that has been, or is being, taken back of it. */
export interface TakeBacks {
  purchase: PaidPurchase
  refunds: Refund[]
  disputes: Dispute[]
}

/** Locks a purchase and reads what is taken back of it: nobody else changes any of it until the transaction ends. */
export async function lockTakeBacks(tx: Tx, accountId: string, purchaseId: string): Promise<TakeBacks | null> {
  const purchase = await lockPaidPurchase(tx, accountId, purchaseId)
  if (!purchase) return null
  const refunds = await readRefunds(tx, accountId, purchaseId)
  const disputes = await readDisputes(tx, accountId, purchaseId)
  return { purchase, refunds, disputes }
}

export interface OpenedBook {
  book: AccountBook
  drawn: Drawn
}

/** Opens the account's book with all grants, for credit may return to any of them, and expires what is due. */
export async function openBookOf(tx: Tx, { purchase, refunds, disputes }: TakeBacks, at: Date): Promise<OpenedBook> {
  const causes = [
    ...refunds.map(({ refundId }) => `refund:${refundId}`),
    ...disputes.map(({ disputeId }) => `dispute:${disputeId}`),
  ]
  const book = await openBook(tx, purchase.accountId, { grantIds: 'all' })
  // After the lock on the balance: a refund of another payment may have drawn on the gift meanwhile.
  const drawn = await readDrawn(tx, purchase, causes)
  book.expireDue(at)
  return { book, drawn }
}

/**
 * Writes refunds and disputes as they are now, and moves the credit that follows from them, in the caller's transaction.
 * `before` is what `lockTakeBacks` read; `opened`, its book when the caller has opened it already.
 */
export async function saveTakeBacks(
  tx: Tx,
  actor: Actor,
  { before, after, opened, at }: { before: TakeBacks; after: TakeBacks; opened?: OpenedBook; at: Date },
): Promise<void> {
  const { purchase } = after
  const refunds = after.refunds.map((refund) => ({ refund, claim: claimOfRefund(refund) }))
  const disputes = after.disputes.map((dispute) => ({ dispute, claim: claimOfDispute(dispute) }))
  const claims = [...refunds, ...disputes].map(({ claim }) => claim)
  let balance: Money | null = null
  if (claims.length > 0) {
    const { book, drawn } = opened ?? (await openBookOf(tx, before, at))
    bringInLine(book, purchase, { claims, drawn }, at)
    await saveBook(tx, book)
    balance = book.balance
  }
  for (const { refund, claim } of refunds) {
    const known = before.refunds.find(({ refundId }) => refundId === refund.refundId) ?? null
    const saved = { ...refund, credit: claim.taken, gift: claim.gift, movements: claim.movements }
    await saveRefund(tx, saved)
    await tellOfRefund(tx, actor, { purchase, known, refund: saved, balance: balance!, at })
  }
  for (const { dispute, claim } of disputes) {
    const known = before.disputes.find(({ disputeId }) => disputeId === dispute.disputeId) ?? null
    const { frozen, taken, gift, movements } = claim
    const saved = { ...dispute, frozen, taken, gift, movements }
    await saveDispute(tx, saved)
    await tellOfDispute(tx, actor, { purchase, known, dispute: saved, balance: balance!, at })
  }
}

function claimOfRefund({ refundId, state, amountCents, credit, gift, currency, movements }: Refund): PostedClaim {
  const stance = isActive(state) ? 'taken' : 'nothing'
  return {
    kind: 'refund',
    id: refundId,
    stance,
    amountCents,
    taken: credit,
    gift,
    frozen: cents(0, currency),
    movements,
  }
}

function claimOfDispute(dispute: Dispute): PostedClaim {
  const { disputeId, amountCents, taken, gift, frozen, movements } = dispute
  return { kind: 'dispute', id: disputeId, stance: stanceOf(dispute), amountCents, taken, gift, frozen, movements }
}

const wasMade = (refund: Refund | null): boolean => refund?.state === 'pending' || refund?.state === 'succeeded'

const cardOf = ({ cardBrand, cardLast4 }: PaidPurchase) =>
  cardLast4 ? { brand: cardBrand ?? 'card', last4: cardLast4 } : null

/** The number of the invoice that a payment paid. */
const invoiceOf = ({ origin, invoiceNumber, purchaseId }: PaidPurchase): string | null =>
  origin === 'invoice' ? (invoiceNumber ?? purchaseId) : null

const paymentOf = (purchase: PaidPurchase) => ({
  card: cardOf(purchase),
  invoice: invoiceOf(purchase),
  isPostPaid: purchase.isPostPaid,
})

async function tellOfRefund(
  tx: Tx,
  actor: Actor,
  told: { purchase: PaidPurchase; known: Refund | null; refund: Refund; balance: Money; at: Date },
): Promise<void> {
  const { purchase, known, refund, balance, at } = told
  if (known?.state === refund.state) return
  const { accountId, refundId, purchaseId, state } = refund
  const amount = formatMoney(cents(refund.amountCents, refund.currency))
  await recordAudit(tx, {
    accountId,
    actor,
    action: `refund.${state}`,
    ...(known && { before: { refundId, state: known.state, credit: formatMoney(known.credit) } }),
    after: {
      refundId,
      purchaseId,
      state,
      origin: refund.origin,
      amount,
      credit: formatMoney(refund.credit),
      gift: formatMoney(refund.gift),
      ...(refund.stripeRefundId && { stripeRefundId: refund.stripeRefundId }),
      ...(refund.reason && { reason: refund.reason }),
      ...(refund.failureReason && { failureReason: refund.failureReason }),
    },
    at,
  })
  const common = { accountId, cause: `refund:${refundId}`, at }
  if (wasMade(refund) && !wasMade(known)) {
    await notify(tx, {
      ...common,
      kind: 'refund_made',
      facts: {
        amount,
        credit: formatMoney(refund.credit),
        gift: isZero(refund.gift) ? null : formatMoney(refund.gift),
        balance: formatMoney(balance),
        ...paymentOf(purchase),
      },
    })
  }
  if (!isActive(state) && known && isActive(known.state)) {
    await notify(tx, {
      ...common,
      kind: 'refund_failed',
      facts: {
        amount,
        credit: formatMoney(known.credit),
        code: refund.failureReason,
        invoice: invoiceOf(purchase),
      },
    })
  }
}

async function tellOfDispute(
  tx: Tx,
  actor: Actor,
  told: { purchase: PaidPurchase; known: Dispute | null; dispute: Dispute; balance: Money; at: Date },
): Promise<void> {
  const { purchase, known, dispute, balance, at } = told
  if (known?.status === dispute.status) return
  const { accountId, disputeId, purchaseId, stripeDisputeId, status } = dispute
  const amount = formatMoney(cents(dispute.amountCents, dispute.currency))
  await recordAudit(tx, {
    accountId,
    actor,
    action: 'dispute.changed',
    ...(known && {
      before: { status: known.status, frozen: formatMoney(known.frozen), taken: formatMoney(known.taken) },
    }),
    after: {
      disputeId,
      stripeDisputeId,
      purchaseId,
      status,
      amount,
      frozen: formatMoney(dispute.frozen),
      taken: formatMoney(dispute.taken),
      gift: formatMoney(dispute.gift),
    },
    at,
  })
  const kind = noticeOf(dispute)
  if (kind === null || (known && noticeOf(known) === kind)) return
  const moved = { dispute_opened: dispute.frozen, dispute_lost: dispute.taken, dispute_won: wasHeld(known) }
  await notify(tx, {
    accountId,
    kind,
    cause: `dispute:${disputeId}`,
    facts: {
      amount,
      credit: moved[kind] && formatMoney(moved[kind]),
      balance: formatMoney(balance),
      ...paymentOf(purchase),
    },
    at,
  })
}

/** What was frozen or taken for a dispute, or null when we never heard of it before. */
const wasHeld = (dispute: Dispute | null): Money | null =>
  dispute && (isZero(dispute.frozen) ? dispute.taken : dispute.frozen)
