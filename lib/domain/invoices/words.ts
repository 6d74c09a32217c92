/** What stands on an invoice. Pure. */
import type { InvoiceRow, LineRow } from './store'

const monthName = (period: string): string =>
  new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${period}-01T00:00:00Z`),
  )

/** "Usage in November 2026", "Usage up to the end of the contract, November 2026". */
export const describeInvoice = ({ kind, period }: Pick<InvoiceRow, 'kind' | 'period'>): string =>
  kind === 'monthly' ? `Usage in ${monthName(period)}` : `Usage up to the end of the contract, ${monthName(period)}`

/** "Usage of Llama 70B", "Outstanding from before", "Credit used first". */
export function describeLine({ kind, used, modelName }: LineRow): string {
  if (kind === 'credit') return 'Credit used first'
  if (kind === 'earlier') return 'Outstanding from before'
  return `Usage of ${modelName ?? used?.model}`
}
