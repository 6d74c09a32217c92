/**
 * What each operation takes as its body, by the operation's id. Apart from the routes, because the thread that reads large bodies
 * needs these and no verb.
 */
import type * as z from 'zod'
import { checked, checkedQuery } from './check'
import {
  isBinaryCloudEvent,
  type ReadEvent,
  readBinaryCloudEvent,
  readCloudEvent,
  readCloudEvents,
  readLines,
  readUsageEvent,
} from './events'
import { type BodyFacts, type BodyHead, batchBytes, type Form, json, jsonForm } from './form'
import * as schemas from './schemas'

const { examples } = schemas

/** A batch of usage events, each read alone. */
export interface UsageBatch {
  /** The account of every event that names none. */
  accountId: string | undefined
  beyondCredit: 'refuse' | 'record'
  events: ReadEvent[]
}

type LeaseSettlement = Omit<z.infer<typeof schemas.settleLeaseBody>, 'events'> & { events: ReadEvent[] }

const usageForms: Record<string, Form<UsageBatch>> = {
  'application/json': jsonForm(
    schemas.usageBody.or(schemas.cloudEventData),
    {
      batch: { account_id: examples.authorize.account_id, events: [examples.event] },
      'data of a CloudEvent in binary mode': examples.cloudEvent.data,
    },
    (value, head) => {
      if (isBinaryCloudEvent(head.headers)) return batchOf([readBinaryCloudEvent(head.headers, value)], head)
      const { account_id, beyond_credit, events } = checked(schemas.usageBody, value)
      const batch = batchOf(
        events.map((event) => readUsageEvent(event)),
        head,
      )
      return {
        ...batch,
        accountId: account_id ?? batch.accountId,
        beyondCredit: beyond_credit ?? batch.beyondCredit,
      }
    },
  ),
  'application/x-ndjson': {
    schema: schemas.usageEvent,
    examples: { lines: `${JSON.stringify(examples.event)}\n` },
    reader: (head) => ({ read: (bytes) => batchOf(readLines(bytes), head) }),
  },
  'application/cloudevents+json': jsonForm(schemas.cloudEvent, { event: examples.cloudEvent }, (value, head) =>
    batchOf([readCloudEvent(value)], head),
  ),
  'application/cloudevents-batch+json': jsonForm(
    schemas.cloudEvent.array().max(schemas.mostEvents),
    { batch: [examples.cloudEvent] },
    (value, head) => batchOf(readCloudEvents(value), head),
  ),
}

function batchOf(events: ReadEvent[], head: BodyHead): UsageBatch {
  const { account_id, beyond_credit } = checkedQuery(schemas.usageQuery, head.query)
  return { accountId: account_id, beyondCredit: beyond_credit, events }
}

export const bodies = {
  authorize: json(schemas.authorizeBody, {
    'by tokens': examples.authorize,
    'by cost': { account_id: examples.authorize.account_id, idempotency_key: 'req-c4ca4238', max_cost: '0.25' },
  }),
  extendAuthorization: json(schemas.extendBody, {
    'to a new total': examples.extend,
    'to a new allowance': { input_tokens: 1200, max_output_tokens: 2000 },
    'for longer': { expires_in_seconds: 600 },
  }),
  reportProgress: json(schemas.progressBody, { progress: { ...examples.usage, expires_in_seconds: 600 } }),
  settleAuthorization: json(schemas.settleBody, { settlement: examples.usage }),
  releaseAuthorization: { ...json(schemas.nothing, { nothing: {} }), isOptional: true },
  recordUsage: { mostBytes: batchBytes, forms: usageForms },
  openLease: json(schemas.leaseBody, { lease: examples.openLease }),
  settleLease: {
    mostBytes: batchBytes,
    forms: {
      'application/json': jsonForm<LeaseSettlement>(
        schemas.settleLeaseBody,
        { 'settle and refill': { events: [examples.event], amount: '5.00' } },
        (value) => {
          const body = checked(schemas.settleLeaseBody, value)
          return { ...body, events: body.events.map((event) => readUsageEvent(event, schemas.leaseEvent)) }
        },
      ),
    },
  },
  releaseLease: { ...json(schemas.nothing, { nothing: {} }), isOptional: true },
} satisfies Record<string, BodyFacts<unknown>>
