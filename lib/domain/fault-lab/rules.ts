/** What can be played in the fault lab, and what a play needs. Pure; also runs in the browser. */

export const faults = [
  'reset_before',
  'reset_after',
  'truncated_200',
  'hang',
  'http_429',
  'http_409',
  'http_500',
  'html_502',
  'stale_read',
  'down',
] as const
export type FaultName = (typeof faults)[number]

export const eventModes = ['normal', 'hold', 'lose', 'repeat', 'delay', 'bad_signature', 'old_version'] as const
export type EventMode = (typeof eventModes)[number]

export const releaseOrders = ['fifo', 'reverse', 'shuffle'] as const
export const oddEvents = ['resend', 'thin_event', 'livemode', 'oversized', 'old_timestamp', 'truncated'] as const
export const cardBehaviours = [
  'works',
  'insufficient_funds',
  'lost_card',
  'generic_decline',
  'authentication_needed',
] as const
export type CardBehaviour = (typeof cardBehaviours)[number]
export const waysToPay = ['card', 'saved_card', 'declined_card', 'bank_account'] as const
export const disputeMoves = ['open', 'inquiry', 'won', 'lost', 'appeal', 'won_back', 'unknown'] as const
export type DisputeMove = (typeof disputeMoves)[number]
export const spans = ['hour', 'day', 'week', 'month'] as const
export const usageAmounts = ['0.50', '5.00', 'all'] as const

/** One press of a button. */
export type Play =
  /** `next`: the next call that could move money (of stale reads: the next read of a payment page). */
  | { kind: 'api'; fault: FaultName; until: 'next' | 'healed' }
  | { kind: 'events'; mode: EventMode }
  | { kind: 'release'; order: (typeof releaseOrders)[number] }
  | { kind: 'event'; how: (typeof oddEvents)[number] }
  | { kind: 'card'; behaviour: CardBehaviour }
  | { kind: 'auto_top_up' }
  | { kind: 'pay'; how: (typeof waysToPay)[number] }
  | { kind: 'debit'; outcome: 'succeeded' | 'failed' }
  | { kind: 'refund'; part: 'half' | 'rest' }
  | { kind: 'refund_fails' }
  | { kind: 'dispute'; move: DisputeMove }
  | { kind: 'time'; by: (typeof spans)[number] }
  | { kind: 'usage'; amount: (typeof usageAmounts)[number] }
  | { kind: 'heal' }

/** What the account and the sandbox have, as far as plays need it. */
export interface LabFacts {
  hasSavedCard: boolean
  isAutoTopUpOn: boolean
  hasDebitUnderWay: boolean
  /** A payment of which something is left to return, and of which at least two cents are. */
  canRefund: boolean
  canRefundHalf: boolean
  /** A refund that a bank could still send back. */
  canFailRefund: boolean
  /** A payment that nobody has disputed yet. */
  canDispute: boolean
  /** Stripe's status of the newest dispute. */
  disputeStatus: string | null
  heldEvents: number
  hasEvent: boolean
  hasCredit: boolean
}

/** What a play lacks. */
export type Block = keyof typeof blockTexts

const blockTexts = {
  pay_first: 'Pay first: no payment is left for this.',
  nothing_held: 'No event is held.',
  no_event: 'Nothing has happened to this account at Stripe yet.',
  no_card: 'No card is saved: pay with “Pay and save the card” first.',
  top_up_on: 'Auto top-up is on already.',
  no_debit: 'No bank debit is under way: pay from a bank account first.',
  no_refund: 'There is no refund that could fail.',
  no_credit: 'There is no credit to use.',
  no_dispute: 'There is no dispute: open one first.',
  decided: 'The bank has decided already.',
  not_lost: 'Only a lost dispute can be appealed.',
  no_appeal: 'No appeal is under way.',
}

export const blockText = (block: Block): string => blockTexts[block]

/** Why a play is not possible just now, or null. */
export function blockOf(play: Play, facts: LabFacts): Block | null {
  switch (play.kind) {
    case 'release':
      return facts.heldEvents > 0 ? null : 'nothing_held'
    case 'event':
      return facts.hasEvent ? null : 'no_event'
    case 'card':
      return facts.hasSavedCard ? null : 'no_card'
    case 'auto_top_up':
      if (facts.isAutoTopUpOn) return 'top_up_on'
      return facts.hasSavedCard ? null : 'no_card'
    case 'debit':
      return facts.hasDebitUnderWay ? null : 'no_debit'
    case 'refund':
      return (play.part === 'half' ? facts.canRefundHalf : facts.canRefund) ? null : 'pay_first'
    case 'refund_fails':
      return facts.canFailRefund ? null : 'no_refund'
    case 'dispute':
      return disputeBlock(play.move, facts)
    case 'usage':
      return facts.hasCredit ? null : 'no_credit'
    default:
      return null
  }
}

function disputeBlock(move: DisputeMove, { canDispute, disputeStatus: status }: LabFacts): Block | null {
  if (move === 'open' || move === 'inquiry') return canDispute ? null : 'pay_first'
  if (status === null) return 'no_dispute'
  return statusesAfter(move, status).length > 0 ? null : blockedMoves[move]
}

const blockedMoves: Record<Exclude<DisputeMove, 'open' | 'inquiry'>, Block> = {
  won: 'decided',
  lost: 'decided',
  appeal: 'not_lost',
  won_back: 'no_appeal',
  unknown: 'decided',
}

/** A status that does not exist at Stripe. */
export const unknownStatus = 'arbitration_pending'

const isInquiry = (status: string): boolean => status === 'warning_needs_response' || status === 'warning_under_review'
const isWaiting = (status: string): boolean =>
  status === 'needs_response' || status === 'under_review' || status === unknownStatus
const isAppeal = (status: string): boolean => status === 'appeal_needs_response' || status === 'appeal_under_review'

/** The statuses that the bank takes a dispute through for a move; none where Stripe's states do not lead there. */
export function statusesAfter(move: DisputeMove, status: string): string[] {
  switch (move) {
    case 'won':
      if (isInquiry(status)) return ['warning_closed']
      return isWaiting(status) ? ['won'] : []
    case 'lost':
      if (isInquiry(status)) return ['needs_response', 'lost']
      return isWaiting(status) ? ['lost'] : []
    case 'appeal':
      return status === 'lost' ? ['appeal_under_review'] : []
    case 'won_back':
      return isAppeal(status) ? ['won'] : []
    case 'unknown':
      return isWaiting(status) && status !== unknownStatus ? [unknownStatus] : []
    default:
      return []
  }
}

export const spanHours: Record<(typeof spans)[number], number> = { hour: 1, day: 24, week: 168, month: 720 }

/** What a saved card was told to do, in words. */
export const cardWords: Record<CardBehaviour, string> = {
  works: 'it works',
  insufficient_funds: 'declined: insufficient funds',
  lost_card: 'declined: reported lost',
  generic_decline: 'declined without a reason',
  authentication_needed: 'the bank asks for confirmation',
}
