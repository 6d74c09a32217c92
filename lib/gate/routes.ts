/** The public API's routes: who asks, is it well formed, which verb. OpenAPI is made of the same table. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { parseMoney } from '@/lib/core/money'
import { authorize, type HoldDto, release, settle } from '@/lib/domain/holds'
import { listPrices } from '@/lib/domain/prices'
import { getGateBalance } from '@/lib/domain/usage'
import { authorizationId, parseAuthorizationId } from './authorization-id'
import * as schemas from './schemas'
import { takeUsage } from './take-usage'

export type GateEnv = { Variables: { actor: Actor } }

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})
const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: schemas.problem } },
})
const usual = {
  400: refusal('The request is malformed; `field` names what to correct'),
  401: refusal('No valid service key'),
  404: refusal('No such account or authorization'),
  503: refusal('Try again: the database is away, or an automatic top-up is under way'),
}
const security = [{ serviceKey: [] }]
const idParam = z.object({
  id: z
    .string()
    .max(128)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'auth_…' }),
})

const authorizeRoute = createRoute({
  method: 'post',
  path: '/v1/authorizations',
  operationId: 'authorize',
  tags: ['Authorizations'],
  summary: 'Hold credit for a request before it runs',
  security,
  request: {
    headers: z.object({ 'idempotency-key': z.string().max(128).optional() }),
    ...jsonBody(schemas.authorizeBody),
  },
  responses: {
    201: json(schemas.authorization, 'Held: run the request, then settle'),
    200: json(schemas.authorization, 'The same key asked before: the same hold'),
    402: refusal('credits_exhausted or budget_reached: the customer must act'),
    403: refusal('payment_method_required or account_suspended'),
    409: refusal('idempotency_conflict: the key was used for another request'),
    429: refusal('credits_held or budget_held: retry after other requests have finished'),
    ...usual,
  },
})

const settleRoute = createRoute({
  method: 'post',
  path: '/v1/authorizations/{id}/settle',
  operationId: 'settleAuthorization',
  tags: ['Authorizations'],
  summary: 'Charge what the request used and free the rest',
  security,
  request: { params: idParam, ...jsonBody(schemas.settleBody) },
  responses: {
    200: json(schemas.authorization, 'Charged, once: the same settlement again gives the same answer'),
    409: refusal('hold_closed (it was released) or idempotency_conflict (settled for other usage)'),
    ...usual,
  },
})

const releaseRoute = createRoute({
  method: 'post',
  path: '/v1/authorizations/{id}/release',
  operationId: 'releaseAuthorization',
  tags: ['Authorizations'],
  summary: 'Give a hold back unused',
  security,
  request: { params: idParam },
  responses: {
    200: json(schemas.authorization, 'Released; again changes nothing'),
    409: refusal('hold_closed: it was settled'),
    ...usual,
  },
})

const usageRoute = createRoute({
  method: 'post',
  path: '/v1/usage',
  operationId: 'recordUsage',
  tags: ['Usage'],
  summary: 'Report usage after the fact, in a batch',
  description:
    'Each event is decided alone and in order, and answered by its index: accepted, duplicate (a repeat of the same id changes nothing) or refused with a code. The call succeeds when the batch itself is well formed.',
  security,
  request: jsonBody(schemas.usageBody),
  responses: { 200: json(schemas.usageAnswer, 'What became of each event'), ...usual },
})

const balanceRoute = createRoute({
  method: 'get',
  path: '/v1/accounts/{account_id}/balance',
  operationId: 'getBalance',
  tags: ['Balance'],
  summary: 'The balance of an account at this moment',
  security,
  request: { params: z.object({ account_id: z.string().max(64) }) },
  responses: { 200: json(schemas.balanceAnswer, 'Balance, held and available credit'), ...usual },
})

const pricesRoute = createRoute({
  method: 'get',
  path: '/v1/prices',
  operationId: 'listPrices',
  tags: ['Prices'],
  summary: 'The price list in force',
  responses: { 200: json(schemas.pricesAnswer, 'Money for one million tokens of each class') },
})

const answer = (hold: HoldDto, available: string): z.infer<typeof schemas.authorization> => ({
  id: authorizationId(hold.accountId, hold.holdId),
  account_id: hold.accountId,
  state: hold.state,
  amount: hold.amount,
  currency: hold.currency,
  model: hold.model,
  charged: hold.charged,
  available,
  created_at: hold.createdAt,
  expires_at: hold.expiresAt,
})

/** Puts every route on the app. */
export function addRoutes(app: OpenAPIHono<GateEnv>): void {
  app.openapi(authorizeRoute, async (c) => {
    const body = c.req.valid('json')
    const idempotencyKey = body.idempotency_key ?? c.req.valid('header')['idempotency-key']
    if (!idempotencyKey || !/^[!-~]{1,128}$/.test(idempotencyKey)) {
      throw new Refusal('invalid_request', {
        field: 'idempotency_key',
        message:
          'Send idempotency_key (or the header Idempotency-Key): your id of this request, printable ASCII, at most 128 characters.',
      })
    }
    const result = await authorize(c.var.actor, {
      accountId: body.account_id,
      idempotencyKey,
      size: sizeOf(body),
      holdSeconds: body.expires_in_seconds,
    })
    return c.json(answer(result.hold, result.available), result.isNew ? 201 : 200)
  })

  app.openapi(settleRoute, async (c) => {
    const body = c.req.valid('json')
    const result = await settle(c.var.actor, {
      ...parseAuthorizationId(c.req.valid('param').id),
      settlement: {
        model: body.model ?? null,
        inputTokens: BigInt(body.input_tokens),
        cachedInputTokens: BigInt(body.cached_input_tokens),
        outputTokens: BigInt(body.output_tokens),
      },
    })
    return c.json(answer(result.hold, result.available), 200)
  })

  app.openapi(releaseRoute, async (c) => {
    const result = await release(c.var.actor, parseAuthorizationId(c.req.valid('param').id))
    return c.json(answer(result.hold, result.available), 200)
  })

  app.openapi(usageRoute, async (c) => c.json(await takeUsage(c.var.actor, c.req.valid('json')), 200))

  app.openapi(balanceRoute, async (c) => {
    const { account_id } = c.req.valid('param')
    if (!isId(account_id)) throw new Refusal('not_found', { message: `There is no account ${account_id}.` })
    const balance = await getGateBalance(c.var.actor, { accountId: account_id })
    return c.json({ account_id, ...balance }, 200)
  })

  app.openapi(pricesRoute, async (c) => {
    const prices = await listPrices()
    return c.json(
      {
        prices: prices.map((price) => ({
          model: price.model,
          name: price.name,
          currency: price.currency,
          input_per_million: price.inputPerMillion,
          cached_input_per_million: price.cachedInputPerMillion,
          output_per_million: price.outputPerMillion,
        })),
      },
      200,
    )
  })
}

function sizeOf(body: z.infer<typeof schemas.authorizeBody>) {
  if (body.max_cost !== undefined) {
    return { maxCost: parseMoney(body.max_cost, 'max_cost'), model: body.model ?? null }
  }
  for (const field of ['model', 'input_tokens', 'max_output_tokens'] as const) {
    if (body[field] === undefined) {
      throw new Refusal('invalid_request', {
        field,
        message:
          'Send max_cost, or model with input_tokens and max_output_tokens, so that the most the request can cost is known.',
      })
    }
  }
  return {
    model: body.model!,
    inputTokens: BigInt(body.input_tokens!),
    maxOutputTokens: BigInt(body.max_output_tokens!),
  }
}

/** The caller's address, for the audit trail; never for a decision. */
export const callerIp = (c: Context): string | undefined => c.env?.incoming?.socket?.remoteAddress
