/** What differs between Stripe and our books: the facts of both sides, the kinds of findings, and what to do about each. Pure. */
import type { Money } from '@/lib/core/money'
import { hourMs, minuteMs } from '@/lib/core/time'

export interface RefundAtStripe {
  refundId: string
  status: string
  amount: Money
  createdAt: Date
}

export interface DisputeAtStripe {
  disputeId: string
  status: string
  amount: Money
  withdrawn: Money
  createdAt: Date
}

/** A payment with all that became of it, as Stripe tells it. */
export interface PaymentAtStripe {
  paymentIntentId: string
  status: string
  received: Money
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  balanceTransactionId: string | null
  refunds: RefundAtStripe[]
  disputes: DisputeAtStripe[]
}

export interface BookedRefund {
  refundId: string
  stripeRefundId: string | null
  /** requested, pending, succeeded, failed or canceled. */
  state: string
  amount: Money
}

export interface BookedDispute {
  disputeId: string
  stripeDisputeId: string
  status: string
  withdrawn: Money
}

/** A purchase with what the ledger posted for it. */
export interface BookedPurchase {
  accountId: string
  purchaseId: string
  origin: string
  state: string
  paymentIntentId: string | null
  livemode: boolean
  currency: string
  /** Before discount and tax; null until it was paid, as the three below. */
  subtotal: Money | null
  discount: Money | null
  tax: Money | null
  /** What was paid. */
  total: Money | null
  /** Credit posted for the payment. */
  credited: Money
  /** Credit taken back for refunds, less what was given back. */
  takenByRefunds: Money
  /** Credit taken back for lost disputes, less what was given back. */
  takenByDisputes: Money
  /** Credit that waits in the disputed bucket. */
  frozen: Money
  refunds: BookedRefund[]
  disputes: BookedDispute[]
  /** Of its automatic charge; null for a purchase by hand. */
  attemptState: string | null
}

export const findingKinds = [
  'payment_not_credited',
  'credited_without_payment',
  'attempt_without_payment',
  'paid_twice',
  'amount_differs',
  'currency_differs',
  'mode_differs',
  'wrong_account',
  'unknown_purchase',
  'payment_put_aside',
  'refund_not_taken',
  'refund_taken_but_failed',
  'dispute_not_followed',
  'balance_transaction_missing',
  'balance_transaction_differs',
  'account_total_differs',
  'unknown_invoice',
  'invoice_differs',
  'invoice_missing',
  'invoice_payment_returned',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** open: a difference, for a person. healed: it was one, and the reconciliation put it right. known: a person has it already. */
export type FindingState = 'open' | 'healed' | 'known'

export interface Finding {
  kind: FindingKind
  accountId: string | null
  purchaseId: string | null
  paymentIntentId: string | null
  /** The refund, dispute or balance transaction that it is about, when it is not the payment. */
  objectId: string | null
  /** What Stripe says, and what our books say; null where one side says nothing. */
  atStripe: Money | null
  inBooks: Money | null
  sentence: string
}

/** What an operator does about each kind. */
const whatToDo: Record<FindingKind, string> = {
  payment_not_credited:
    'Look at the purchase and its last events. If it stays, settle it by hand or refund the payment in Stripe.',
  credited_without_payment:
    'Look for the payment in Stripe. If there is none, find out who changed the purchase, and take the credit back.',
  attempt_without_payment: 'Look for the payment in Stripe. If there is none, find out who changed the attempt.',
  paid_twice: 'Refund the second payment in Stripe: no credit was given for it.',
  amount_differs:
    'Compare the receipt with the purchase. Refund or credit the difference, and find out where it comes from.',
  currency_differs: 'Refund the payment in Stripe: it is not in the currency of the account.',
  mode_differs: 'Check which key this installation runs with. Test money must never become credit of a live account.',
  wrong_account:
    'Find out who paid. Refund the payment in Stripe, or correct its account, before either of them spends it.',
  unknown_purchase:
    'Check whether another installation uses this Stripe account, or a backup was restored. Else refund the payment.',
  payment_put_aside: 'Decide the purchase that is under review: refund the payment in Stripe, or credit it by hand.',
  refund_not_taken: 'Read the refunds of the purchase again; if it stays, look at the dead events and the job queue.',
  refund_taken_but_failed:
    'Read the refunds of the purchase again, so that the customer has the credit back; if it stays, look at the dead events.',
  dispute_not_followed:
    'Read the disputes of the purchase again; if it stays, look at the dead events and the job queue.',
  balance_transaction_missing: 'Look at the payment in Stripe: money was taken that has not reached the balance.',
  balance_transaction_differs: 'Compare the balance transaction with its source in Stripe, and ask Stripe about it.',
  account_total_differs:
    'Run the books check. A transfer of this account belongs to no payment, or one was changed: find which.',
  unknown_invoice:
    'Check whether another installation uses this Stripe account, or a backup was restored. Else void the invoice in Stripe.',
  invoice_differs:
    'Open the invoice in Stripe and compare it with ours; if it stays, look at the dead events and the job queue.',
  invoice_payment_returned:
    'It was not the one payment of its invoice, so nothing takes it back by itself. Agree with the customer what is still owed, and collect it outside of the invoices.',
  invoice_missing: 'Find out who deleted the invoice, or which Stripe account it was made in.',
}

export const todoOf = (kind: FindingKind): string => whatToDo[kind]

/** What puts a finding right without a person: the verb that everybody else runs for it. */
export type Remedy = 'settle' | 'synchronise' | null

const remedies: Partial<Record<FindingKind, Remedy>> = {
  payment_not_credited: 'settle',
  refund_not_taken: 'synchronise',
  refund_taken_but_failed: 'synchronise',
  dispute_not_followed: 'synchronise',
}

export const remedyOf = (kind: FindingKind): Remedy => remedies[kind] ?? null

/** Two findings with the same key are the same difference, seen twice. */
export const keyOf = ({ kind, paymentIntentId, purchaseId, objectId }: Finding): string =>
  [kind, paymentIntentId ?? purchaseId, objectId].join(' ')

/** Stripe books a charge a moment after it succeeded. */
export const bookedWithinMs = hourMs

/** What moved this lately may still be under way, on either side. */
export const settlesWithinMs = 5 * minuteMs
