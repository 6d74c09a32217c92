/** Usage after the fact, in each form that it may be sent in. */
import { bodies, type UsageBatch } from '../bodies'
import { post } from '../route'
import * as schemas from '../schemas'
import { takeUsage } from '../take-usage'

const { examples } = schemas

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
  bodies.recordUsage,
  async ({ actor }, batch) => ({ status: 200, body: await takeUsage(actor, batch) }),
)
