import type { Actor } from '@/lib/core/actor'
import { formatMoney } from '@/lib/core/money'
import { pool } from '@/lib/edges/db'
import { type HoldDto, holdDto, readHoldNow } from '../holds'
import { priceBook } from '../prices'
import { requireReader } from './authority'
import { noSuchHold } from './desk'
import { reportedCost } from './dto'

/** A hold as it is now. @throws Refusal `not_found`, `not_allowed` */
export async function getHold(
  actor: Actor,
  { accountId, holdId }: { accountId: string; holdId: string },
): Promise<{ hold: HoldDto; available: string }> {
  requireReader(actor, 'usage:write', accountId)
  const [found, prices] = await Promise.all([readHoldNow(pool(), accountId, holdId), priceBook()])
  if (found?.hold.kind !== 'request') throw noSuchHold('request')
  return {
    hold: holdDto(found.hold, () => reportedCost(prices, found.hold)),
    available: formatMoney(found.available),
  }
}
