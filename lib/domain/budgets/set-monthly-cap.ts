import type { Actor } from '@/lib/core/actor'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import { getMonth, type MonthDto } from './get-month'
import { parseLimit, parseThresholds } from './parse-limit'
import { openMonthlyBudget, saveAssessed } from './spend'
import { type BudgetState, saveLimit } from './store'
import { tellOfRaise } from './tell-resumed'

/**
 * Sets or removes (null) the monthly budget cap and the percentages at which to warn. Takes effect at once: usage resumes
 * when the cap is raised above what is spent, and pauses when it is lowered below.
 * @throws Refusal `invalid_amount` or `invalid_request` naming the field.
 */
export async function setMonthlyCap(
  actor: Actor,
  input: { accountId: string; limit: string | null; warnAtPercent: number[] },
): Promise<MonthDto> {
  await requireRole(actor, input.accountId, 'billing:write')
  const limit = input.limit === null ? null : parseLimit(input.limit, 'Leave it empty for no cap.')
  const warnAtPercent = parseThresholds(input.warnAtPercent)
  const at = await now()
  await inTransaction(async (tx) => {
    // The lock that the gate takes: a request is decided either wholly before or wholly after the change.
    await lockBalance(tx, input.accountId)
    const before = await openMonthlyBudget(tx, input.accountId, at)
    const after = { ...before, limit, warnAtPercent }
    await saveLimit(tx, after)
    await saveAssessed(tx, after, at)
    await tellOfRaise(tx, before, after, at)
    await recordAudit(tx, {
      accountId: input.accountId,
      actor,
      action: 'monthly_cap.set',
      before: audited(before),
      after: audited(after),
      at,
    })
  })
  return getMonth(actor, input)
}

const audited = ({ limit, warnAtPercent }: BudgetState) => ({ limit: limit && formatMoney(limit), warnAtPercent })
