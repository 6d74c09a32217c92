import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockRequestLimit, saveRequestLimit } from './store'

const highest = 1_000_000_000

/**
 * Sets how many requests an account may begin in a minute, or null for the usual rule. For operators. Holds from the next
 * request on.
 * @throws Refusal `not_found`, `invalid_request`, `not_allowed`
 */
export async function setRequestLimit(
  actor: Actor,
  { accountId, requestsPerMinute }: { accountId: string; requestsPerMinute: number | null },
): Promise<void> {
  if (actor.kind !== 'system') {
    throw new Refusal('not_allowed', { message: 'Request limits are set by the platform that runs Purse.' })
  }
  if (requestsPerMinute !== null && !(Number.isInteger(requestsPerMinute) && isWithin(requestsPerMinute))) {
    throw new Refusal('invalid_request', {
      field: 'requestsPerMinute',
      message: `A request limit is a whole number from 1 to ${highest}.`,
    })
  }
  const at = await now()
  await inTransaction(async (tx) => {
    const before = await lockRequestLimit(tx, accountId)
    await saveRequestLimit(tx, accountId, requestsPerMinute)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'request_limit.set',
      before: { requestsPerMinute: before },
      after: { requestsPerMinute },
      at,
    })
  })
}

const isWithin = (limit: number) => limit >= 1 && limit <= highest
