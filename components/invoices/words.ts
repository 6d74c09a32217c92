import type { Formats, Texts } from '#texts'
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

/** "Due Dec 31, 2026", "3 days past due", "Paid Dec 2, 2026". */
export function invoiceWhen(t: Texts<'invoices.when'>, f: Formats, invoice: InvoiceDto): string {
  const { state, dueAt, paidAt, closedAt, createdAt, daysPastDue, timeZone } = invoice
  const day = (at: string | null) => f.day(at ?? createdAt, timeZone)
  if (state === 'past_due') return t('past_due', { days: daysPastDue ?? 0 })
  if (state === 'open') return dueAt ? t('open', { day: day(dueAt) }) : ''
  if (state === 'paid') return t('paid', { day: day(paidAt) })
  if (state === 'void') return t('void', { day: day(closedAt) })
  return t(state)
}

/** Whether there is something to pay on its page. */
export const isPayable = ({ state, hostedUrl }: InvoiceDto): boolean =>
  hostedUrl !== null && (state === 'open' || state === 'past_due' || state === 'uncollectible')
