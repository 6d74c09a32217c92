import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { add, isPositive, percentSpent } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { readBalance } from '../ledger'
import { notify } from '../notifications'
import { capHeadroom } from './spend'
import { type BudgetState, readEndedPauses, readStanding } from './store'

/** The pause of a month that reached the account's cap: a cap that is raised and reached again is another. */
type Pause = Pick<BudgetState, 'accountId' | 'budgetId' | 'period' | 'crossings'>

/**
 * Tells the account that usage goes on when a change of its cap has ended the pause that the cap had made. Needs the balance lock.
 */
export async function tellOfRaise(tx: Tx, before: BudgetState, after: BudgetState, at: Date): Promise<void> {
  const wasPaused = before.scope === 'account' && before.warnedPercent >= 100
  if (!wasPaused || (after.limit && percentSpent(after.limit, after.spent) >= 100)) return
  await tell(tx, before, 'cap_raised', at)
}

const mostAtOnce = 1000
/** News of a month that turned longer ago is no help any more. */
const patienceMs = 35 * dayMs

/**
 * Tells accounts whose usage was paused by their cap when the month ended that it goes on, once; those that have no credit by then
 * are told when there is some. Returns how many were told.
 */
export async function watchCaps(actor: Actor): Promise<number> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: `${actorName(actor)} watches no caps.` })
  const at = await now()
  const pauses = await readEndedPauses({ at, since: new Date(at.getTime() - patienceMs), limit: mostAtOnce })
  let told = 0
  for (const pause of pauses) {
    const isTold = await inTransaction(async (tx) => {
      const headroom = await capHeadroom(tx, pause.accountId, at)
      return (headroom === null || isPositive(headroom)) && tell(tx, pause, 'month_turned', at)
    })
    if (isTold) told += 1
  }
  return told
}

/** Nobody is told that usage goes on while something else stops it. */
async function tell(
  tx: Tx,
  { accountId, budgetId, period, crossings }: Pause,
  because: 'cap_raised' | 'month_turned',
  at: Date,
): Promise<boolean> {
  const [{ available }, standing] = await Promise.all([readBalance(tx, accountId), readStanding(tx, accountId)])
  if (!standing || standing.isStopped || !isPositive(add(available, standing.creditLimit))) return false
  const cause = `budget:${budgetId}/${period}/${crossings}`
  await notify(tx, { accountId, kind: 'usage_resumed', cause, facts: { because }, at })
  return true
}
