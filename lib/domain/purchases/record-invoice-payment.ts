import { cents, isPositive, type Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import type { PaymentFacts } from '@/lib/edges/stripe'
import { type InvoicePayment, insertInvoicePayment, storeReceipt } from './store'

/**
 * Writes the payment of an invoice beside the purchases, under the invoice's id, so that its refunds and disputes are followed as
 * theirs are. Written again it stays as it is. The caller holds the balance's lock.
 */
export async function recordInvoicePayment(tx: Tx, paid: InvoicePayment): Promise<void> {
  const { accountId, invoiceId, payment } = paid
  const purchase = { accountId, purchaseId: invoiceId }
  if (!(await insertInvoicePayment(tx, paid))) return
  const { charge } = payment
  if (!charge) return
  await storeReceipt(tx, purchase, charge)
  // It may have been refunded or disputed before anybody here heard that it was made.
  if (charge.isDisputed || isPositive(charge.refunded)) {
    await enqueue(tx, 'sync-refunds', purchase, { key: `sync-refunds:${invoiceId}` })
  }
}

/** Whether a payment can stand for credit: of its currency, and not less than it. The rest is tax. */
export const covers = ({ received }: PaymentFacts, credit: Money): boolean =>
  received.currency === credit.currency &&
  received.nanos >= credit.nanos &&
  isPositive(credit) &&
  credit.nanos % cents(1).nanos === 0n
