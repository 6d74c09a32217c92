import { invariant } from '@/lib/core/errors'
import { type Money, money, nanosPerCent } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { BankFacts, ChargeFacts, InvoiceFacts, PaymentFacts, StripeInvoiceFacts } from '@/lib/edges/stripe'
import type { PageTerms, PurchaseOrigin, PurchaseState } from './rules'

export interface Purchase {
  accountId: string
  purchaseId: string
  origin: PurchaseOrigin
  amount: Money
  state: PurchaseState
  stateReason: string | null
  saveCard: boolean
  /** Null for automatic purchases, and for those begun before pages offered anything. */
  pageTerms: PageTerms | null
  checkoutSessionId: string | null
  checkoutUrl: string | null
  expiresAt: Date | null
  paymentIntentId: string | null
  extraPaymentIntentIds: string[]
  receiptUrl: string | null
  receiptNumber: string | null
  cardBrand: string | null
  cardLast4: string | null
  bankName: string | null
  bankLast4: string | null
  promotionCode: string | null
  invoiceId: string | null
  invoiceNumber: string | null
  invoicePdfUrl: string | null
  hostedInvoiceUrl: string | null
  discountCents: bigint | null
  taxCents: bigint | null
  totalCents: bigint | null
  livemode: boolean
  createdAt: Date
  paidAt: Date | null
  /** What was paid for became this grant; null when a promotion code paid for all of it. */
  grant: PurchaseGrant | null
  /** What a promotion code paid for. */
  gift: PurchaseGrant | null
}

interface PurchaseGrant {
  grantId: string
  amount: Money
  remaining: Money
}

interface PurchaseRow extends Omit<Purchase, 'amount' | 'grant' | 'gift'> {
  amount: bigint
  currency: string
  grantId: string | null
  grantAmount: bigint | null
  grantRemaining: bigint | null
  giftId: string | null
  giftAmount: bigint | null
  giftRemaining: bigint | null
}

const select = `select p.account_id as "accountId", p.purchase_id as "purchaseId", p.origin, p.amount, p.currency, p.state,
    p.state_reason as "stateReason", p.save_card as "saveCard", p.page_terms as "pageTerms",
    p.checkout_session_id as "checkoutSessionId", p.checkout_url as "checkoutUrl", p.expires_at as "expiresAt",
    p.payment_intent_id as "paymentIntentId", p.extra_payment_intent_ids as "extraPaymentIntentIds",
    p.receipt_url as "receiptUrl", p.receipt_number as "receiptNumber", p.card_brand as "cardBrand",
    p.card_last4 as "cardLast4", p.bank_name as "bankName", p.bank_last4 as "bankLast4",
    p.promotion_code as "promotionCode", p.invoice_id as "invoiceId", p.invoice_number as "invoiceNumber",
    p.invoice_pdf_url as "invoicePdfUrl", p.hosted_invoice_url as "hostedInvoiceUrl",
    p.discount_cents as "discountCents", p.tax_cents as "taxCents", p.total_cents as "totalCents", p.livemode,
    p.created_at as "createdAt", p.paid_at as "paidAt",
    g.grant_id as "grantId", g.amount as "grantAmount", g.remaining as "grantRemaining",
    f.grant_id as "giftId", f.amount as "giftAmount", f.remaining as "giftRemaining"
  from purchases p
  left join grants g on g.account_id = p.account_id and g.grant_id = p.grant_id
    and g.grant_id is distinct from p.gift_grant_id
  left join grants f on f.account_id = p.account_id and f.grant_id = p.gift_grant_id`

function purchaseOf(row: PurchaseRow): Purchase {
  const { amount, currency, grantId, grantAmount, grantRemaining, giftId, giftAmount, giftRemaining, ...rest } = row
  const grantOf = (id: string | null, granted: bigint | null, remaining: bigint | null): PurchaseGrant | null =>
    id === null
      ? null
      : { grantId: id, amount: money(granted ?? 0n, currency), remaining: money(remaining ?? 0n, currency) }
  return {
    ...rest,
    amount: money(amount, currency),
    grant: grantOf(grantId, grantAmount, grantRemaining),
    gift: grantOf(giftId, giftAmount, giftRemaining),
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
    pageTerms: PageTerms | null
    requestedByUserId: string | null
    livemode: boolean
    at: Date
  },
): Promise<void> {
  await tx.query(
    `insert into purchases (account_id, purchase_id, origin, amount, currency, state, save_card, page_terms,
                            requested_by_user_id, livemode, created_at)
     values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10)`,
    [
      purchase.accountId,
      purchase.purchaseId,
      purchase.origin,
      purchase.amount.nanos,
      purchase.amount.currency,
      purchase.saveCard,
      purchase.pageTerms,
      purchase.requestedByUserId,
      purchase.livemode,
      purchase.at,
    ],
  )
}

export interface InvoicePayment {
  accountId: string
  invoiceId: string
  /** What was granted for it, before tax. */
  credit: Money
  grantId: string
  payment: PaymentFacts
  papers: Pick<StripeInvoiceFacts, 'stripeInvoiceId' | 'number' | 'pdfUrl' | 'hostedUrl'>
  paidAt: Date
}

/** Writes the payment of an invoice, by its invoice's id, as it is paid. Returns whether it was not there yet. */
export async function insertInvoicePayment(tx: Tx, paid: InvoicePayment): Promise<boolean> {
  const { credit, payment, papers } = paid
  const [subtotal, total] = [centsOf(credit), centsOf(payment.received)]
  const { rowCount } = await tx.query(
    `insert into purchases (account_id, purchase_id, origin, amount, currency, state, payment_intent_id, subtotal_cents, discount_cents,
                            tax_cents, total_cents, livemode, grant_id, invoice_id, invoice_number, invoice_pdf_url, hosted_invoice_url,
                            created_at, paid_at)
     values ($1, $2, 'invoice', $3, $4, 'paid', $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
     on conflict (account_id, purchase_id) do nothing`,
    [
      paid.accountId,
      paid.invoiceId,
      credit.nanos,
      credit.currency,
      payment.paymentIntentId,
      subtotal,
      total - subtotal,
      total,
      payment.livemode,
      paid.grantId,
      papers.stripeInvoiceId,
      papers.number,
      papers.pdfUrl,
      papers.hostedUrl,
      paid.paidAt,
    ],
  )
  return rowCount === 1
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

/** The account's purchases, newest first; the payments of its invoices among them where they are asked for. */
export async function readPurchases(
  tx: Tx,
  accountId: string,
  { states, hasInvoices = false, limit }: { states: readonly PurchaseState[]; hasInvoices?: boolean; limit: number },
): Promise<Purchase[]> {
  const { rows } = await tx.query<PurchaseRow>(
    `${select} where p.account_id = $1 and p.state = any($2) and ($4 or p.origin <> 'invoice')
      order by coalesce(p.paid_at, p.created_at) desc, p.purchase_id desc limit $3`,
    [accountId, states, limit, hasInvoices],
  )
  return rows.map(purchaseOf)
}

/**
 * What a sweep looks at, oldest first, after a place in that order: purchases that wait for their payment, young paid ones
 * without their papers, and now and then young ones that were given up, should they have been paid after all.
 */
export async function readUnsettled(
  tx: Tx,
  { after, youngSince, staleSince, limit }: { after: Place | null; youngSince: Young; staleSince: Date; limit: number },
): Promise<Place[]> {
  const { rows } = await tx.query<Place & { accountId: string; purchaseId: string }>(
    `select account_id as "accountId", purchase_id as "purchaseId", created_at as "createdAt" from purchases
      where (state in ('open', 'processing')
             or (state = 'paid' and created_at > $3 and (${isWithoutPapers}))
             or (origin = 'checkout' and state in ('failed', 'expired', 'canceled') and created_at > $4
                 and last_checked_at < $5))
        and (created_at, purchase_id) > ($1, $2)
      order by created_at, purchase_id limit $6`,
    [
      after?.createdAt ?? new Date(0),
      after?.purchaseId ?? '00000000-0000-0000-0000-000000000000',
      youngSince.paid,
      youngSince.ended,
      staleSince,
      limit,
    ],
  )
  return rows
}

/** Whether the receipt of what was paid, or the invoice that the page makes, is not there yet. */
export const lacksPapers = (purchase: Purchase): boolean =>
  Boolean(purchase.paymentIntentId && !(purchase.receiptUrl && purchase.receiptNumber)) ||
  Boolean(purchase.pageTerms?.invoice && !(purchase.invoicePdfUrl && purchase.invoiceNumber))

/** What was paid for has a receipt; a page that makes invoices made one. */
const isWithoutPapers = `(payment_intent_id is not null and receipt_url is null)
  or (page_terms @> '{"invoice": true}' and invoice_pdf_url is null)`

/** From when on purchases are looked at: paid ones for their papers, ended ones for late payments. */
export interface Young {
  paid: Date
  ended: Date
}

export interface Place {
  accountId: string
  purchaseId: string
  createdAt: Date
}

/** Notes the purchase's page. Another page than the one noted before is left out, unless it takes its place. */
export async function storeCheckout(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  checkout: { sessionId: string; url: string | null; expiresAt: Date },
  { takesPlace = false } = {},
): Promise<void> {
  await tx.query(
    `update purchases set checkout_session_id = $3, checkout_url = $4, expires_at = $5
      where account_id = $1 and purchase_id = $2
        and ($6 or checkout_session_id is null or checkout_session_id = $3)`,
    [purchase.accountId, purchase.purchaseId, checkout.sessionId, checkout.url, checkout.expiresAt, takesPlace],
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
  giftGrantId: string | null
  promotionCode: string | null
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
    `update purchases set state = $3, state_reason = $4, grant_id = $5, gift_grant_id = $6, promotion_code = $7,
            checkout_session_id = coalesce($8, checkout_session_id), payment_intent_id = $9,
            subtotal_cents = $10, discount_cents = $11, tax_cents = $12, total_cents = $13, paid_at = $14
      where account_id = $1 and purchase_id = $2`,
    [
      purchase.accountId,
      purchase.purchaseId,
      settled.state,
      settled.reason,
      settled.grantId,
      settled.giftGrantId,
      settled.promotionCode,
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
            card_last4 = coalesce($7, card_last4), bank_name = coalesce($8, bank_name),
            bank_last4 = coalesce($9, bank_last4)
      where account_id = $1 and purchase_id = $2`,
    [
      purchase.accountId,
      purchase.purchaseId,
      charge.chargeId,
      charge.receiptUrl,
      charge.receiptNumber,
      charge.cardBrand,
      charge.cardLast4,
      charge.bank?.name ?? null,
      charge.bank?.last4 ?? null,
    ],
  )
}

/** Fills in what Stripe knows of the invoice by now; what was known before stays. */
export async function storeInvoice(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  invoice: InvoiceFacts,
): Promise<void> {
  await tx.query(
    `update purchases set invoice_id = $3, invoice_number = coalesce($4, invoice_number),
            invoice_pdf_url = coalesce($5, invoice_pdf_url), hosted_invoice_url = coalesce($6, hosted_invoice_url)
      where account_id = $1 and purchase_id = $2`,
    [purchase.accountId, purchase.purchaseId, invoice.invoiceId, invoice.number, invoice.pdfUrl, invoice.hostedUrl],
  )
}

/** The bank account that a payment under way is taken from. */
export async function storeBank(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  bank: BankFacts,
): Promise<void> {
  await tx.query('update purchases set bank_name = $3, bank_last4 = $4 where account_id = $1 and purchase_id = $2', [
    purchase.accountId,
    purchase.purchaseId,
    bank.name,
    bank.last4,
  ])
}

/** Notes a payment beside the purchase's own. Returns whether it was not known yet. */
export async function noteExtraPayment(
  tx: Tx,
  purchase: { accountId: string; purchaseId: string },
  paymentIntentId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update purchases set extra_payment_intent_ids = extra_payment_intent_ids || $3::text
      where account_id = $1 and purchase_id = $2 and not extra_payment_intent_ids @> array[$3::text]`,
    [purchase.accountId, purchase.purchaseId, paymentIntentId],
  )
  return rowCount === 1
}

function centsOf(amount: Money): bigint {
  invariant(amount.nanos % nanosPerCent === 0n, 'Stripe moves whole cents')
  return amount.nanos / nanosPerCent
}
