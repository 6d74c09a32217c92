/** The only SQL of refunds. */
import { type Money, money, zero } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { PurchaseOrigin } from '../purchases/rules'
import type { RefundOrigin, RefundState } from './rules'
import type { Drawn, GrantedPayment } from './take-back'

/** A refund as we know it. */
export interface Refund {
  accountId: string
  refundId: string
  purchaseId: string
  origin: RefundOrigin
  state: RefundState
  requestedByUserId: string | null
  stripeRefundId: string | null
  /** Money returned, tax included. */
  amountCents: bigint
  /** What of the purchase's credit is taken back for it now, and of the promotion code's gift. */
  credit: Money
  gift: Money
  currency: string
  movements: number
  reason: string | null
  failureReason: string | null
  createdAt: Date
  /** When Stripe was asked, by the database's own clock, for what stands here. */
  updatedAt: Date
  closedAt: Date | null
  nextTryAt: Date | null
  tries: number
}

interface RefundRow extends Omit<Refund, 'credit' | 'gift'> {
  credit: bigint
  gift: bigint
}

const select = `select account_id as "accountId", refund_id as "refundId", purchase_id as "purchaseId", origin, state,
    requested_by_user_id as "requestedByUserId", stripe_refund_id as "stripeRefundId", amount_cents as "amountCents",
    credit, gift, currency, movements, reason, failure_reason as "failureReason", created_at as "createdAt",
    updated_at as "updatedAt", closed_at as "closedAt", next_try_at as "nextTryAt", tries
  from refunds`

const refundOf = ({ credit, gift, ...row }: RefundRow): Refund => ({
  ...row,
  credit: money(credit, row.currency),
  gift: money(gift, row.currency),
})

/** The refunds of one purchase (of all, without one), in the order in which we heard of them. */
export async function readRefunds(tx: Tx, accountId: string, purchaseId?: string): Promise<Refund[]> {
  const { rows } = await tx.query<RefundRow>(
    `${select} where account_id = $1 and ($2::uuid is null or purchase_id = $2) order by refund_id`,
    [accountId, purchaseId ?? null],
  )
  return rows.map(refundOf)
}

export async function findRefund(tx: Tx, accountId: string, refundId: string): Promise<Refund | null> {
  const { rows } = await tx.query<RefundRow>(`${select} where account_id = $1 and refund_id = $2`, [
    accountId,
    refundId,
  ])
  return rows[0] ? refundOf(rows[0]) : null
}

/** Writes a refund as it is now. The caller has locked its purchase. */
export async function saveRefund(tx: Tx, refund: Refund): Promise<void> {
  await tx.query(
    `insert into refunds (account_id, refund_id, purchase_id, origin, state, requested_by_user_id, stripe_refund_id, amount_cents,
                          credit, gift, currency, movements, reason, failure_reason, created_at, updated_at, closed_at,
                          next_try_at, tries)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     on conflict (account_id, refund_id) do update set
       state = excluded.state, stripe_refund_id = excluded.stripe_refund_id, amount_cents = excluded.amount_cents,
       credit = excluded.credit, gift = excluded.gift, movements = excluded.movements,
       failure_reason = excluded.failure_reason, updated_at = excluded.updated_at, closed_at = excluded.closed_at,
       next_try_at = excluded.next_try_at, tries = excluded.tries`,
    [
      refund.accountId,
      refund.refundId,
      refund.purchaseId,
      refund.origin,
      refund.state,
      refund.requestedByUserId,
      refund.stripeRefundId,
      refund.amountCents,
      refund.credit.nanos,
      refund.gift.nanos,
      refund.currency,
      refund.movements,
      refund.reason,
      refund.failureReason,
      refund.createdAt,
      refund.updatedAt,
      refund.closedAt,
      refund.nextTryAt,
      refund.tries,
    ],
  )
}

/** A purchase, as far as taking its credit back is concerned. */
export interface PaidPurchase extends GrantedPayment {
  accountId: string
  purchaseId: string
  /** invoice: it is what was paid for a month-end invoice. */
  origin: PurchaseOrigin
  state: string
  currency: string
  paidAt: Date | null
  paymentIntentId: string | null
  invoiceNumber: string | null
  /** Whether a contract is in force: usage goes on below zero, and the next invoice asks for it. */
  isPostPaid: boolean
  cardBrand: string | null
  cardLast4: string | null
}

interface PaidRow extends Omit<PaidPurchase, 'totalCents' | 'credit' | 'gift'> {
  totalCents: bigint | null
  paidCredit: bigint | null
  giftCredit: bigint | null
}

/** A purchase with the grants that it became: the one that was paid for, and the gift of a promotion code. */
export async function findPaidPurchase(tx: Tx, accountId: string, purchaseId: string): Promise<PaidPurchase | null> {
  const { rows } = await tx.query<PaidRow>(
    `select p.account_id as "accountId", p.purchase_id as "purchaseId", p.origin, p.state, p.currency, p.paid_at as "paidAt",
            p.payment_intent_id as "paymentIntentId", p.invoice_number as "invoiceNumber",
            (select a.billing_mode = 'postpaid' from accounts a where a.account_id = p.account_id) as "isPostPaid", p.card_brand as "cardBrand", p.card_last4 as "cardLast4",
            p.total_cents as "totalCents", paid.grant_id as "grantId", paid.amount as "paidCredit",
            gift.grant_id as "giftGrantId", gift.amount as "giftCredit"
       from purchases p
       left join grants paid on paid.account_id = p.account_id and paid.grant_id = p.grant_id
                            and p.grant_id is distinct from p.gift_grant_id
       left join grants gift on gift.account_id = p.account_id and gift.grant_id = p.gift_grant_id
      where p.account_id = $1 and p.purchase_id = $2`,
    [accountId, purchaseId],
  )
  const row = rows[0]
  if (!row) return null
  const { paidCredit, giftCredit, totalCents, ...purchase } = row
  const amountOf = (nanos: bigint | null) => (nanos === null ? zero(row.currency) : money(nanos, row.currency))
  return { ...purchase, totalCents: totalCents ?? 0n, credit: amountOf(paidCredit), gift: amountOf(giftCredit) }
}

/** The invoice's payment that a payment at Stripe is; null when it is none that we have written down. */
export async function findInvoicePayment(
  tx: Tx,
  paymentIntentId: string,
): Promise<{ accountId: string; purchaseId: string } | null> {
  const { rows } = await tx.query<{ accountId: string; purchaseId: string }>(
    `select account_id as "accountId", purchase_id as "purchaseId" from purchases where payment_intent_id = $1 and origin = 'invoice'`,
    [paymentIntentId],
  )
  return rows[0] ?? null
}

/** The same, and nobody else settles it, or takes its credit back, until the transaction ends. */
export async function lockPaidPurchase(tx: Tx, accountId: string, purchaseId: string): Promise<PaidPurchase | null> {
  // Locked first and read second: the read then sees what the one before us has written.
  await tx.query('select 1 from purchases where account_id = $1 and purchase_id = $2 for update', [
    accountId,
    purchaseId,
  ])
  return findPaidPurchase(tx, accountId, purchaseId)
}

/**
 * What grants have given, less what they got back: each for causes such as "refund:<id>", and the gift's grant for refunds
 * and disputes of any payment.
 */
export async function readDrawn(
  tx: Tx,
  { accountId, giftGrantId, currency }: PaidPurchase,
  causes: string[],
): Promise<Drawn> {
  const { rows } = await tx.query<{ grantId: string; amount: bigint; taken: bigint }>(
    `select d.grant_id as "grantId", sum(d.amount)::bigint as taken,
            coalesce(sum(d.amount) filter (where split_part(t.cause, '/', 1) = any($2)), 0)::bigint as amount
       from transfers t join grant_draws d on d.account_id = t.account_id and d.transfer_seq = t.seq
      where t.account_id = $1 and t.kind <> 'usage' and split_part(t.cause, ':', 1) in ('refund', 'dispute')
      group by d.grant_id`,
    [accountId, causes],
  )
  return {
    byClaims: rows.map(({ grantId, amount }) => ({ grantId, amount: money(amount, currency) })),
    ofGift: money(rows.find(({ grantId }) => grantId === giftGrantId)?.taken ?? 0n, currency),
  }
}

export interface DueRefund {
  accountId: string
  refundId: string
  purchaseId: string
  state: 'requested' | 'pending'
}

/** Refunds that are not closed and whose next look is due, those due longest first. */
export async function readDueRefunds(tx: Tx, at: Date, limit: number): Promise<DueRefund[]> {
  const { rows } = await tx.query<DueRefund>(
    `select account_id as "accountId", refund_id as "refundId", purchase_id as "purchaseId", state from refunds
      where state in ('requested', 'pending') and next_try_at <= $1 order by next_try_at limit $2`,
    [at, limit],
  )
  return rows
}

export interface TakenBackFacts {
  balance: bigint
  currency: string
  lastTakenSeq: bigint
  lastBoughtSeq: bigint
}

/** The balance, and when credit was last taken back and last bought, as places in the account's history (0: never). */
export async function readTakenBack(tx: Tx, accountId: string): Promise<TakenBackFacts | null> {
  const { rows } = await tx.query<TakenBackFacts>(
    `select b.balance, b.currency,
            coalesce((select max(seq) from transfers t where t.account_id = b.account_id and kind <> 'usage'
                         and kind in ('refund', 'dispute_lost')), 0)::bigint as "lastTakenSeq",
            coalesce((select max(seq) from transfers t where t.account_id = b.account_id and kind <> 'usage'
                         and kind in ('purchase', 'auto_top_up', 'invoice_payment')), 0)::bigint as "lastBoughtSeq"
       from account_balances b where b.account_id = $1`,
    [accountId],
  )
  return rows[0] ?? null
}
