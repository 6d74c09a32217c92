/** Refused, happened, or broken: three things, three shapes. What happened is a returned value; the other two are here. */

/** Every code with which a door may answer no. The HTTP status and title of each stand in lib/http/problems.ts. */
export type RefusalCode =
  // what the gate says (PRODUCT "Using credit")
  | 'credits_exhausted'
  | 'payment_method_required'
  | 'budget_reached'
  | 'budget_held'
  | 'credits_held'
  | 'top_up_in_progress'
  | 'account_suspended'
  | 'payment_past_due'
  | 'rate_limited'
  | 'request_too_large'
  | 'hold_closed'
  | 'unknown_model'
  | 'api_key_invalid'
  // what any door says
  | 'invalid_request'
  | 'invalid_amount'
  | 'amount_too_small'
  | 'amount_too_large'
  | 'not_found'
  | 'sign_in_required'
  | 'key_required'
  | 'not_allowed'
  | 'origin_not_allowed'
  | 'unsupported_content_type'
  | 'body_too_large'
  | 'headers_too_large'
  | 'request_timeout'
  | 'method_not_allowed'
  | 'idempotency_conflict'
  | 'too_many_attempts'
  | 'conflict'
  // people
  | 'already_member'
  | 'already_invited'
  | 'invitation_closed'
  | 'invitation_not_yours'
  | 'last_owner'
  // purchases and auto top-up
  | 'payment_provider_unavailable'
  | 'purchase_not_open'
  | 'no_payment_method'
  | 'refund_not_possible'
  | 'refund_beyond_unused'
  | 'temporarily_unavailable'

/** Facts that travel to the caller. `message` is the sentence a person reads: what happened, what it means, what to do. */
export type RefusalFacts = { message?: string; field?: string } & Record<string, unknown>

/** An answer of no that leaves no trace: thrown before anything is written, or rolls back what was. */
export class Refusal extends Error {
  override name = 'Refusal'
  constructor(
    readonly code: RefusalCode,
    readonly facts: RefusalFacts = {},
  ) {
    super(facts.message ?? code)
  }
}

/** Crashes when something that the code promises does not hold. Never for bad input: that is a Refusal. */
export function invariant(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${promise}`)
}
