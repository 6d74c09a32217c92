/** Usage after the fact, in each of its forms. */
import * as z from 'zod'
import { holdEventPrefixes } from '@/lib/domain/usage/rules'
import {
  accountId,
  cachedInputTokens,
  callerId,
  count,
  inputTokens,
  model,
  moneyOut,
  namesAccountOnce,
  outputTokens,
  someTime,
  usageFor,
} from './parts'

/** How many events one request may carry. */
export const mostEvents = 1000

/** The CloudEvents type of a usage event. */
export const usageType = 'purse.usage'

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
  .strictObject({ id: eventId, ...usageFor, ...tokensOfEvent, occurred_at: occurredAt })
  .superRefine(namesAccountOnce)
  .meta({ id: 'LeaseEvent' })

export const usageEvent = z
  .strictObject({
    id: eventId,
    account_id: accountId.optional().meta({ description: 'Left out: the account of the whole batch' }),
    ...usageFor,
    ...tokensOfEvent,
    occurred_at: occurredAt,
  })
  .superRefine(namesAccountOnce)
  .meta({ id: 'UsageEvent' })

export const cloudEventData = z
  .strictObject({ ...usageFor, ...tokensOfEvent })
  .superRefine(namesAccountOnce)
  .meta({ id: 'CloudEventData' })

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
  .superRefine(({ subject, data }, context) => {
    if (subject === undefined || data.api_key === undefined) return
    const message = 'names its account itself: leave subject out, or send data.api_key_hash'
    context.addIssue({ code: 'custom', path: ['data', 'api_key'], message })
  })
  .meta({ id: 'CloudEvent', description: 'CloudEvents 1.0. Extension attributes are taken and not kept.' })

/** Each event is checked alone, so that a malformed one is refused by its index while the rest are taken. */
export const events = (schemaName: string, least: number) =>
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

/** Counts, and each event's own result. */
export const outcome = {
  accepted: count,
  duplicates: count,
  refused: count,
  results: z.array(usageResult),
}

export const usageAnswer = z.object(outcome).meta({ id: 'UsageAnswer' })
