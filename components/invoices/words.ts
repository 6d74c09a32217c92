import type { Formats, Texts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { InvoiceDto } from '@/lib/domain/invoices'
import type { Tone } from '../ui/badge'

export const invoiceTones: Record<InvoiceDto['state'], Tone> = {
  preparing: 'neutral',
  open: 'accent',
  past_due: 'bad',
  paid: 'good',
  void: 'neutral',
  uncollectible: 'bad',
}

/** Stripe's number; before there is one, the month. */
export const invoiceName = (t: Texts<'invoices'>, f: Formats, { number, period }: InvoiceDto): string =>
  number ?? t('unnumbered', { month: f.month(period) })

/** "Due Dec 31, 2026", "3 days past due", "Paid Dec 2, 2026", "Paid Dec 2, 2026, $10.00 of it went back". */
export function invoiceWhen(t: Texts<'invoices.when'>, f: Formats, invoice: InvoiceDto): string {
  const { state, dueAt, paidAt, closedAt, createdAt, daysPastDue, timeZone } = invoice
  const day = (at: string | null) => f.day(at ?? createdAt, timeZone)
  if (state === 'past_due') return t('past_due', { days: daysPastDue ?? 0 })
  if (state === 'open') return dueAt ? t('open', { day: day(dueAt) }) : ''
  if (hasGoneBack(invoice)) return t('refundedPart', { day: day(paidAt), amount: f.money(invoice.takenBack) })
  if (state === 'paid') return t('paid', { day: day(paidAt) })
  if (state === 'void') return t('void', { day: day(closedAt) })
  return t(state)
}

/** Whether refunds or lost disputes have taken back of what was paid. */
export const hasGoneBack = ({ takenBack, currency }: InvoiceDto): boolean =>
  isPositive(parseMoney(takenBack, 'takenBack', currency))

/** Whether there is something to pay on its page. */
export const isPayable = ({ state, hostedUrl }: InvoiceDto): boolean =>
  hostedUrl !== null && (state === 'open' || state === 'past_due' || state === 'uncollectible')
