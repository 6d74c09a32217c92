import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isMore } from '@/lib/core/money'
import type { HoldDto } from '../holds'
import { type Hold, laterEnd, type Reported } from '../holds/rules'
import { requireGate } from './authority'
import { type Desk, requireTokens } from './desk'
import { dtoAt, reportedCost } from './dto'
import { closed } from './extend'
import { inLane } from './lanes'
import type { Settlement } from './settle'

/**
 * Notes what a running request has used so far: what it is charged for if it is never heard of again. Reports are cumulative;
 * one that says less than an earlier one came late and changes nothing.
 * @throws Refusal `hold_closed`, `unknown_model`, `invalid_request`, `not_found`.
 */
export async function reportProgress(
  actor: Actor,
  input: { accountId: string; holdId: string; usage: Settlement; holdSeconds: number | null },
): Promise<{ hold: HoldDto; available: string }> {
  requireGate(actor, 'usage:write')
  const { accountId, holdId, usage } = input
  requireTokens(usage)
  return inLane({
    accountId,
    holdIds: [holdId],
    decide(desk) {
      const hold = desk.requireHold(holdId, 'request')
      if (hold.state !== 'open') throw closed(hold)
      const reported = { ...usage, model: modelOf(hold, usage.model) }
      const cost = desk.priceOf(reported.model, reported, hold.createdAt)
      if (!hold.reported || isMore(cost, reportedCost(desk.prices, hold))) note(desk, hold, reported)
      const expiresAt = laterEnd(hold, desk.at, input.holdSeconds)
      if (expiresAt > hold.expiresAt) {
        hold.expiresAt = expiresAt
        desk.changedHolds.add(hold)
      }
      return dtoAt(desk, hold)
    },
  })
}

function note(desk: Desk, hold: Hold, reported: Reported): void {
  hold.reported = reported
  desk.changedHolds.add(hold)
}

/**
 * The model that a hold's usage is priced by: the one it names, or the one told now. It stays what it was first reported as.
 * @throws Refusal `invalid_request` when there is none, or another than before.
 */
export function modelOf(hold: Hold, told: string | null): string {
  const model = told ?? hold.reported?.model ?? hold.model
  if (!model) {
    throw new Refusal('invalid_request', {
      field: 'model',
      message: 'The hold names no model, so the usage must: send model with the tokens.',
    })
  }
  if (hold.reported && hold.reported.model !== model) {
    throw new Refusal('invalid_request', {
      field: 'model',
      message: `The usage of this hold was reported for ${hold.reported.model}. One hold is for one model: send that, or none.`,
    })
  }
  return model
}
