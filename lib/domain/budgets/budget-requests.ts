import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, isMore, most } from '@/lib/core/money'
import { parseLine } from '@/lib/core/text'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import { notify } from '../notifications'
import { type BudgetRequestDto, requestDto } from './dto'
import { parseLimit } from './parse-limit'
import type { RequestState } from './rules'
import { saveAssessed } from './spend'
import { closeRequest, insertRequest, type RequestRow, readRequests, saveLimit } from './store'
import { openBudget } from './subject-budgets'
import { tellOfRaise } from './tell-resumed'

const longestReason = 500

/**
 * A member asks for a higher limit of a budget, of a key, a member or the account. Whoever may set it is told.
 * @throws Refusal `not_found`; `invalid_amount` unless more than the present limit is asked for; `conflict` while an earlier
 *   request of the same member waits.
 */
export async function askForMore(
  actor: Actor,
  input: { accountId: string; budgetId: string; limit: string; reason: string },
): Promise<BudgetRequestDto> {
  await requireRole(actor, input.accountId, 'budgets:request')
  const askedBy = requireUser(actor)
  const { accountId, budgetId } = input
  const askedLimit = parseLimit(input.limit, 'Enter what you need.')
  const reason = parseLine(input.reason, { field: 'reason', label: 'The reason', longest: longestReason })
  const [at, requestId] = [await now(), newId()]
  return inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const budget = await openBudget(tx, { accountId, budgetId }, at)
    if (!budget?.limit) throw new Refusal('not_found', { message: 'There is no such budget, or it has no limit.' })
    if (!isMore(askedLimit, budget.limit)) {
      throw new Refusal('invalid_amount', {
        field: 'limit',
        message: `The limit is ${formatMoney(budget.limit)} already. Ask for more than that.`,
      })
    }
    const isNew = await insertRequest(tx, {
      accountId,
      requestId,
      budget,
      askedBy,
      limit: budget.limit,
      askedLimit,
      reason,
      at,
    })
    if (!isNew) throw new Refusal('conflict', { message: 'You have asked for more already. It waits for a decision.' })
    const request = await theRequest(tx, accountId, requestId)
    await recordAudit(tx, { accountId, actor, action: 'budget_request.asked', after: audited(request), at })
    await notify(tx, {
      accountId,
      kind: 'budget_more_asked',
      cause: `budget_request:${requestId}`,
      facts: { ...told(request), askedByName: request.askedByName, reason },
      at,
    })
    return requestDto(request)
  })
}

/** A member takes their own request back. @throws Refusal `not_found`; `conflict` when it was decided already */
export async function withdrawRequest(
  actor: Actor,
  { accountId, requestId }: { accountId: string; requestId: string },
): Promise<BudgetRequestDto> {
  await requireRole(actor, accountId, 'budgets:request')
  const by = requireUser(actor)
  const at = await now()
  return inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const before = await openRequest(tx, accountId, requestId)
    if (before.askedBy !== by) {
      throw new Refusal('not_allowed', { message: 'Only the member who asked can take a request back.' })
    }
    return close(tx, actor, { accountId, request: before, state: 'withdrawn', by, note: null, at })
  })
}

/**
 * Decides a request. Approving sets the limit in the same transaction; a limit that has been raised above it meanwhile stays. The
 * member who asked is told. Of two who decide at once the second is refused.
 * @throws Refusal `not_found`; `conflict` when it was decided or withdrawn already, or the budget is gone
 */
export async function decideRequest(
  actor: Actor,
  input: { accountId: string; requestId: string; decision: 'approve' | 'decline'; note?: string | undefined },
): Promise<BudgetRequestDto> {
  await requireRole(actor, input.accountId, 'budgets:write')
  const by = requireUser(actor)
  const { accountId, requestId } = input
  const note = parseLine(input.note ?? '', { field: 'note', label: 'The note', longest: longestReason }) || null
  const at = await now()
  return inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const request = await openRequest(tx, accountId, requestId)
    const budget = await openBudget(tx, { accountId, budgetId: request.budgetId }, at)
    if (!budget?.limit) throw new Refusal('conflict', { message: 'This budget limits nothing any more.' })
    const isApproval = input.decision === 'approve'
    const limit = isApproval ? most(budget.limit, request.askedLimit) : budget.limit
    if (isApproval) {
      const after = { ...budget, limit }
      await saveLimit(tx, after)
      await saveAssessed(tx, after, at)
      await tellOfRaise(tx, budget, after, at)
    }
    const state = isApproval ? 'approved' : 'declined'
    const closed = await close(tx, actor, { accountId, request, state, by, note, at })
    await notify(tx, {
      accountId,
      kind: 'budget_more_decided',
      cause: `budget_request:${requestId}`,
      facts: {
        ...told(request),
        toUserId: request.askedBy,
        state,
        limit: formatMoney(limit),
        decidedByName: closed.decidedByName ?? '',
        note,
      },
      at,
    })
    return closed
  })
}

async function close(
  tx: Tx,
  actor: Actor,
  closing: {
    accountId: string
    request: RequestRow
    state: Exclude<RequestState, 'open'>
    by: string
    note: string | null
    at: Date
  },
): Promise<BudgetRequestDto> {
  const { accountId, request, state, at } = closing
  await closeRequest(tx, { ...closing, requestId: request.requestId })
  const after = await theRequest(tx, accountId, request.requestId)
  await recordAudit(tx, {
    accountId,
    actor,
    action: `budget_request.${state}`,
    before: audited(request),
    after: audited(after),
    at,
  })
  return requestDto(after)
}

/** Under the balance lock, so that nobody else decides meanwhile. */
async function openRequest(tx: Tx, accountId: string, requestId: string): Promise<RequestRow> {
  const request = await theRequest(tx, accountId, requestId)
  if (request.state === 'open') return request
  const who = request.decidedByName ? ` by ${request.decidedByName}` : ''
  throw new Refusal('conflict', { message: `This request was ${request.state} already${who}.`, state: request.state })
}

async function theRequest(tx: Tx, accountId: string, requestId: string): Promise<RequestRow> {
  const [request] = await readRequests(tx, accountId, requestId)
  if (!request) throw new Refusal('not_found', { message: 'There is no such request.' })
  return request
}

function requireUser(actor: Actor): string {
  if (actor.kind === 'user') return actor.userId
  throw new Refusal('not_allowed', { message: 'Only a person can ask for more or decide.' })
}

const told = ({ scope, subjectId, subjectName, window, limit, askedLimit }: RequestRow) => ({
  scope,
  subjectId,
  subjectName,
  window,
  limit: formatMoney(limit),
  askedLimit: formatMoney(askedLimit),
})

const audited = ({ requestId, budgetId, limit, askedLimit, reason, state, note }: RequestRow) => ({
  requestId,
  budgetId,
  limit: formatMoney(limit),
  askedLimit: formatMoney(askedLimit),
  reason,
  state,
  note,
})
