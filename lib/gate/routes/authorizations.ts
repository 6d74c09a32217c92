/** Authorizations: credit held for one request, from its beginning to its settlement. */
import { Refusal } from '@/lib/core/errors'
import { type Money, parseMoney } from '@/lib/core/money'
import { authorize, extend, getHold, type HoldSize, release, reportProgress, settle } from '@/lib/domain/gate'
import type { HoldDto } from '@/lib/domain/holds'
import { bodies } from '../bodies'
import { namedBy } from '../events'
import { authorizationId, parseAuthorizationId } from '../public-ids'
import { rateHeaders } from '../rate-limit'
import { get, post, type Route } from '../route'
import * as schemas from '../schemas'
import { whose } from '../whose'
import { creditRefusals, keyOf, requiredKey } from './decisions'

const { examples } = schemas
const settled = { ...examples.authorization, state: 'settled', charged: '0.001488', reported: null } as const
const reported = { ...examples.authorization, reported: examples.reported } as const
const released = { ...examples.authorization, state: 'released' } as const

const authorizationAnswer = (description: string, example: unknown = examples.authorization) => ({
  description,
  schema: schemas.authorization,
  examples: { authorization: example },
})

export const authorizations: Route[] = [
  post(
    {
      path: '/v1/authorizations',
      operationId: 'authorize',
      tag: 'Authorizations',
      summary: 'Hold credit for a request before it runs',
      description:
        'One atomic decision against every limit. The hold is the most that the request can cost. A refusal is not remembered: the same key may be tried again.',
      scope: 'usage:write',
      headers: schemas.idempotencyHeader,
      tellsRate: true,
      answers: {
        201: authorizationAnswer('Held: run the request, then settle'),
        200: authorizationAnswer('The same key asked before: the same hold, as it is now'),
      },
      refusals: [
        ...creditRefusals,
        'rate_limited',
        'request_too_large',
        'not_found',
        'idempotency_conflict',
        'unknown_model',
        'invalid_amount',
        'api_key_invalid',
      ],
    },
    bodies.authorize,
    async ({ actor, headers }, body) => {
      const result = await authorize(actor, {
        ...(await whose(namedBy(body))),
        idempotencyKey: requiredKey(body.idempotency_key, headers),
        size: requestSize(body),
        holdSeconds: body.expires_in_seconds,
      })
      return {
        status: result.isNew ? 201 : 200,
        body: authorizationDto(result.hold, result.available),
        headers: rateHeaders(result.rate),
      }
    },
  ),

  get(
    {
      path: '/v1/authorizations/{id}',
      operationId: 'getAuthorization',
      tag: 'Authorizations',
      summary: 'An authorization as it is now',
      scope: 'usage:write',
      isForApiKeys: true,
      params: schemas.authorizationPath,
      answers: { 200: authorizationAnswer('The authorization', reported) },
      refusals: ['not_found'],
    },
    async ({ actor, path }) => {
      const { hold, available } = await getHold(actor, parseAuthorizationId(path.id!))
      return { status: 200, body: authorizationDto(hold, available) }
    },
  ),

  post(
    {
      path: '/v1/authorizations/{id}/extend',
      operationId: 'extendAuthorization',
      tag: 'Authorizations',
      summary: 'Hold more for a stream that runs on, or for longer',
      description:
        'Amounts are new totals. Only the difference must be available; a refusal changes nothing, and its max_affordable is the largest new total.',
      scope: 'usage:write',
      params: schemas.authorizationPath,
      headers: schemas.idempotencyHeader,
      tellsRate: true,
      answers: { 200: authorizationAnswer('Extended', { ...examples.authorization, amount: '0.01' }) },
      refusals: [
        ...creditRefusals,
        'rate_limited',
        'request_too_large',
        'not_found',
        'hold_closed',
        'idempotency_conflict',
        'unknown_model',
        'invalid_amount',
      ],
    },
    bodies.extendAuthorization,
    async ({ actor, headers, path }, body) => {
      const size = sizeOf(body)
      if (!size && body.expires_in_seconds === undefined) throw sizeMissing()
      const { hold, available, rate } = await extend(actor, {
        ...parseAuthorizationId(path.id!),
        size,
        holdSeconds: body.expires_in_seconds ?? null,
        idempotencyKey: keyOf(body.idempotency_key, headers),
      })
      return { status: 200, body: authorizationDto(hold, available), headers: rateHeaders(rate) }
    },
  ),

  post(
    {
      path: '/v1/authorizations/{id}/progress',
      operationId: 'reportProgress',
      tag: 'Authorizations',
      summary: 'Report the usage of a stream so far',
      description:
        'Counts from the beginning of the request, so a report may be lost or repeated. A stream that dies is charged for its last report when its hold expires. A report of less than was reported before changes nothing.',
      scope: 'usage:write',
      params: schemas.authorizationPath,
      answers: { 200: authorizationAnswer('Reported', reported) },
      refusals: ['not_found', 'hold_closed', 'unknown_model'],
    },
    bodies.reportProgress,
    async ({ actor, path }, body) => {
      const { hold, available } = await reportProgress(actor, {
        ...parseAuthorizationId(path.id!),
        usage: usageOf(body),
        holdSeconds: body.expires_in_seconds ?? null,
      })
      return { status: 200, body: authorizationDto(hold, available) }
    },
  ),

  post(
    {
      path: '/v1/authorizations/{id}/settle',
      operationId: 'settleAuthorization',
      tag: 'Authorizations',
      summary: 'Charge what the request used and free the rest',
      description:
        'More than was held is charged in full. A hold that expired is charged what its last report has not covered, once.',
      scope: 'usage:write',
      params: schemas.authorizationPath,
      answers: { 200: authorizationAnswer('Charged, once: the same settlement gives the same answer', settled) },
      refusals: ['not_found', 'hold_closed', 'idempotency_conflict', 'unknown_model'],
    },
    bodies.settleAuthorization,
    async ({ actor, path }, body) => {
      const { hold, available } = await settle(actor, {
        ...parseAuthorizationId(path.id!),
        settlement: usageOf(body),
      })
      return { status: 200, body: authorizationDto(hold, available) }
    },
  ),

  post(
    {
      path: '/v1/authorizations/{id}/release',
      operationId: 'releaseAuthorization',
      tag: 'Authorizations',
      summary: 'Give a hold back unused',
      scope: 'usage:write',
      params: schemas.authorizationPath,
      answers: { 200: authorizationAnswer('Released; again changes nothing', released) },
      refusals: ['not_found', 'hold_closed'],
    },
    bodies.releaseAuthorization,
    async ({ actor, path }) => {
      const { hold, available } = await release(actor, parseAuthorizationId(path.id!))
      return { status: 200, body: authorizationDto(hold, available) }
    },
  ),
]

type Wanted = {
  max_cost?: string | undefined
  input_tokens?: number | undefined
  max_output_tokens?: number | undefined
}
type Allowance = { inputTokens: bigint; maxOutputTokens: bigint }

/** A new request's size: its sum, or its model with a token allowance. */
function requestSize(
  body: Wanted & { model?: string | undefined; cached_input_tokens?: number | undefined },
): HoldSize {
  const size = sizeOf(body)
  if (!size) throw sizeMissing()
  if ('maxCost' in size) return { ...size, model: body.model ?? null }
  if (body.model === undefined) throw sizeMissing('model')
  const { model, cached_input_tokens: cached } = body
  return { ...size, model, ...(cached === undefined ? {} : { cachedInputTokens: BigInt(cached) }) }
}

/** What is asked to be held: a sum, or a token allowance; null when the body names neither. */
function sizeOf(body: Wanted): { maxCost: Money } | Allowance | null {
  if (body.max_cost !== undefined) return { maxCost: parseMoney(body.max_cost, 'max_cost') }
  const { input_tokens, max_output_tokens } = body
  if (input_tokens === undefined && max_output_tokens === undefined) return null
  if (input_tokens === undefined) throw sizeMissing('input_tokens')
  if (max_output_tokens === undefined) throw sizeMissing('max_output_tokens')
  return { inputTokens: BigInt(input_tokens), maxOutputTokens: BigInt(max_output_tokens) }
}

const sizeMissing = (field = 'max_cost') =>
  new Refusal('invalid_request', {
    field,
    message: `${field} is missing: send max_cost, or input_tokens and max_output_tokens of a model, so that the most the request can cost is known.`,
  })

function usageOf(body: {
  model?: string | undefined
  input_tokens: number
  cached_input_tokens: number
  output_tokens: number
}) {
  return {
    model: body.model ?? null,
    inputTokens: BigInt(body.input_tokens),
    cachedInputTokens: BigInt(body.cached_input_tokens),
    outputTokens: BigInt(body.output_tokens),
  }
}

const authorizationDto = (hold: HoldDto, available: string) => ({
  id: authorizationId(hold.accountId, hold.holdId),
  account_id: hold.accountId,
  api_key_id: hold.keyId,
  tag: hold.tag,
  state: hold.state,
  amount: hold.amount,
  currency: hold.currency,
  model: hold.model,
  charged: hold.charged,
  reported: hold.reported && {
    model: hold.reported.model,
    input_tokens: hold.reported.inputTokens,
    cached_input_tokens: hold.reported.cachedInputTokens,
    output_tokens: hold.reported.outputTokens,
    cost: hold.reported.cost,
  },
  available,
  created_at: hold.createdAt,
  expires_at: hold.expiresAt,
})
