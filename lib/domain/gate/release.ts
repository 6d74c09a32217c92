import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import type { HoldDto } from '../holds'
import { requireGate } from './authority'
import { dtoAt } from './dto'
import { inLane } from './lanes'

/**
 * Gives a hold back unused. Releasing again, or releasing an expired hold, changes nothing.
 * @throws Refusal `not_found`; `hold_closed` when it was settled.
 */
export async function release(
  actor: Actor,
  { accountId, holdId }: { accountId: string; holdId: string },
): Promise<{ hold: HoldDto; available: string }> {
  requireGate(actor, 'usage:write')
  return inLane({
    accountId,
    holdIds: [holdId],
    decide(desk) {
      const hold = desk.requireHold(holdId, 'request')
      if (hold.state === 'settled') {
        throw new Refusal('hold_closed', {
          message: 'This hold was settled, so it cannot be released. What it was charged stays charged.',
        })
      }
      if (hold.state === 'open') desk.closeHold(hold, 'released')
      return dtoAt(desk, hold)
    },
  })
}
