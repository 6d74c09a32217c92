import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { openBook, saveBook } from '../ledger'
import { inAccountTransaction, requireGate } from '../usage'
import { type HoldDto, holdDto } from './authorize'
import { closeHold, findHold } from './store'

/**
 * Gives a hold back unused. Releasing again, or releasing an expired hold, changes nothing.
 * @throws Refusal `not_found`; `hold_closed` when it was settled.
 */
export async function release(
  actor: Actor,
  input: { accountId: string; holdId: string },
): Promise<{ hold: HoldDto; available: string }> {
  requireGate(actor, 'usage:write')
  const at = await now()
  return inAccountTransaction(input.accountId, async (tx) => {
    const [book, hold] = await Promise.all([openBook(tx, input.accountId), findHold(tx, input.accountId, input.holdId)])
    if (!hold) throw noSuchHold()
    if (hold.state === 'settled') {
      throw new Refusal('hold_closed', {
        message: 'This hold was settled, so it cannot be released. What it was charged stays charged.',
      })
    }
    if (hold.state === 'open') {
      book.free(hold.amount)
      await Promise.all([saveBook(tx, book), closeHold(tx, hold, { state: 'released', at })])
      hold.state = 'released'
    }
    return { hold: holdDto(hold), available: formatMoney(book.available) }
  })
}

export const noSuchHold = () =>
  new Refusal('not_found', {
    message: 'There is no such authorization. Check the id that POST /v1/authorizations gave.',
  })
