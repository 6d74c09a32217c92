import { system } from '@/lib/core/actor'
import { invariant } from '@/lib/core/errors'
import { formatMoney, isNegative, isPositive, type Money, zero } from '@/lib/core/money'
import { crashPoint } from '@/lib/edges/crash-points'
import type { Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import type { CardFacts, ChargeFacts, CheckoutFacts, InvoiceFacts, PaymentFacts } from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { capHeadroom } from '../budgets'
import { grantCredit } from '../grants'
import { lockBalance } from '../ledger'
import { notify } from '../notifications'
import { readBillingFacts, savePaymentMethod } from '../payment-methods'
import { recordTierIn } from '../tiers'
import { decideCredit, type PaidOrder } from './rules'
import {
  closeAsPaid,
  lacksPapers,
  lockPurchase,
  noteExtraPayment,
  type Purchase,
  storeInvoice,
  storeReceipt,
} from './store'

/** Everything that Stripe says of a payment that went through. */
export interface PaidFacts extends PaidOrder {
  sessionId: string | null
  paymentIntentId: string | null
  charge: ChargeFacts | null
  promotionCode: string | null
  invoice: InvoiceFacts | null
  /** The card, when its owner agreed to keep it. */
  savedCard: CardFacts | null
}

/** What a page that says "paid" tells. */
export function paidByCheckout(checkout: CheckoutFacts): PaidFacts {
  const { payment } = checkout
  return {
    accountId: checkout.metadata.account_id ?? null,
    purchaseId: checkout.metadata.purchase_id ?? null,
    clientReferenceId: checkout.clientReferenceId,
    customerId: checkout.customerId,
    livemode: checkout.livemode,
    subtotal: checkout.subtotal,
    discount: checkout.discount,
    tax: checkout.tax,
    total: checkout.total,
    received: payment?.received ?? zero(checkout.total.currency),
    sessionId: checkout.sessionId,
    paymentIntentId: payment?.paymentIntentId ?? null,
    charge: payment?.charge ?? null,
    promotionCode: checkout.promotionCode,
    invoice: checkout.invoice,
    savedCard: payment?.isCardSaved ? payment.card : null,
  }
}

/** What a charge of a saved card tells. */
export function paidByCharge(payment: PaymentFacts): PaidFacts {
  return {
    accountId: payment.metadata.account_id ?? null,
    purchaseId: payment.metadata.purchase_id ?? null,
    customerId: payment.customerId,
    livemode: payment.livemode,
    subtotal: payment.amount,
    discount: zero(payment.amount.currency),
    tax: zero(payment.amount.currency),
    total: payment.amount,
    received: payment.received,
    sessionId: null,
    paymentIntentId: payment.paymentIntentId,
    charge: payment.charge,
    promotionCode: null,
    invoice: null,
    savedCard: null,
  }
}

/** credited: now. settled: it was credited (or put aside) before, and stays so. quarantined: paid, but not what was ordered. */
export type Settlement =
  | { kind: 'credited'; grantId: string }
  | { kind: 'settled'; grantId: string | null }
  | { kind: 'quarantined'; because: string }

/**
 * The one way in which a payment becomes credit, whoever noticed it. Locks the purchase, compares the payment with the
 * order and, the first time, posts the credit and everything that follows from it.
 */
export async function settlePurchaseIn(
  tx: Tx,
  { accountId, purchaseId, paid, at }: { accountId: string; purchaseId: string; paid: PaidFacts; at: Date },
): Promise<Settlement> {
  const purchase = await lockPurchase(tx, accountId, purchaseId)
  invariant(purchase, 'a payment is settled for a purchase of the account')
  if (purchase.state === 'paid' || purchase.state === 'quarantined') {
    await noteAgain(tx, purchase, paid, at)
    return { kind: 'settled', grantId: (purchase.grant ?? purchase.gift)?.grantId ?? null }
  }
  const { stripeCustomerId } = await readBillingFacts(tx, accountId)
  const offersDiscount = purchase.pageTerms?.promotionCodes ?? false
  const decision = decideCredit({ ...purchase, customerId: stripeCustomerId, offersDiscount }, paid)
  if (decision.kind === 'quarantine') {
    await putAside(tx, purchase, paid, decision.because, at)
    return { kind: 'quarantined', because: decision.because }
  }
  const grantId = await credit(tx, purchase, paid, decision, at)
  crashPoint('settle:before-commit')
  return { kind: 'credited', grantId }
}

/** Gifts are used up after what was paid for: a refund of the unused part gives back as much money as it can. */
const giftPriority = 110

async function credit(
  tx: Tx,
  purchase: Purchase,
  paid: PaidFacts,
  parts: { paid: Money; gift: Money },
  at: Date,
): Promise<string> {
  const { accountId, purchaseId, origin } = purchase
  const before = await lockBalance(tx, accountId)
  const cause = `purchase:${purchaseId}`
  const source = origin === 'checkout' ? 'purchase' : 'auto_top_up'
  const bought = isPositive(parts.paid) && (await grantCredit(tx, { accountId, source, cause, amount: parts.paid, at }))
  crashPoint('settle:between-grants')
  const gift =
    isPositive(parts.gift) &&
    (await grantCredit(tx, { accountId, source: 'promotion', cause, amount: parts.gift, priority: giftPriority, at }))
  const made = bought || gift
  invariant(made, 'a paid purchase becomes credit')
  const grants = { grantId: made.grantId, giftGrantId: gift ? gift.grantId : null }
  await closeAsPaid(tx, purchase, { ...paid, ...grants, state: 'paid', reason: null, at })
  crashPoint('settle:after-credit')
  await storePapers(tx, purchase, paid)
  if (paid.savedCard) await savePaymentMethod(tx, { accountId, actor: system('stripe'), card: paid.savedCard, at })
  await tell(tx, purchase, paid, parts, at)
  await recordTierIn(tx, { accountId, at })
  // Of a post-paid account: open invoices may ask for what this credit has just paid.
  if (isNegative(before.balance))
    await enqueue(tx, 'credit-invoices', { accountId }, { key: `credit-invoices:${accountId}` })

  const after = await lockBalance(tx, accountId)
  if (!isPositive(before.available) && isPositive(after.available)) {
    const headroom = await capHeadroom(tx, accountId, at)
    if (headroom === null || isPositive(headroom)) {
      await notify(tx, {
        accountId,
        kind: 'usage_resumed',
        cause: `purchase:${purchaseId}`,
        facts: { available: formatMoney(after.available) },
        at,
      })
    }
  }
  return made.grantId
}

async function storePapers(tx: Tx, purchase: Purchase, { charge, invoice }: PaidFacts): Promise<void> {
  if (charge) await storeReceipt(tx, purchase, charge)
  // A payment may have been refunded or disputed before anybody here heard that it was made.
  if (charge?.isDisputed || (charge && isPositive(charge.refunded))) {
    const { accountId, purchaseId } = purchase
    await enqueue(tx, 'sync-refunds', { accountId, purchaseId }, { key: `sync-refunds:${purchaseId}` })
  }
  if (invoice) await storeInvoice(tx, purchase, invoice)
}

/** Says that a purchase went through; of automatic ones the account is told by auto top-up itself, with their attempt. */
async function tell(
  tx: Tx,
  { accountId, purchaseId, origin, amount }: Purchase,
  paid: PaidFacts,
  { gift }: { gift: Money },
  at: Date,
): Promise<void> {
  const { charge, promotionCode } = paid
  await recordAudit(tx, {
    accountId,
    actor: system('stripe'),
    action: 'purchase.paid',
    after: {
      purchaseId,
      origin,
      amount: formatMoney(amount),
      total: formatMoney(paid.total),
      ...(isPositive(gift) && { gift: formatMoney(gift), promotionCode }),
    },
    at,
  })
  if (origin !== 'checkout') return
  await notify(tx, {
    accountId,
    kind: 'purchase_paid',
    cause: `purchase:${purchaseId}`,
    facts: {
      amount: formatMoney(amount),
      total: formatMoney(paid.total),
      ...(isPositive(gift) && { gift: formatMoney(gift) }),
      card: charge?.cardLast4 ? { brand: charge.cardBrand ?? 'card', last4: charge.cardLast4 } : null,
      receiptUrl: charge?.receiptUrl ?? null,
    },
    at,
  })
  // A purchase by hand ends what auto top-up was waiting for: it looks again, on fresh facts.
  await enqueue(tx, 'resume-auto-top-up', { accountId, because: 'purchase' }, { key: `resume-top-up:${accountId}` })
}

/** Paid, but not what was ordered: the money is noted, no credit is given, and a person is called. */
async function putAside(tx: Tx, purchase: Purchase, paid: PaidFacts, because: string, at: Date): Promise<void> {
  const { accountId, purchaseId } = purchase
  log.error({ accountId, purchaseId, because }, 'A payment does not match its purchase and was put aside')
  const noCredit = { grantId: null, giftGrantId: null }
  await closeAsPaid(tx, purchase, { ...paid, ...noCredit, state: 'quarantined', reason: because, at })
  await storePapers(tx, purchase, paid)
  await recordAudit(tx, {
    accountId,
    actor: system('stripe'),
    action: 'purchase.quarantined',
    after: { purchaseId, because, paymentIntentId: paid.paymentIntentId, received: formatMoney(paid.received) },
    at,
  })
}

/**
 * The same news again: fills in what was not known yet. A second payment for one purchase is never credited: it is noted on
 * the purchase, in the audit log and for the operator, who refunds it.
 */
async function noteAgain(tx: Tx, purchase: Purchase, paid: PaidFacts, at: Date): Promise<void> {
  const { accountId, purchaseId, paymentIntentId } = purchase
  if (paid.paymentIntentId === paymentIntentId) {
    if (lacksPapers(purchase)) await storePapers(tx, purchase, paid)
    return
  }
  if (!paid.paymentIntentId || !(await noteExtraPayment(tx, purchase, paid.paymentIntentId))) return
  log.error(
    { accountId, purchaseId, paymentIntentId, other: paid.paymentIntentId },
    'A purchase was paid twice: refund the second payment',
  )
  await recordAudit(tx, {
    accountId,
    actor: system('stripe'),
    action: 'purchase.paid_twice',
    after: { purchaseId, paymentIntentId, other: paid.paymentIntentId, received: formatMoney(paid.received) },
    at,
  })
}
