/** Usage after the fact, in each form that it may be sent in. */
import { checked, checkedQuery } from '../check'
import {
  isBinaryCloudEvent,
  type ReadEvent,
  readBinaryCloudEvent,
  readCloudEvent,
  readCloudEvents,
  readLines,
  readUsageEvent,
} from '../events'
import { batchBytes, type Call, type Form, jsonForm, post } from '../route'
import * as schemas from '../schemas'
import { takeUsage, type UsageBatch } from '../take-usage'

const { examples } = schemas

const usageForms: Record<string, Form<UsageBatch>> = {
  'application/json': jsonForm(
    schemas.usageBody.or(schemas.cloudEventData),
    {
      batch: { account_id: examples.authorize.account_id, events: [examples.event] },
      'data of a CloudEvent in binary mode': examples.cloudEvent.data,
    },
    (value, call) => {
      if (isBinaryCloudEvent(call.headers)) return batchOf([readBinaryCloudEvent(call.headers, value)], call)
      const { account_id, beyond_credit, events } = checked(schemas.usageBody, value)
      const batch = batchOf(
        events.map((event) => readUsageEvent(event)),
        call,
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
    reader: (call) => ({ read: (bytes) => batchOf(readLines(bytes), call) }),
  },
  'application/cloudevents+json': jsonForm(schemas.cloudEvent, { event: examples.cloudEvent }, (value, call) =>
    batchOf([readCloudEvent(value)], call),
  ),
  'application/cloudevents-batch+json': jsonForm(
    schemas.cloudEvent.array().max(schemas.mostEvents),
    { batch: [examples.cloudEvent] },
    (value, call) => batchOf(readCloudEvents(value), call),
  ),
}

export const usage = post<UsageBatch>(
  {
    path: '/v1/usage',
    operationId: 'recordUsage',
    tag: 'Usage',
    summary: 'Report usage after the fact, in a batch',
    description:
      'As JSON, NDJSON or CloudEvents 1.0 (structured, batched or binary). Each event is decided alone and in order, and answered by its index: accepted, duplicate (a repeat of the same id changes nothing) or refused with a code. The call succeeds when the batch itself is well formed.',
    scope: 'usage:write',
    query: schemas.usageQuery,
    headers: schemas.cloudEventHeaders,
    answers: {
      200: {
        description: 'What became of each event',
        schema: schemas.usageAnswer,
        examples: { outcome: examples.usageAnswer },
      },
    },
    refusals: [],
  },
  { mostBytes: batchBytes, forms: usageForms },
  async ({ actor }, batch) => ({ status: 200, body: await takeUsage(actor, batch) }),
)

function batchOf(events: ReadEvent[], call: Call): UsageBatch {
  const { account_id, beyond_credit } = checkedQuery(schemas.usageQuery, call.query)
  return { accountId: account_id, beyondCredit: beyond_credit, events }
}
