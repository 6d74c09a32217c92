import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { pool } from '@/lib/edges/db'
import { requireOperator } from '../members'
import { newestFirst } from './list-timeline'
import { type Attempt, type AttemptFacts, type Note, readAccountNames, readActivity, readNotes } from './store'
import { activityNoteText, outcomeText, whyText } from './words'

/** One line of what operators see: the customer's sentence, and the codes behind it. */
export type TopUpActivityEntry = {
  entryId: string
  accountId: string
  accountName: string
  at: string
  /** What a person reads. */
  text: string
  /** What was charged, or would have been. */
  amount: string | null
} & (
  | { kind: 'note'; reason: Note['reason'] }
  | {
      kind: 'attempt'
      state: Attempt['state']
      purchaseId: string
      whyText: string
      facts: AttemptFacts
      /** The billing month that it counts in. */
      month: string
      card: { brand: string; last4: string } | null
      /** The card's fingerprint at Stripe, or the payment method's id where there is none. */
      cardIdentity: string
      stripePaymentMethodId: string
      paymentIntentId: string | null
      recoverySessionId: string | null
      idempotencyKey: string
      declineCode: string | null
      adviceCode: string | null
      networkAdviceCode: string | null
      message: string | null
      tries: number
      nextTryAt: string | null
      closedAt: string | null
    }
)

const pageLength = 100

/**
 * What auto top-up did and why not, of one account or of all, newest first, at most 100. `before`: an instant (ISO) to go
 * on from. @throws Refusal `not_found`, `not_allowed`, `invalid_request` naming the field.
 */
export async function listTopUpActivity(
  actor: Actor,
  { accountId = null, before }: { accountId?: string | null; before?: string | undefined } = {},
): Promise<TopUpActivityEntry[]> {
  await requireOperator(actor, 'operator:read')
  const page = { accountId, before: instantOf(before), limit: pageLength }
  const [attempts, notes] = await Promise.all([readActivity(pool(), page), readNotes(pool(), page)])
  const names = await readAccountNames(pool(), [...new Set([...attempts, ...notes].map((row) => row.accountId))])
  const nameOf = (row: { accountId: string }) => names.get(row.accountId) ?? ''
  return [
    ...attempts.map((attempt) => attemptEntry(attempt, nameOf(attempt))),
    ...notes.map((note) => noteEntry(note, nameOf(note))),
  ]
    .sort(newestFirst)
    .slice(0, pageLength)
}

function instantOf(text: string | undefined): Date | null {
  if (text === undefined) return null
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return at
  throw new Refusal('invalid_request', {
    field: 'before',
    message: 'before is an instant, such as 2026-11-21T12:00:00Z.',
  })
}

const noteEntry = ({ noteId, accountId, reason, amount, at }: Note, accountName: string): TopUpActivityEntry => ({
  kind: 'note',
  entryId: noteId,
  accountId,
  accountName,
  at: at.toISOString(),
  text: activityNoteText(reason, amount),
  amount: amount && formatMoney(amount),
  reason,
})

const attemptEntry = (attempt: Attempt, accountName: string): TopUpActivityEntry => ({
  kind: 'attempt',
  entryId: attempt.attemptId,
  accountId: attempt.accountId,
  accountName,
  at: attempt.createdAt.toISOString(),
  text: outcomeText(attempt),
  amount: formatMoney(attempt.amount),
  state: attempt.state,
  purchaseId: attempt.purchaseId,
  whyText: whyText(attempt.facts),
  facts: attempt.facts,
  month: attempt.month,
  card: attempt.card,
  cardIdentity: attempt.cardIdentity,
  stripePaymentMethodId: attempt.stripePaymentMethodId,
  paymentIntentId: attempt.paymentIntentId,
  recoverySessionId: attempt.recoverySessionId,
  idempotencyKey: attempt.request.idempotencyKey,
  declineCode: attempt.declineCode,
  adviceCode: attempt.adviceCode,
  networkAdviceCode: attempt.networkAdviceCode,
  message: attempt.message,
  tries: attempt.tries,
  nextTryAt: attempt.nextTryAt?.toISOString() ?? null,
  closedAt: attempt.closedAt?.toISOString() ?? null,
})
