import type { Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { capHeadroom, openMonthlyBudget } from '../budgets'
import { lockBalance, readBalance } from '../ledger'
import { inProgressForMs } from './declines'
import { gatherFacts, type Moment } from './facts'
import { decideTopUp } from './rules'
import { enqueueRunIfLow, findOpenAttempt, readMonthKey, readPresent, readSetting } from './store'

/** Asks for a run when available credit has reached the minimum. Part of whatever moved the balance. */
export async function considerAutoTopUp(
  tx: Tx,
  { accountId, available }: { accountId: string; available: Money },
): Promise<void> {
  await enqueueRunIfLow(tx, accountId, available)
}

/**
 * Whether credit is about to come by itself, so that a request that does not fit should be sent again in a moment: a
 * charge is under way, or would be made now. A charge that waits for the customer, or has hung for long, is neither.
 */
export async function isTopUpInProgress(tx: Tx, accountId: string): Promise<boolean> {
  const setting = await readSetting(tx, accountId)
  if (!setting) return false
  const at = await readPresent(tx)
  const attempt = await findOpenAttempt(tx, accountId)
  if (attempt)
    return attempt.state !== 'requires_action' && at.getTime() - attempt.createdAt.getTime() < inProgressForMs
  if (!setting.isOn || setting.pausedReason) return false

  const { facts } = await gatherFacts(tx, accountId, await readMoment(tx, accountId, at), { hasOpenAttempt: false })
  const decision = decideTopUp(setting, facts)
  return decision.kind === 'charge' || decision.because === 'too_soon'
}

/** The account's credit and month as they are. */
async function readMoment(tx: Tx, accountId: string, at: Date): Promise<Moment> {
  const { available } = await readBalance(tx, accountId)
  const month = await readMonthKey(tx, accountId, at)
  return { at, available, month, capHeadroom: await capHeadroom(tx, accountId, at) }
}

/** The account's credit and month, which nobody else changes until the transaction ends. */
export async function lockMoment(tx: Tx, accountId: string, at: Date): Promise<Moment> {
  const { available } = await lockBalance(tx, accountId)
  const { period } = await openMonthlyBudget(tx, accountId, at)
  return { at, available, month: period, capHeadroom: await capHeadroom(tx, accountId, at) }
}
