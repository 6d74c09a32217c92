import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import { deleteBudget } from './store'
import { auditedBudget, openBudget } from './subject-budgets'

/**
 * Removes the budget of a key or a member: it limits nothing any more, and open requests for more are closed. The audit log keeps
 * what it was. @throws Refusal `not_found`; `conflict` for the monthly budget cap, which is changed in the settings.
 */
export async function removeBudget(actor: Actor, input: { accountId: string; budgetId: string }): Promise<void> {
  await requireRole(actor, input.accountId, 'budgets:write')
  const at = await now()
  await inTransaction(async (tx) => {
    await lockBalance(tx, input.accountId)
    const budget = await openBudget(tx, input, at)
    if (!budget) throw new Refusal('not_found', { message: 'There is no such budget.' })
    if (budget.scope === 'account') {
      throw new Refusal('conflict', { message: 'The monthly budget cap is removed in the billing settings.' })
    }
    await deleteBudget(tx, input, { userId: actor.kind === 'user' ? actor.userId : null, at })
    await recordAudit(tx, {
      accountId: input.accountId,
      actor,
      action: 'budget.removed',
      before: auditedBudget(budget),
      at,
    })
  })
}
