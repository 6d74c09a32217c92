import type { InvoiceDto } from '@/lib/domain/invoices'

export const invoiceStateWords: Record<InvoiceDto['state'], string> = {
  preparing: 'Being prepared',
  open: 'Open',
  past_due: 'Past due',
  paid: 'Paid',
  void: 'Void',
  uncollectible: 'Uncollectible',
}

/** "Invoice PURSE-0001", "Invoice of 2026-11". */
export const invoiceTitle = ({ number, period, kind }: InvoiceDto): string =>
  number ? `Invoice ${number}` : kind === 'final' ? `Final invoice, ${period}` : `Invoice of ${period}`
