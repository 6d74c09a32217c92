import { invariant } from '@/lib/core/errors'
import { type Money, money, nanosPerCent } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { ChargeFacts } from '@/lib/edges/stripe'
import type { PurchaseOrigin, PurchaseState } from './rules'

export interface Purchase {
  accountId: string
  purchaseId: string
  origin: PurchaseOrigin
  amount: Money
  state: PurchaseState
  stateReason: string | null
  saveCard: boolean
  checkoutSessionId: string | null
  checkoutUrl: string | null
  paymentIntentId: string | null
  receiptUrl: string | null
  receiptNumber: string | null
  cardBrand: string | null
  cardLast4: string | null
  taxCents: bigint | null
  totalCents: bigint | null
  livemode: boolean
  createdAt: Date
  paidAt: Date | null
  grant: { grantId: string; amount: Money; remaining: Money } | null
}

interface PurchaseRow extends Omit<Purchase, 'amount' | 'grant'> {
  amount: bigint
  currency: string
  grantId: string | null
  grantAmount: bigint | null
  grantRemaining: bigint | null
}

const select = `select p.account_id as "accountId", p.purchase_id as "purchaseId", p.origin, p.amount, p.currency, p.state,
    p.state_reason as "stateReason", p.save_card as "saveCard", p.checkout_session_id as "checkoutSessionId",
    p.checkout_url as "checkoutUrl", p.payment_intent_id as "paymentIntentId", p.receipt_url as "receiptUrl",
    p.receipt_number as "receiptNumber", p.card_brand as "cardBrand", p.card_last4 as "cardLast4",
    p.tax_cents as "taxCents", p.total_cents as "totalCents", p.livemode, p.created_at as "createdAt",
    p.paid_at as "paidAt", g.grant_id as "grantId", g.amount as "grantAmount", g.remaining as "grantRemaining"
  from purchases p left join grants g on g.account_id = p.account_id and g.grant_id = p.grant_id`

function purchaseOf({ amount, currency, grantId, grantAmount, grantRemaining, ...row }: PurchaseRow): Purchase {
  return {
    ...row,
    amount: money(amount, currency),
    grant:
      (grantId && {
        grantId,
        amount: money(grantAmount ?? 0n, currency),
        remaining: money(grantRemaining ?? 0n, currency),
      }) ||
      null,
  }
}

export async function insertPurchase(
  tx: Tx,
  purchase: {
    accountId: string
    purchaseId: string
    origin: PurchaseOrigin
    amount: Money
    saveCard: boolean
    requestedByUserId: string | null
    livemode: boolean
    at: Date
  },
): Promise<void> {
  await tx.query(
    `insert into purchases (account_id, purchase_id, origin, amount, currency, state, save_card, requested_by_user_id,
                            livemode, created_at)
     values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9)`,
    [
      purchase.accountId,
      purchase.purchaseId,
      purchase.origin,
      purchase.amount.nanos,
      purchase.amount.currency,
      purchase.saveCard,
      purchase.requestedByUserId,
      purchase.livemode,
      purchase.at,
    ],
  )
}

export async function findPurchase(tx: Tx, accountId: string, purchaseId: string): Promise<Purchase | null> {
  const { rows } = await tx.query<PurchaseRow>(`${select} where p.account_id = $1 and p.purchase_id = $2`, [
    accountId,
    purchaseId,
  ])
  return rows[0] ? purchaseOf(rows[0]) : null
}

/** The purchase, and nobody else settles it until the transaction ends. */
export async function lockPurchase(tx: Tx, accountId: string, purchaseId: string): Promise<Purchase | null> {
  // Locked first and read second: the read then sees what the one before us has written.
  await tx.query('select 1 from purchases where account_id = $1 and purchase_id = $2 for update', [
    accountId,
    purchaseId,
  ])
  return findPurchase(tx, accountId, purchaseId)
}

/** The account's purchases, newest first. */
export async function readPurchases(
  tx: Tx,
  accountId: string,
  { states, limit }: { states: readonly PurchaseState[]; limit: number },
): Promise<Purchase[]> {
  const { rows } = await tx.query<PurchaseRow>(
    `${select} where p.account_id = $1 and p.state = any($2)
      order by coalesce(p.paid_at, p.created_at) desc, p.purchase_id desc limit $3`,
    [accountId, states, limit],
  )
  return rows.map(purchaseOf)
}

/** What a sweep looks at, oldest first, after a place in that order: purchases not final, and paid ones without receipt. */
export async function readUnsettled(
  tx: Tx,
  { after, receiptsSince, limit }: { after: Place | null; receiptsSince: Date; limit: number },
): Promise<Place[]> {
  const { rows } = await tx.query<Place & { accountId: string; purchaseId: string }>(
    `select account_id as "accountId", purchase_id as "purchaseId", created_at as "createdAt" from purchases
      where (state in ('open', 'processing') or (state = 'paid' and receipt_url is null and created_at > $3))
        and (created_at, purchase_id) > ($1, $2)
      order by created_at, purchase_id limit $4`,
    [
      after?.createdAt ?? new Date(0),
      after?.purchaseId ?? '00000000-0000-0000-0000-000000000000',
      receiptsSince,
      limit,
    ],
  )
  return rows
}

export interface Place {
  accountId: string
  purchaseId: string
  createdAt: Date
}

export async function storeCheckout(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  checkout: { sessionId: string; url: string | null; expiresAt: Date },
): Promise<void> {
  await tx.query(
    `update purchases set checkout_session_id = $3, checkout_url = $4, expires_at = $5
      where account_id = $1 and purchase_id = $2 and (checkout_session_id is null or checkout_session_id = $3)`,
    [purchase.accountId, purchase.purchaseId, checkout.sessionId, checkout.url, checkout.expiresAt],
  )
}

export async function updateState(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  { state, reason }: { state: PurchaseState; reason: string | null },
): Promise<void> {
  await tx.query('update purchases set state = $3, state_reason = $4 where account_id = $1 and purchase_id = $2', [
    purchase.accountId,
    purchase.purchaseId,
    state,
    reason,
  ])
}

export async function markChecked(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  at: Date,
): Promise<void> {
  await tx.query('update purchases set last_checked_at = $3 where account_id = $1 and purchase_id = $2', [
    purchase.accountId,
    purchase.purchaseId,
    at,
  ])
}

export interface Settled {
  state: 'paid' | 'quarantined'
  reason: string | null
  grantId: string | null
  sessionId: string | null
  paymentIntentId: string | null
  subtotal: Money
  discount: Money
  tax: Money
  total: Money
  at: Date
}

/** Writes what was paid and what became of it. */
export async function closeAsPaid(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  settled: Settled,
): Promise<void> {
  await tx.query(
    `update purchases set state = $3, state_reason = $4, grant_id = $5,
            checkout_session_id = coalesce(checkout_session_id, $6), payment_intent_id = $7,
            subtotal_cents = $8, discount_cents = $9, tax_cents = $10, total_cents = $11, paid_at = $12
      where account_id = $1 and purchase_id = $2`,
    [
      purchase.accountId,
      purchase.purchaseId,
      settled.state,
      settled.reason,
      settled.grantId,
      settled.sessionId,
      settled.paymentIntentId,
      ...[settled.subtotal, settled.discount, settled.tax, settled.total].map(centsOf),
      settled.at,
    ],
  )
}

/** Fills in what Stripe knows of the receipt by now; what was known before stays. */
export async function storeReceipt(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  charge: ChargeFacts,
): Promise<void> {
  await tx.query(
    `update purchases set charge_id = $3, receipt_url = coalesce($4, receipt_url),
            receipt_number = coalesce($5, receipt_number), card_brand = coalesce($6, card_brand),
            card_last4 = coalesce($7, card_last4)
      where account_id = $1 and purchase_id = $2`,
    [
      purchase.accountId,
      purchase.purchaseId,
      charge.chargeId,
      charge.receiptUrl,
      charge.receiptNumber,
      charge.cardBrand,
      charge.cardLast4,
    ],
  )
}

function centsOf(amount: Money): bigint {
  invariant(amount.nanos % nanosPerCent === 0n, 'Stripe moves whole cents')
  return amount.nanos / nanosPerCent
}
