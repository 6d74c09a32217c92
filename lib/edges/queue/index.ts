/** Work that follows from a fact: a job is a row of the same transaction, so it exists exactly when the fact does. */
import type { Tx } from '@/lib/edges/db'

/** Every job and what it carries. The worker has one handler for each. */
export interface Jobs {
  'settle-purchase': { accountId: string; purchaseId: string }
  'run-auto-top-up': { accountId: string }
  /** A person did what lifts a pause: bought by hand, or added a payment method. */
  'resume-auto-top-up': { accountId: string; because: 'purchase' | 'payment_method' }
  'process-stripe-event': { eventId: string }
  'send-notification': { accountId: string; notificationId: string }
  'send-webhook': { accountId: string; notificationId: string; userId: string }
  'run-reconciliation': { reportId: string }
  'tell-of-drift': { reportId: string }
  'run-refund': { accountId: string; refundId: string }
  'sync-refunds': { accountId: string; purchaseId: string }
  'tell-operators': { changeId: string }
  'tell-limit-request': { accountId: string; requestId: string }
  'tell-postpaid-request': { accountId: string; requestId: string }
  'run-invoice': { accountId: string; invoiceId: string }
  'credit-invoices': { accountId: string }
  'run-credit-note': { accountId: string; creditNoteId: string }
  /** deviceHash: in hex. */
  'tell-new-device': { userId: string; deviceHash: string }
}

/**
 * Adds a job in the caller's transaction. Jobs with the same `key` that have not started are one job.
 * A handler may run twice, so each runs a verb that is idempotent.
 */
export async function enqueue<Task extends keyof Jobs>(
  tx: Tx,
  task: Task,
  payload: Jobs[Task],
  options: { key?: string; runAt?: Date } = {},
): Promise<void> {
  await tx.query('select enqueue_job($1, $2, $3, $4)', [task, payload, options.key ?? null, options.runAt ?? null])
}
