import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { lockBalance } from '../ledger'
import { notify } from './notify'
import { assessBalance } from './rules'
import { readCrossed, readIsPostPaid, readIsToppingUp, readWatch, saveWatch } from './store'

const mostAtOnce = 1000

/**
 * Tells accounts whose credit has fallen to their threshold, once for each crossing; one that has recovered is told again the next
 * time. Credit in holds counts as there: a request that is running is not yet used. Returns how many accounts had crossed.
 */
export async function watchBalances(actor: Actor): Promise<number> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: `${actorName(actor)} watches no balances.` })
  const accountIds = await readCrossed(mostAtOnce)
  for (const accountId of accountIds) await watchBalance(accountId)
  return accountIds.length
}

async function watchBalance(accountId: string): Promise<void> {
  const at = await now()
  await inTransaction(async (tx) => {
    const { balance } = await lockBalance(tx, accountId)
    const watch = await readWatch(tx, accountId)
    const { threshold } = watch
    const { isLow, isCrossing } = assessBalance(balance.nanos, { threshold, wasLow: watch.isLow })
    const crossings = watch.crossings + (isCrossing ? 1 : 0)
    await saveWatch(tx, accountId, { threshold, isLow, crossings })
    // Where usage goes on beyond credit, the end of credit is no news.
    if (!isCrossing || threshold === null || (await readIsPostPaid(tx, accountId))) return
    await notify(tx, {
      accountId,
      kind: 'low_balance',
      cause: `low_balance:${crossings}`,
      facts: {
        balance: formatMoney(balance),
        threshold: formatMoney(money(threshold, balance.currency)),
        isTopUpOn: await readIsToppingUp(tx, accountId),
      },
      at,
    })
  })
}
