import { money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { isTakenBackDebt } from './rules'
import { readTakenBack } from './store'

/**
 * Whether the account is below zero because a refund or a chargeback took credit back after it last bought some. Automatic
 * charges wait then; the next purchase by hand pays the debt and ends it.
 */
export async function hasTakenBackDebt(tx: Tx, accountId: string): Promise<boolean> {
  const facts = await readTakenBack(tx, accountId)
  return facts !== null && isTakenBackDebt({ ...facts, balance: money(facts.balance, facts.currency) })
}
