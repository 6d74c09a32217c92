import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import type { Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockRequestLimit, saveRequestLimit } from './store'

const highest = 1_000_000_000

/**
 * Sets how many requests an account may begin in a minute, or null for the usual rule. Holds from the next request on. A step of
 * the verb that asks who may.
 * @throws Refusal `not_found`, `invalid_request`
 */
export async function setRequestLimitIn(
  tx: Tx,
  { actor, accountId, requestsPerMinute, at }: SetRequestLimit,
): Promise<void> {
  if (requestsPerMinute !== null && !(Number.isInteger(requestsPerMinute) && isWithin(requestsPerMinute))) {
    throw new Refusal('invalid_request', {
      field: 'requestsPerMinute',
      message: `A request limit is a whole number from 1 to ${highest}.`,
    })
  }
  const before = await lockRequestLimit(tx, accountId)
  if (before === requestsPerMinute) return
  await saveRequestLimit(tx, accountId, requestsPerMinute)
  await recordAudit(tx, {
    accountId,
    actor,
    action: 'request_limit.set',
    before: { requestsPerMinute: before },
    after: { requestsPerMinute },
    at,
  })
}

interface SetRequestLimit {
  actor: Actor
  accountId: string
  requestsPerMinute: number | null
  at: Date
}

const isWithin = (limit: number) => limit >= 1 && limit <= highest
