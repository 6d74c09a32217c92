/** What a dispute's status means for the credit that it is about. Pure; also runs in the browser. */

/** nothing: the credit stays usable. frozen: it waits for the bank. taken: the money is gone, and the credit with it. */
export type Stance = 'nothing' | 'frozen' | 'taken'

const stances: Record<string, Stance> = {
  warning_needs_response: 'nothing',
  warning_under_review: 'nothing',
  warning_closed: 'nothing',
  prevented: 'nothing',
  needs_response: 'frozen',
  under_review: 'frozen',
  won: 'nothing',
  lost: 'taken',
  // An appeal begins after the loss: the money is with the customer's bank until the appeal is won.
  appeal_needs_response: 'taken',
  appeal_under_review: 'taken',
}

const isKnown = (status: string): boolean => Object.hasOwn(stances, status)

/**
 * What becomes of the credit at a status of Stripe's (its own word). A word that did not exist when this was written freezes
 * what is left when money has been withdrawn (`withdrawnCents`, less what was reinstated), and changes nothing otherwise.
 */
export function stanceOf({ status, withdrawnCents }: { status: string; withdrawnCents: bigint }): Stance {
  if (isKnown(status)) return stances[status]!
  return withdrawnCents > 0n ? 'frozen' : 'nothing'
}

/** Whether the bank has spoken. Only an appeal reopens it. */
export const isDecided = (status: string): boolean =>
  status === 'won' || status === 'lost' || status === 'warning_closed' || status === 'prevented'

/** What the account is told when a dispute comes to a status; null: nothing, for no money moves. */
export function noticeOf(dispute: {
  status: string
  withdrawnCents: bigint
}): 'dispute_opened' | 'dispute_won' | 'dispute_lost' | null {
  if (dispute.status === 'won') return 'dispute_won'
  if (dispute.status === 'lost') return 'dispute_lost'
  return stanceOf(dispute) === 'frozen' ? 'dispute_opened' : null
}

const texts: Record<string, string> = {
  warning_needs_response: 'The bank asks about this payment',
  warning_under_review: 'The bank looks into this payment',
  warning_closed: 'The bank has closed its question',
  prevented: 'Settled before it became a dispute',
  needs_response: 'Disputed',
  under_review: 'Disputed, with the bank',
  won: 'Dispute decided for the platform',
  lost: 'Dispute decided for the cardholder',
  appeal_needs_response: 'Decided for the cardholder, appeal possible',
  appeal_under_review: 'Decided for the cardholder, appeal under review',
}

export const disputeText = (status: string): string => (isKnown(status) ? texts[status]! : 'Disputed')
