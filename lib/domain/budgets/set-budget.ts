import type { Actor } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockBalance, readLatestCharge } from '../ledger'
import { requireRole } from '../members'
import { type BudgetDto, budgetDto } from './dto'
import { parseLimit, parseThresholds } from './parse-limit'
import type { BudgetWindow, SubjectScope } from './rules'
import { openMonthlyBudget } from './spend'
import { auditedBudget, setBudgetIn, turnedSubjectBudgets } from './subject-budgets'

export interface BudgetInput {
  window: BudgetWindow
  /** A decimal string; "0" lets nothing be spent. */
  limit: string
  /** Whole percentages at which to warn; 100 always is one. */
  warnAtPercent?: number[] | undefined
}

const usualThresholds = [80]

/**
 * Sets what a key or a member (`subject`: the id of the key or the user) may spend in a window. Takes effect at once: requests
 * that run go on and are charged in full, new ones must fit what is left. What was used in the running period before counts.
 * @throws Refusal `invalid_amount` or `invalid_request` naming the field, `not_found` when there is no such key or member,
 *   `conflict` when the key is revoked.
 */
export async function setBudget(
  actor: Actor,
  input: { accountId: string; scope: SubjectScope; subject: string } & BudgetInput,
): Promise<BudgetDto> {
  await requireRole(actor, input.accountId, 'budgets:write')
  const at = await now()
  return inTransaction(async (tx) => {
    // The lock that the gate takes: a request is decided either wholly before or wholly after the change.
    await lockBalance(tx, input.accountId)
    return setAudited(tx, actor, { ...input, subjectId: input.subject }, at)
  })
}

/** Sets a budget and says so in the audit log. Needs the balance lock. @throws as setBudget */
export async function setAudited(
  tx: Tx,
  actor: Actor,
  input: { accountId: string; scope: SubjectScope; subjectId: string } & BudgetInput,
  asked: Date,
): Promise<BudgetDto> {
  const { accountId, scope, subjectId, window } = input
  // Usage may have begun the next period while this waited for the lock: the budget begins no earlier.
  const charged = await readLatestCharge(tx, accountId)
  const at = charged && charged > asked ? charged : asked
  const limit = parseLimit(input.limit, 'Use 0 to let nothing be spent.')
  const warnAtPercent = parseThresholds(input.warnAtPercent ?? usualThresholds)
  const { before, after } = await setBudgetIn(tx, { accountId, scope, subjectId, window, limit, warnAtPercent }, at)
  await recordAudit(tx, {
    accountId,
    actor,
    action: 'budget.set',
    ...(before && { before: auditedBudget(before) }),
    after: auditedBudget(after),
    at,
  })
  const month = await openMonthlyBudget(tx, accountId, at)
  const [saved] = await turnedSubjectBudgets(tx, accountId, month, at, { budgetId: after.budgetId })
  return budgetDto(saved!)
}
