/** How an answer of no looks on the wire (RFC 9457): one catalogue for the dashboard's doors and the gate. */
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { isDatabaseAway } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'

interface Kind {
  status: number
  title: string
  /** When a caller may try again, unless the refusal knows better. */
  retryAfterSeconds?: number
}

/** 402: the customer must act. 403: the account or the caller may not. 429 and 503: the same request may pass later. */
export const problemKinds: Record<RefusalCode, Kind> = {
  credits_exhausted: { status: 402, title: 'Credits are used up' },
  budget_reached: { status: 402, title: 'A budget is reached' },
  payment_method_required: { status: 403, title: 'A payment method is needed' },
  payment_past_due: { status: 402, title: 'An invoice is past due' },
  account_suspended: { status: 403, title: 'The account is suspended' },
  credits_held: { status: 429, title: 'Credit is held by running requests', retryAfterSeconds: 1 },
  budget_held: { status: 429, title: 'The budget is held by running requests', retryAfterSeconds: 1 },
  rate_limited: { status: 429, title: 'A rate limit is reached', retryAfterSeconds: 1 },
  request_too_large: { status: 422, title: 'The request is larger than a rate limit' },
  top_up_in_progress: { status: 503, title: 'A top-up is under way', retryAfterSeconds: 5 },
  hold_closed: { status: 409, title: 'The hold is closed' },
  unknown_model: { status: 400, title: 'Unknown model' },
  api_key_invalid: { status: 401, title: 'The API key is not valid' },

  invalid_request: { status: 400, title: 'The request is malformed' },
  invalid_amount: { status: 400, title: 'The amount is malformed' },
  amount_too_small: { status: 400, title: 'The amount is too small' },
  amount_too_large: { status: 400, title: 'The amount is too large' },
  not_found: { status: 404, title: 'Not found' },
  sign_in_required: { status: 401, title: 'Sign in first' },
  key_required: { status: 401, title: 'A valid key is needed' },
  not_allowed: { status: 403, title: 'Not allowed' },
  origin_not_allowed: { status: 403, title: 'The request came from another site' },
  unsupported_content_type: { status: 415, title: 'Unsupported content type' },
  body_too_large: { status: 413, title: 'The body is too large' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  idempotency_conflict: { status: 409, title: 'The key was used for another request' },
  too_many_attempts: { status: 429, title: 'Too many attempts', retryAfterSeconds: 60 },
  conflict: { status: 409, title: 'Something changed in the meantime' },

  already_member: { status: 409, title: 'The person is a member already' },
  already_invited: { status: 409, title: 'The address is invited already' },
  invitation_closed: { status: 409, title: 'The invitation is not open' },
  invitation_not_yours: { status: 403, title: 'The invitation is for another address' },
  last_owner: { status: 409, title: 'An account always has an owner' },

  payment_provider_unavailable: { status: 503, title: 'The payment provider cannot be reached', retryAfterSeconds: 10 },
  purchase_not_open: { status: 409, title: 'The purchase is not open' },
  no_payment_method: { status: 409, title: 'There is no payment method' },
  refund_not_possible: { status: 409, title: 'This purchase cannot be refunded' },
  refund_beyond_unused: { status: 409, title: 'More than the unused part has to be confirmed' },
  temporarily_unavailable: { status: 503, title: 'Not available just now', retryAfterSeconds: 2 },
}

export interface Problem {
  status: number
  headers: Record<string, string>
  body: { type: string; title: string; status: number; detail: string; code: string } & Record<string, unknown>
}

/**
 * The status, headers and body for anything that was thrown. A Refusal speaks for itself. Everything else is ours: it is
 * logged under a reference, and the caller learns the reference and nothing of the inside.
 */
export function problemFor(error: unknown): Problem {
  if (error instanceof Refusal) return refused(error)
  if (isDatabaseAway(error)) return refused(new Refusal('temporarily_unavailable', { message: databaseIsAway }))
  const reference = newId()
  log.error({ error: logged(error), reference }, 'a request failed')
  return problem('internal_error', { status: 500, title: 'Something broke on our side' }, undefined, {
    detail: 'It is recorded and we will look at it. Look at your balance before you repeat a payment.',
    reference,
  })
}

function refused({ code, facts }: Refusal): Problem {
  const kind = problemKinds[code]
  const { message, field, retry_after_seconds: told, ...others } = facts
  const retryAfterSeconds = typeof told === 'number' ? told : kind.retryAfterSeconds
  return problem(code, kind, retryAfterSeconds, {
    ...others,
    detail: message ?? `${kind.title}.`,
    ...(field === undefined ? {} : { field }),
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  })
}

function problem(
  code: string,
  { status, title }: Kind,
  retryAfterSeconds: number | undefined,
  { detail, ...facts }: { detail: string } & Record<string, unknown>,
): Problem {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    },
    body: { ...facts, type: `urn:purse:problem:${code}`, title, status, detail, code },
  }
}

/** What may be kept of an error. Its other fields may quote a row: the database names the address that was there twice. */
function logged(error: unknown) {
  if (!(error instanceof Error)) return { name: typeof error }
  return { name: error.name, code: (error as { code?: unknown }).code, stack: error.stack }
}

const databaseIsAway = 'The database cannot be reached just now. Try again in a few seconds.'

/** The problem as a web Response. */
export function problemResponse(error: unknown): Response {
  const { status, headers, body } = problemFor(error)
  return new Response(JSON.stringify(body), { status, headers })
}
