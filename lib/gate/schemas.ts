/** What the public API takes and gives: one set of schemas that validates and that the OpenAPI document is made of. */
import { z } from '@hono/zod-openapi'
import { defaultHoldSeconds, longestHoldSeconds } from '@/lib/domain/holds'

const moneyPattern = /^\d{1,9}(\.\d{1,9})?$/
const largestTokens = 1_000_000_000

export const moneyIn = z
  .string()
  .regex(moneyPattern, 'must be a decimal string such as "0.25", with at most nine digits after the point')
  .openapi({ example: '0.25' })

export const moneyOut = z
  .string()
  .openapi({ example: '0.0123456', description: 'Decimal string, exact to the nano-dollar' })

const tokens = (what: string) =>
  z
    .number({ error: `must be a whole number of ${what}` })
    .int('must be a whole number')
    .min(0, 'must be 0 or more')
    .max(largestTokens, `must be at most ${largestTokens}`)
    .openapi({ example: 1200 })

/** Printable ASCII without blanks: what can stand in a log, a URL and a cause. */
const callerId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces')

export const accountId = z.uuid().openapi({ example: '019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10' })
const model = z.string().min(1).max(64).openapi({ example: 'kimi-k2p7-code' })

export const authorizeBody = z
  .strictObject({
    account_id: accountId,
    idempotency_key: callerId.optional().openapi({
      description:
        'Your id of this request; the same key gives the same hold. May be sent as the header Idempotency-Key.',
    }),
    model: model.optional(),
    input_tokens: tokens('tokens').optional(),
    max_output_tokens: tokens('tokens').optional(),
    max_cost: moneyIn.optional().openapi({
      description:
        'The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens.',
    }),
    expires_in_seconds: z.number().int().min(1).max(longestHoldSeconds).default(defaultHoldSeconds),
  })
  .openapi('AuthorizeRequest')

export const authorization = z
  .object({
    id: z.string(),
    account_id: z.string(),
    state: z.enum(['open', 'settled', 'released', 'expired']),
    amount: moneyOut,
    currency: z.string(),
    model: z.string().nullable(),
    charged: moneyOut.nullable(),
    available: moneyOut.openapi({ description: 'What the account has left for other requests after this call' }),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .openapi('Authorization')

export const settleBody = z
  .strictObject({
    model: model.optional().openapi({ description: 'May be left out when the authorization named it' }),
    input_tokens: tokens('tokens'),
    cached_input_tokens: tokens('tokens')
      .default(0)
      .openapi({ description: 'The part of input_tokens that was cached' }),
    output_tokens: tokens('tokens'),
  })
  .openapi('SettleRequest')

export const usageEvent = z
  .strictObject({
    id: callerId
      .refine((id) => !id.startsWith('hold:'), 'must not begin with "hold:"')
      .openapi({ description: 'Unique within the account; a repeat changes nothing' }),
    account_id: accountId.optional(),
    model,
    input_tokens: tokens('tokens'),
    cached_input_tokens: tokens('tokens').default(0),
    output_tokens: tokens('tokens'),
    occurred_at: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('UsageEvent')

export const mostEvents = 1000

export const usageBody = z
  .strictObject({
    account_id: accountId.optional().openapi({ description: 'The account of every event that names none' }),
    beyond_credit: z.enum(['refuse', 'record']).default('refuse').openapi({
      description:
        'What to do with an event that the account cannot pay. refuse: it is refused by its place in the batch. record: it is recorded in full and the balance may go below zero.',
    }),
    // Each event is checked alone, so that a malformed one is refused by its index while the rest are taken.
    events: z.array(z.unknown()).min(1).max(mostEvents),
  })
  .openapi('UsageRequest')

export const usageResult = z
  .object({
    index: z.number().int(),
    id: z.string().nullable(),
    status: z.enum(['accepted', 'duplicate', 'refused']),
    amount: moneyOut.optional(),
    code: z.string().optional(),
    field: z.string().optional(),
    message: z.string().optional(),
  })
  .openapi('UsageResult')

export const usageAnswer = z
  .object({
    accepted: z.number().int(),
    duplicates: z.number().int(),
    refused: z.number().int(),
    results: z.array(usageResult),
  })
  .openapi('UsageAnswer')

export const balanceAnswer = z
  .object({
    account_id: z.string(),
    currency: z.string(),
    balance: moneyOut,
    held: moneyOut,
    available: moneyOut,
    as_of: z.iso.datetime(),
  })
  .openapi('Balance')

export const pricesAnswer = z
  .object({
    prices: z.array(
      z.object({
        model: z.string(),
        name: z.string(),
        currency: z.string(),
        input_per_million: moneyOut,
        cached_input_per_million: moneyOut,
        output_per_million: moneyOut,
      }),
    ),
  })
  .openapi('Prices')

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().openapi({ example: 'credits_exhausted' }),
    field: z.string().optional(),
    max_affordable: moneyOut.optional(),
    resets_at: z.iso.datetime().optional(),
    retry_after_seconds: z.number().optional(),
  })
  .openapi('Problem')
