/** What the public API takes and gives: one set of schemas that validates and that the OpenAPI document is made of. */
import * as z from 'zod'
import {
  defaultHoldSeconds,
  defaultLeaseSeconds,
  longestHoldSeconds,
  longestLeaseSeconds,
  shortestLeaseSeconds,
} from '@/lib/domain/holds/rules'
import { holdEventPrefixes } from '@/lib/domain/usage'

const largestTokens = 1_000_000_000
/** How many events one request may carry. */
export const mostEvents = 1000
/** The CloudEvents type of a usage event. */
const usageType = 'purse.usage'

const someAccount = '019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10'
const someTime = '2026-03-02T09:15:00.000Z'
const ids = {
  authorization: `auth_${'019aa3b27c117e5f9a513f6f2f6f9f10'}${'5b1c1e0a9d3f8b77a2c46d0e51f3aa10'}`,
  lease: `lease_${'019aa3b27c117e5f9a513f6f2f6f9f10'}${'0f7a64c2be1a8d5590c2e8817b3d4e21'}`,
}

// ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const moneyIn = z
  .string({ error: 'must be a decimal string such as "0.25", in quotes' })
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a decimal string such as "0.25", with at most nine digits after the point')
  .meta({ examples: ['0.25'] })

const moneyOut = z.string().meta({
  description: 'Decimal string, exact to the nano-dollar. Never a float.',
  examples: ['0.00314'],
})

const wholeNumber = (what: string) =>
  z
    .number({ error: `must be a whole number of ${what}` })
    .int(`must be a whole number of ${what}`)
    .refine((value) => !Object.is(value, -0), 'must be 0 or more')

const tokens = wholeNumber('tokens')
  .min(0, 'must be 0 or more')
  .max(largestTokens, `must be at most ${largestTokens}`)
  .meta({ examples: [1200] })

const seconds = (least: number, most: number) =>
  wholeNumber('seconds').min(least, `must be at least ${least}`).max(most, `must be at most ${most}`)

/** Printable ASCII without blanks: what can stand in a log, a URL and a cause. */
const callerId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces')

/** UUIDs are compared without regard to case; inside we keep one form. */
export const accountId = z
  .uuid('must be the id of an account, a UUID')
  .toLowerCase()
  .meta({ examples: [someAccount] })

const model = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces')
  .meta({ description: 'A model of the price list (GET /v1/prices)', examples: ['kimi-k2p7-code'] })

const idempotencyKey = callerId.optional().meta({
  description:
    'Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.',
  examples: ['req-8f14e45f'],
})

const count = z.int().min(0)
const inputTokens = tokens.meta({ description: 'Prompt tokens, the cached ones included' })
const cachedInputTokens = tokens.default(0).meta({ description: 'The part of input_tokens that was cached' })
const outputTokens = tokens.meta({ description: 'Generated tokens', examples: [87] })

const time = z.iso.datetime().meta({ examples: [someTime] })
const id = (prefix: 'auth' | 'lease', example: string) =>
  z.string().meta({ pattern: `^${prefix}_[0-9a-f]{64}$`, examples: [example] })

// ── Paths, queries and headers ───────────────────────────────────────────────────────────────────────────────────────

// Whatever else stands in the path names nothing, which is 404 and not 400: see public-ids.ts.
export const authorizationPath = z.object({ id: id('auth', ids.authorization) })
export const leasePath = z.object({ id: id('lease', ids.lease) })
export const accountPath = z.object({ account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }) })

export const idempotencyHeader = z.object({
  'idempotency-key': z.string().optional().meta({ description: 'Instead of idempotency_key in the body' }),
})

const beyondCredit = z.enum(['refuse', 'record'], { error: 'must be "refuse" or "record"' }).meta({
  description:
    'What to do with an event that the account cannot pay. refuse (if nothing is said): it is refused by its place in the batch. record: it is recorded in full and the balance may go below zero.',
})

export const usageQuery = z.strictObject({
  account_id: accountId.optional().meta({ description: 'The account of every event that names none' }),
  beyond_credit: beyondCredit.default('refuse'),
})

/** CloudEvents in binary mode: the attributes are headers, the body is the data. */
export const cloudEventHeaders = z.object({
  'ce-specversion': z.string().optional().meta({
    description: 'Makes the request a CloudEvent in binary mode; the body is then its data. Always "1.0".',
  }),
  'ce-type': z
    .string()
    .optional()
    .meta({ description: `Always "${usageType}"` }),
  'ce-source': z.string().optional().meta({ description: 'Who reports' }),
  'ce-id': z.string().optional().meta({ description: 'The id of the event, unique within the account' }),
  'ce-subject': z.string().optional().meta({ description: 'The account' }),
  'ce-time': z.string().optional().meta({ description: 'When it was used' }),
})

// ── Authorizations ───────────────────────────────────────────────────────────────────────────────────────────────────

const byMaxCost = { required: ['max_cost'] }

export const authorizeBody = z
  .strictObject({
    account_id: accountId,
    idempotency_key: idempotencyKey,
    model: model.optional(),
    input_tokens: tokens.optional().meta({ description: 'Prompt tokens' }),
    max_output_tokens: tokens.optional().meta({ description: 'The most tokens that may be generated' }),
    max_cost: moneyIn.optional().meta({
      description:
        'The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.',
    }),
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .default(defaultHoldSeconds)
      .meta({ description: 'When the hold ends by itself. Extend it for a long stream.' }),
  })
  .meta({
    id: 'AuthorizeRequest',
    anyOf: [byMaxCost, { required: ['model', 'input_tokens', 'max_output_tokens'] }],
  })

export const extendBody = z
  .strictObject({
    max_cost: moneyIn.optional().meta({
      description: 'The new total to hold, not the difference. A total that is not above what is held changes nothing.',
    }),
    input_tokens: tokens
      .optional()
      .meta({ description: 'The new total of prompt tokens, priced with the model of the hold' }),
    max_output_tokens: tokens.optional().meta({ description: 'The new total of tokens that may be generated' }),
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .optional()
      .meta({ description: 'The new end, counted from now. An earlier end than the present one changes nothing.' }),
    idempotency_key: callerId.optional().meta({
      description: 'Your id of this extension. May be sent as the header Idempotency-Key instead. Not needed.',
    }),
  })
  .meta({
    id: 'ExtendRequest',
    anyOf: [byMaxCost, { required: ['input_tokens', 'max_output_tokens'] }, { required: ['expires_in_seconds'] }],
  })

const used = {
  model: model.optional().meta({ description: 'May be left out when the authorization named it' }),
  input_tokens: inputTokens,
  cached_input_tokens: cachedInputTokens,
  output_tokens: outputTokens,
}

export const progressBody = z
  .strictObject({
    ...used,
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .optional()
      .meta({ description: 'The new end, counted from now. An earlier end than the present one changes nothing.' }),
  })
  .meta({ id: 'ProgressRequest', description: 'The usage of the request so far, from its beginning.' })

export const settleBody = z.strictObject(used).meta({ id: 'SettleRequest', description: 'What the request used.' })

/** A body that may be left out. */
export const nothing = z.strictObject({}).meta({ description: 'Nothing, or an empty object' })

export const authorization = z
  .object({
    id: id('auth', ids.authorization),
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    state: z.enum(['open', 'settled', 'released', 'expired']),
    amount: moneyOut.meta({ description: 'What is held, or was while it was open' }),
    currency: z.string().meta({ description: 'ISO 4217 in lower case', examples: ['usd'] }),
    model: z.string().nullable(),
    charged: moneyOut.nullable().meta({ description: 'What was charged; null when nothing was' }),
    reported: z
      .object({
        model: z.string(),
        input_tokens: count,
        cached_input_tokens: count,
        output_tokens: count,
        cost: moneyOut,
      })
      .nullable()
      .meta({ description: 'The last usage that was reported; what is charged when the hold expires' }),
    available: moneyOut.meta({ description: 'What the account has left for other requests after this call' }),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Authorization' })

// ── Usage ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const eventId = callerId
  .refine(
    (text) => !holdEventPrefixes.some((prefix) => text.startsWith(prefix)),
    'must not begin with "hold:" or "late:"',
  )
  .meta({ description: 'Unique within the account; a repeat changes nothing', examples: ['evt-20260302-000017'] })

const occurredAt = z.iso
  .datetime({ offset: true, error: 'must be a time such as "2026-03-02T09:15:00Z", with its offset' })
  .optional()
  .meta({
    description: 'When it was used, at most 90 days ago: it chooses the price. Left out: now.',
    examples: [someTime],
  })

const tokensOfEvent = {
  model,
  input_tokens: inputTokens,
  cached_input_tokens: cachedInputTokens,
  output_tokens: outputTokens,
}

export const leaseEvent = z
  .strictObject({ id: eventId, ...tokensOfEvent, occurred_at: occurredAt })
  .meta({ id: 'LeaseEvent' })

export const usageEvent = z
  .strictObject({
    id: eventId,
    account_id: accountId.optional().meta({ description: 'Left out: the account of the whole batch' }),
    ...tokensOfEvent,
    occurred_at: occurredAt,
  })
  .meta({ id: 'UsageEvent' })

export const cloudEventData = z.strictObject(tokensOfEvent).meta({ id: 'CloudEventData' })

export const cloudEvent = z
  .looseObject({
    specversion: z.literal('1.0', { error: 'must be "1.0"' }),
    type: z.literal(usageType, { error: `must be "${usageType}"` }),
    source: z
      .string()
      .min(1)
      .max(2048)
      .regex(/^[!-~]+$/, 'must be a URI reference')
      .meta({ format: 'uri-reference', description: 'Who reports. Use one source for an account: see id.' }),
    id: eventId.meta({
      description: 'Becomes the id of the event: unique within the account, whatever the source.',
      examples: ['evt-20260302-000017'],
    }),
    subject: accountId.optional().meta({ description: 'The account. Left out: account_id of the query' }),
    time: occurredAt,
    datacontenttype: z
      .string()
      .regex(/^application\/([\w.-]+\+)?json\s*(;|$)/i, 'must be application/json')
      .optional()
      .meta({ examples: ['application/json'] }),
    data: cloudEventData,
  })
  .meta({ id: 'CloudEvent', description: 'CloudEvents 1.0. Extension attributes are taken and not kept.' })

/** Each event is checked alone, so that a malformed one is refused by its index while the rest are taken. */
const events = (schemaName: string, least: number) =>
  z
    .array(z.unknown(), { error: 'must be a list of events' })
    .min(least, 'must have at least one event')
    .max(mostEvents, `must have at most ${mostEvents} events: send the rest in another request`)
    .meta({ items: { $ref: `#/components/schemas/${schemaName}` } })

export const usageBody = z
  .strictObject({
    account_id: accountId.optional().meta({ description: 'The account of every event that names none' }),
    beyond_credit: beyondCredit.optional(),
    events: events('UsageEvent', 1),
  })
  .meta({ id: 'UsageRequest' })

/** Of NDJSON and of a CloudEvents batch, once read. */
export const eventList = events('CloudEvent', 0)

const usageResult = z
  .object({
    index: count.meta({ description: 'The place of the event in the request, from 0' }),
    id: z.string().nullable(),
    status: z.enum(['accepted', 'duplicate', 'refused']),
    amount: moneyOut.optional().meta({ description: 'What the event was charged' }),
    code: z
      .string()
      .optional()
      .meta({ description: 'Why it was refused', examples: ['unknown_model'] }),
    field: z.string().optional().meta({ description: 'What to correct' }),
    message: z.string().optional(),
  })
  .meta({ id: 'UsageResult' })

const outcome = {
  accepted: count,
  duplicates: count,
  refused: count,
  results: z.array(usageResult),
}

export const usageAnswer = z.object(outcome).meta({ id: 'UsageAnswer' })

// ── Leases ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const leaseSeconds = seconds(shortestLeaseSeconds, longestLeaseSeconds)

export const leaseBody = z
  .strictObject({
    account_id: accountId,
    amount: moneyIn.meta({ description: 'How much credit to set aside', examples: ['5.00'] }),
    idempotency_key: idempotencyKey,
    expires_in_seconds: leaseSeconds.default(defaultLeaseSeconds).meta({
      description: 'When what is left goes back by itself. Settling may move the end.',
    }),
  })
  .meta({ id: 'LeaseRequest' })

export const settleLeaseBody = z
  .strictObject({
    events: events('LeaseEvent', 0),
    amount: moneyIn.optional().meta({
      description: 'Refill: how much unspent credit the lease shall hold after the events are charged',
      examples: ['5.00'],
    }),
    expires_in_seconds: leaseSeconds.optional().meta({ description: 'The new end, counted from now; only ever later' }),
  })
  .meta({ id: 'SettleLeaseRequest' })

export const lease = z
  .object({
    id: id('lease', ids.lease),
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    state: z.enum(['open', 'released', 'expired']),
    amount: moneyOut.meta({ description: 'What is unspent and held' }),
    currency: z.string().meta({ examples: ['usd'] }),
    available: moneyOut.meta({ description: 'What the account has left outside the lease' }),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Lease' })

export const settleLeaseAnswer = z
  .object({
    lease,
    ...outcome,
    refill: z
      .object({ code: z.string(), detail: z.string(), max_affordable: moneyOut.nullable() })
      .nullable()
      .meta({ description: 'Why the refill was refused; null when it was not. The events are charged all the same.' }),
  })
  .meta({ id: 'SettleLeaseAnswer' })

// ── Balance, prices, service ─────────────────────────────────────────────────────────────────────────────────────────

export const balance = z
  .object({
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    currency: z.string().meta({ examples: ['usd'] }),
    balance: moneyOut,
    held: moneyOut.meta({ description: 'The part that running requests and leases hold' }),
    available: moneyOut.meta({ description: 'balance − held' }),
    as_of: time,
  })
  .meta({ id: 'Balance' })

export const prices = z
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
  .meta({ id: 'Prices' })

export const health = z.object({ ok: z.literal(true) }).meta({ id: 'Health' })

/** RFC 9457. Which of the optional facts are there depends on `code`. */
export const problem = z
  .object({
    type: z.string().meta({ examples: ['urn:purse:problem:credits_exhausted'] }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened, what it means for the money, and what to do' }),
    code: z.string().meta({ description: 'Stable: decide by this', examples: ['credits_exhausted'] }),
    field: z.string().optional().meta({ description: 'What to correct' }),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    account_id: z.string().optional(),
    required: moneyOut.optional().meta({ description: 'What the request may cost' }),
    max_affordable: moneyOut.optional().meta({
      description: 'The most that the same call would be given now; of an extension, the largest new total',
    }),
    currency: z.string().optional(),
    budget: z
      .string()
      .optional()
      .meta({ examples: ['monthly_budget_cap'] }),
    budget_limit: moneyOut.optional(),
    resets_at: time.optional().meta({ description: 'When the budget begins anew' }),
    retry_after_seconds: z.number().optional().meta({ description: 'As the header Retry-After' }),
    state: z.string().optional().meta({ description: 'Of a closed hold' }),
    most_bytes: count.optional(),
    line: count.optional(),
    column: count.optional(),
    reference: z.string().optional().meta({ description: 'Of a failure on our side: quote it to the operator' }),
  })
  .meta({ id: 'Problem' })

/** Requests and answers that the document shows. The ids are made up. */
export const examples = {
  authorize: {
    account_id: someAccount,
    idempotency_key: 'req-8f14e45f',
    model: 'kimi-k2p7-code',
    input_tokens: 1200,
    max_output_tokens: 500,
  },
  authorization: {
    id: ids.authorization,
    account_id: someAccount,
    state: 'open',
    amount: '0.00314',
    currency: 'usd',
    model: 'kimi-k2p7-code',
    charged: null,
    reported: null,
    available: '0.99686',
    created_at: someTime,
    expires_at: '2026-03-02T09:25:00.000Z',
  },
  extend: { max_cost: '0.01', expires_in_seconds: 600 },
  usage: { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 },
  reported: {
    model: 'kimi-k2p7-code',
    input_tokens: 1200,
    cached_input_tokens: 0,
    output_tokens: 87,
    cost: '0.001488',
  },
  event: { id: 'evt-20260302-000017', model: 'kimi-k2p7-code', input_tokens: 1200, output_tokens: 87 },
  cloudEvent: {
    specversion: '1.0',
    type: usageType,
    source: '/gateways/eu-1',
    id: 'evt-20260302-000017',
    subject: someAccount,
    time: someTime,
    datacontenttype: 'application/json',
    data: { model: 'kimi-k2p7-code', input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 },
  },
  usageAnswer: {
    accepted: 1,
    duplicates: 0,
    refused: 0,
    results: [{ index: 0, id: 'evt-20260302-000017', status: 'accepted', amount: '0.001488' }],
  },
  openLease: { account_id: someAccount, amount: '5.00', idempotency_key: 'lease-worker-3-17', expires_in_seconds: 300 },
  lease: {
    id: ids.lease,
    account_id: someAccount,
    state: 'open',
    amount: '5.00',
    currency: 'usd',
    available: '15.00',
    created_at: someTime,
    expires_at: '2026-03-02T09:20:00.000Z',
  },
  balance: {
    account_id: someAccount,
    currency: 'usd',
    balance: '20.00',
    held: '5.00',
    available: '15.00',
    as_of: someTime,
  },
  prices: {
    prices: [
      {
        model: 'kimi-k2p7-code',
        name: 'Kimi K2.7 Code',
        currency: 'usd',
        input_per_million: '0.95',
        cached_input_per_million: '0.16',
        output_per_million: '4.00',
      },
    ],
  },
} as const
