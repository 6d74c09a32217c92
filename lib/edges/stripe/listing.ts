/** Stripe's own books, page by page: what a reconciliation compares ours with. At most one page is in memory. */
import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import { Refusal } from '@/lib/core/errors'
import { cents, type Money } from '@/lib/core/money'
import { type EventHint, eventHint, idOf, type PaymentStatus } from './facts'
import { ask, checkId, isMissing } from './problems'

/** A payment as far as money is concerned. */
export interface ListedPayment {
  paymentIntentId: string
  status: PaymentStatus
  /** What came in; zero before it succeeded. */
  received: Money
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  chargeId: string | null
  /** The balance transaction that booked the charge; Stripe makes it a moment after the payment. */
  balanceTransactionId: string | null
  /** Whether the charge says that refunds or disputes may exist: they are read only then. */
  hasMoved: boolean
}

export interface ListedRefund {
  refundId: string
  paymentIntentId: string | null
  /** pending, requires_action, succeeded, failed or canceled. */
  status: string
  amount: Money
  createdAt: Date
}

export interface ListedDispute {
  disputeId: string
  paymentIntentId: string | null
  /** Stripe's own word; new ones appear. */
  status: string
  amount: Money
  /** What was withdrawn from our balance and not given back, without Stripe's fee. */
  withdrawn: Money
  createdAt: Date
}

export interface ListedBalanceTransaction {
  balanceTransactionId: string
  type: string
  /** Signed: positive came in. Without Stripe's fee. */
  amount: Money
  /** The charge, refund or dispute that it books; null for payouts and the like. */
  sourceId: string | null
  /** The payment that the source belongs to; null when it belongs to none. */
  paymentIntentId: string | null
  /** What the source itself says it moved, signed as `amount`; null where the source does not say it by one figure. */
  sourceAmount: Money | null
  createdAt: Date
}

/** From when to when objects were created. Without `since`: everything there is. */
export interface ListingWindow {
  since: Date | null
  until: Date
}

const pageSize = 100

/** Pauses before a page is asked for again: a list of thousands of pages outlives a hiccup of Stripe's. */
const pausesMs = [500, 2_000, 8_000]

/** Repeats a read while Stripe is away for a moment. @throws Refusal `payment_provider_unavailable` when it stays away */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'payment_provider_unavailable')) throw error
      await sleep(pauseMs)
    }
  }
  return read()
}

interface Page<T> {
  object: 'list'
  data: T[]
  has_more: boolean
}

interface PageParams {
  limit: number
  created: { gte?: number; lte: number }
  starting_after?: string
}

/** Pages of a list, newest first. @throws Refusal `payment_provider_unavailable` */
export async function* pagesOf<T extends { id: string }>(
  window: ListingWindow,
  read: (client: Stripe, params: PageParams) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  const created = {
    lte: Math.ceil(window.until.getTime() / 1000),
    ...(window.since && { gte: Math.floor(window.since.getTime() / 1000) }),
  }
  for (let after: string | undefined; ; ) {
    const params = { limit: pageSize, created, ...(after && { starting_after: after }) }
    const page: Page<T> = await patiently(() => ask('list', (client) => read(client, params)))
    if (page.data.length > 0) yield page.data
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) return
  }
}

/** Every payment created in the window, ours and others'. @throws Refusal `payment_provider_unavailable` */
export async function* listPayments(window: ListingWindow): AsyncGenerator<ListedPayment[]> {
  const expand = ['data.latest_charge']
  for await (const page of pagesOf(window, (client, params) => client.paymentIntents.list({ ...params, expand }))) {
    yield page.map(listedPayment)
  }
}

/** Every refund created in the window. @throws Refusal `payment_provider_unavailable` */
export async function* listRefunds(window: ListingWindow): AsyncGenerator<ListedRefund[]> {
  for await (const page of pagesOf(window, (client, params) => client.refunds.list(params)))
    yield page.map(listedRefund)
}

/** Every dispute created in the window. @throws Refusal `payment_provider_unavailable` */
export async function* listDisputes(window: ListingWindow): AsyncGenerator<ListedDispute[]> {
  for await (const page of pagesOf(window, (client, params) => client.disputes.list(params)))
    yield page.map(listedDispute)
}

/** Every movement of our balance at Stripe in the window. @throws Refusal `payment_provider_unavailable` */
export async function* listBalanceTransactions(window: ListingWindow): AsyncGenerator<ListedBalanceTransaction[]> {
  const expand = ['data.source']
  const read = (client: Stripe, params: PageParams) => client.balanceTransactions.list({ ...params, expand })
  for await (const page of pagesOf(window, read)) yield page.map(listedBalanceTransaction)
}

/** A payment as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function readListedPayment(paymentIntentId: string): Promise<ListedPayment | null> {
  const id = checkId(paymentIntentId, 'pi')
  try {
    const expand = ['latest_charge']
    return listedPayment(await ask('payment_intent', (client) => client.paymentIntents.retrieve(id, { expand })))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Events of the window that some endpoint of ours has not taken. @throws Refusal `payment_provider_unavailable` */
export async function* listUndeliveredEvents(window: ListingWindow): AsyncGenerator<EventHint[]> {
  const read = (client: Stripe, params: PageParams) => client.events.list({ ...params, delivery_success: false })
  for await (const page of pagesOf(window, read)) {
    yield page.map((event) => eventHint(event as unknown as Record<string, unknown>))
  }
}

const instantOf = (seconds: number): Date => new Date(seconds * 1000)

const expanded = <T extends { id: string }>(reference: string | T | null | undefined): T | null =>
  reference && typeof reference !== 'string' ? reference : null

function listedPayment(intent: Stripe.PaymentIntent): ListedPayment {
  const charge = expanded(intent.latest_charge)
  return {
    paymentIntentId: intent.id,
    status: intent.status as PaymentStatus,
    received: cents(intent.amount_received, intent.currency),
    customerId: idOf(intent.customer),
    livemode: intent.livemode,
    metadata: intent.metadata,
    createdAt: instantOf(intent.created),
    chargeId: idOf(intent.latest_charge),
    balanceTransactionId: idOf(charge?.balance_transaction),
    hasMoved: charge !== null && (charge.amount_refunded > 0 || charge.refunded || charge.disputed),
  }
}

function listedRefund(refund: Stripe.Refund): ListedRefund {
  return {
    refundId: refund.id,
    paymentIntentId: idOf(refund.payment_intent),
    status: refund.status ?? 'pending',
    amount: cents(refund.amount, refund.currency),
    createdAt: instantOf(refund.created),
  }
}

function listedDispute(dispute: Stripe.Dispute): ListedDispute {
  const moved = dispute.balance_transactions.reduce((total, { amount }) => total + amount, 0)
  return {
    disputeId: dispute.id,
    paymentIntentId: idOf(dispute.payment_intent),
    status: dispute.status,
    amount: cents(dispute.amount, dispute.currency),
    withdrawn: cents(-moved, dispute.currency),
    createdAt: instantOf(dispute.created),
  }
}

interface Source {
  id: string
  amount?: number
  currency?: string
  payment_intent?: string | { id: string } | null
}

/** The direction in which each kind moves the amount of its source. */
const signs: Record<string, number> = { charge: 1, payment: 1, refund: -1, payment_refund: -1, refund_failure: 1 }

function listedBalanceTransaction(transaction: Stripe.BalanceTransaction): ListedBalanceTransaction {
  const source = expanded(transaction.source as string | Source | null)
  const sign = signs[transaction.type]
  const isComparable = sign !== undefined && source?.amount !== undefined && source.currency === transaction.currency
  return {
    balanceTransactionId: transaction.id,
    type: transaction.type,
    amount: cents(transaction.amount, transaction.currency),
    sourceId: idOf(transaction.source as string | Source | null),
    paymentIntentId: idOf(source?.payment_intent),
    sourceAmount: isComparable ? cents(sign * source.amount!, transaction.currency) : null,
    createdAt: instantOf(transaction.created),
  }
}
