/** What Stripe and our books say of one invoice of a post-paid account, compared. Pure: facts in, findings out. */
import { cents, displayMoney, type Money } from '@/lib/core/money'
import { paidBeforeTax } from '../invoices/rules'
import type { Finding, FindingKind } from './rules'

export interface InvoiceAtStripe {
  stripeInvoiceId: string
  status: string
  /** Asked for at first, tax included, and without tax. */
  total: Money
  beforeTax: Money
  /** Taken off by credit notes, tax included. */
  credited: Money
  paid: Money
  metadata: Record<string, string>
}

export interface BookedInvoice {
  accountId: string
  invoiceId: string
  stripeInvoiceId: string | null
  state: string
  amountCents: bigint
  currency: string
  paidCents: bigint | null
  /** Taken off by credit notes, without tax. */
  creditedCents: bigint
  /** What the ledger has of its payment. */
  posted: Money
}

/** Every difference between an invoice at Stripe and ours. */
export function compareInvoice(there: InvoiceAtStripe | null, booked: BookedInvoice | null): Finding[] {
  if (!there) return booked ? withoutStripe(booked) : []
  if (!booked) return there.status === 'void' ? [] : [unknown(there)]
  const find = (sentence: string, atStripe: Money | null, inBooks: Money | null): Finding =>
    finding('invoice_differs', booked.accountId, there.stripeInvoiceId, sentence, atStripe, inBooks)
  if (booked.stripeInvoiceId !== there.stripeInvoiceId) {
    if (there.status === 'void') return []
    const known = booked.stripeInvoiceId ?? 'none'
    return [find(`The invoice is there besides the one that we know (${known}).`, there.beforeTax, null)]
  }
  const amount = cents(booked.amountCents, booked.currency)
  const asked = there.beforeTax
  if (there.status !== 'draft' && asked.nanos !== amount.nanos) {
    return [find(`It asks for ${displayMoney(asked)}, and ours for ${displayMoney(amount)}.`, asked, amount)]
  }
  if (there.status !== booked.state) return [find(`It is ${there.status}, and ours is ${booked.state}.`, asked, amount)]
  if (there.status !== 'paid') return []
  const owed = cents(paidOf(there, booked), booked.currency)
  if (owed.nanos === booked.posted.nanos) return []
  const posted = displayMoney(booked.posted)
  return [find(`${displayMoney(owed)} was paid for it without tax, and ${posted} was posted.`, owed, booked.posted)]
}

const centsOf = ({ nanos }: Money): bigint => nanos / 10_000_000n

const paidOf = (there: InvoiceAtStripe, { creditedCents }: BookedInvoice): bigint =>
  paidBeforeTax({
    paidCents: centsOf(there.paid),
    totalCents: centsOf(there.total),
    beforeTaxCents: centsOf(there.beforeTax),
    creditedCents: centsOf(there.credited),
    creditedBeforeTaxCents: creditedCents,
  })

function withoutStripe(booked: BookedInvoice): Finding[] {
  // Not made yet; or a draft that was deleted, which asks for nothing.
  if (booked.stripeInvoiceId === null || booked.state === 'void') return []
  const amount = cents(booked.amountCents, booked.currency)
  const sentence = `Our invoice is ${booked.state}, and Stripe does not have it.`
  return [finding('invoice_missing', booked.accountId, booked.stripeInvoiceId, sentence, null, amount)]
}

const unknown = (there: InvoiceAtStripe): Finding =>
  finding(
    'unknown_invoice',
    null,
    there.stripeInvoiceId,
    `The invoice (${there.status}) names the invoice ${there.metadata.invoice_id}, which our books do not have.`,
    there.beforeTax,
    null,
  )

const finding = (
  kind: FindingKind,
  accountId: string | null,
  objectId: string,
  sentence: string,
  atStripe: Money | null,
  inBooks: Money | null,
): Finding => ({ kind, accountId, purchaseId: null, paymentIntentId: null, objectId, atStripe, inBooks, sentence })
