import { formatMoney, type Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { notify } from '../notifications'
import { smallestPurchase } from '../purchases/rules'
import { limitCrossing } from './rules'

/**
 * Tells that the month's limit on automatic purchases is nearly or quite used up, once per crossing: a limit that was
 * changed is another one.
 */
export async function tellLimit(
  tx: Tx,
  told: { accountId: string; month: string; limit: Money; charged: Money; at: Date },
): Promise<void> {
  const { accountId, month, limit, charged, at } = told
  const crossing = limitCrossing(limit, charged, { smallestPurchase })
  if (crossing === null) return
  const cause = `monthly_limit:${month}/${formatMoney(limit)}`
  if (crossing === 'reached') {
    await notify(tx, { accountId, kind: 'top_up_paused', cause, facts: { reason: 'monthly_limit' }, at })
  } else {
    const facts = { spent: formatMoney(charged), limit: formatMoney(limit) }
    await notify(tx, { accountId, kind: 'top_up_limit_near', cause, facts, at })
  }
}
