/** What one run of the reconciliation carries along. */
import type { FindingState } from './rules'
import type { Counts } from './store'

export type Phase =
  | 'payments'
  | 'refunds'
  | 'disputes'
  | 'balance transactions'
  | 'invoices'
  | 'purchases'
  | 'earlier findings'
  | 'accounts'

export interface Run {
  reportId: string
  /** The mode of our key. */
  livemode: boolean
  since: Date | null
  startedAt: Date
  /** Whether what a verb can put right is handed to it. */
  isHealing: boolean
  /** How often what may still be under way is looked at before it becomes a finding, and how long is waited between. */
  looks: number
  pauseMs: number
  counts: Counts
  /** Findings that stand in the report already, by their key. */
  seen: Set<string>
  onProgress: (progress: { phase: Phase; done: number }) => void
}

export const noCounts = (): Counts => ({
  payments: 0,
  refunds: 0,
  disputes: 0,
  balanceTransactions: 0,
  purchases: 0,
  foreign: 0,
  open: 0,
  healed: 0,
  known: 0,
})

/** More are counted, and not written down: so many differences have one cause. */
export const mostFindings = 10_000

/** What a finding is when nothing has put it right. */
export const stateOf = (kind: string): FindingState => (kind === 'payment_put_aside' ? 'known' : 'open')
