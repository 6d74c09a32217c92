import { camelCased } from './wire.js'

/** A problem body (RFC 9457) as the gate sent it. */
export interface Problem {
  code: string
  detail: string
  status: number
  title?: string
  type?: string
  field?: string
  max_affordable?: string
  resets_at?: string | null
  retry_after_seconds?: number
  [fact: string]: unknown
}

/** Codes that this library gives itself; all others come from the gate. */
type OwnCode =
  | 'gate_unreachable'
  | 'bad_answer'
  | 'aborted'
  | 'invalid_request'
  | 'lease_exhausted'
  | 'lease_expired'
  | 'lease_closed'
  | 'ticket_closed'
  | 'unchecked_queue_full'

const retryableStatuses = new Set([429, 500, 502, 503, 504])

/** An answer of no, or no answer at all. `code` is stable; `detail` is a sentence for a person. */
export class PurseError extends Error {
  override name = 'PurseError'
  /** The gate's code (`credits_exhausted`, `budget_reached`, …) or one of this library's own. */
  readonly code: string
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number
  readonly detail: string
  /** The field to correct, when the request was malformed. */
  readonly field: string | undefined
  /** The largest request (for an extend: the largest new total) that would pass, as a decimal string. */
  readonly maxAffordable: string | undefined
  /** When the limit that was reached begins anew (ISO 8601). */
  readonly resetsAt: string | undefined
  /** How long to wait before the same request may pass. */
  readonly retryAfterSeconds: number | undefined
  readonly problem: Problem
  /** Whether the same call may pass later without anybody doing anything. */
  readonly isRetryable: boolean
  /** Whether the gate could not decide (unreachable, broken, its database away), as against deciding no. */
  readonly isGateAway: boolean

  constructor(problem: Problem, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(`${problem.code}: ${problem.detail}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.problem = problem
    this.code = problem.code
    this.status = problem.status
    this.detail = problem.detail
    this.field = problem.field
    this.maxAffordable = problem.max_affordable
    this.resetsAt = problem.resets_at ?? undefined
    this.retryAfterSeconds = problem.retry_after_seconds ?? options.retryAfterSeconds
    const isLost = problem.code === 'gate_unreachable' || problem.code === 'bad_answer'
    this.isGateAway = isLost || (problem.status >= 500 && problem.code !== 'top_up_in_progress')
    this.isRetryable = isLost || retryableStatuses.has(problem.status)
  }

  /** All facts of the refusal, named as in the rest of this library. */
  get facts(): Record<string, unknown> {
    return camelCased(this.problem) as Record<string, unknown>
  }
}

export const ownError = (code: OwnCode, status: number, detail: string, more: Partial<Problem> = {}, cause?: unknown) =>
  new PurseError({ ...more, code, status, detail }, { cause })
