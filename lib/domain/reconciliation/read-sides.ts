import { isId } from '@/lib/core/ids'
import { pool } from '@/lib/edges/db'
import { type ListedPayment, patiently, readDisputesOf, readListedPayment, readRefundsOf } from '@/lib/edges/stripe'
import { appMetadata } from '../payment-methods'
import type { BookedPurchase, PaymentAtStripe } from './rules'
import { readBooked, readPayers } from './store'

/** One payment at Stripe beside every purchase that it names or that names it. */
export interface Sides {
  payment: PaymentAtStripe
  purchases: BookedPurchase[]
  payerAccountId: string | null
  /** Made by another program that shares the Stripe account, and named by no purchase of ours. */
  isForeign: boolean
}

/** Asked of Stripe at once: well below its limit, so that customers are served meanwhile. */
const parallelReads = 4

/** Reads our side of a page of payments, and what became of those that were refunded or disputed. */
export async function readSides(listed: ListedPayment[]): Promise<Sides[]> {
  const purchaseIds = listed.map(({ metadata }) => metadata.purchase_id ?? '').filter(isId)
  const paymentIntentIds = listed.map((payment) => payment.paymentIntentId)
  const customerIds = listed.map(({ customerId }) => customerId).filter((id) => id !== null)
  const [booked, payers] = await Promise.all([
    readBooked(pool(), { paymentIntentIds, purchaseIds }),
    readPayers(pool(), customerIds),
  ])
  return inParallel(listed, async (payment) => {
    const purchases = booked.filter((purchase) => isOf(purchase, payment))
    const isForeign = payment.metadata.app !== appMetadata.app && purchases.length === 0
    const hasMoved = payment.hasMoved || purchases.some(({ refunds, disputes }) => refunds.length + disputes.length > 0)
    const payerAccountId = (payment.customerId && payers.get(payment.customerId)) || null
    const taken = isForeign || !hasMoved ? nothingTaken : await readTaken(payment.paymentIntentId)
    return { payment: { ...payment, ...taken }, purchases, payerAccountId, isForeign }
  })
}

const isOf = (purchase: BookedPurchase, { paymentIntentId, metadata }: ListedPayment): boolean =>
  purchase.paymentIntentId === paymentIntentId ||
  (metadata.app === appMetadata.app && purchase.purchaseId === metadata.purchase_id)

const nothingTaken = { refunds: [], disputes: [] }

async function readTaken(paymentIntentId: string): Promise<Pick<PaymentAtStripe, 'refunds' | 'disputes'>> {
  const [refunds, disputes] = await Promise.all([
    patiently(() => readRefundsOf(paymentIntentId)),
    patiently(() => readDisputesOf(paymentIntentId)),
  ])
  return {
    refunds: refunds.map(({ stripeRefundId, ...refund }) => ({ ...refund, refundId: stripeRefundId })),
    disputes: disputes.map(({ stripeDisputeId, ...dispute }) => ({ ...dispute, disputeId: stripeDisputeId })),
  }
}

/** The payment as it is now, with our side of it; null when Stripe has none of that id. */
export async function readSidesOf(paymentIntentId: string): Promise<Sides | null> {
  const listed = await readPaymentOrNull(paymentIntentId)
  if (!listed) return null
  const [sides] = await readSides([{ ...listed, hasMoved: true }])
  return sides!
}

/** Payments by their ids, without those that Stripe does not have. */
export async function readPaymentsById(paymentIntentIds: string[]): Promise<ListedPayment[]> {
  const read = await inParallel(paymentIntentIds, readPaymentOrNull)
  return read.filter((payment) => payment !== null)
}

const isPaymentId = (id: string): boolean => /^pi_\w{1,250}$/.test(id)

const readPaymentOrNull = async (id: string): Promise<ListedPayment | null> =>
  isPaymentId(id) ? patiently(() => readListedPayment(id)) : null

/** Runs `work` for each item, some at once, and answers in their order. */
export async function inParallel<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < items.length; first += parallelReads) {
    results.push(...(await Promise.all(items.slice(first, first + parallelReads).map(work))))
  }
  return results
}
