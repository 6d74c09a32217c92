import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { parseLine } from '@/lib/core/text'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { enqueue } from '@/lib/edges/queue'
import { recordAudit } from '../audit'
import { operatorContacts, requireOperator, requireRole } from '../members'
import { notify } from '../notifications'
import { type AskedKind, type AskedState, longestReason } from './rules'
import { type LimitsInput, setLimitsIn } from './set-limits'
import {
  closeLimitRequest,
  insertLimitRequest,
  type LimitRequestRow,
  readLimitRequest,
  readOpenLimitRequests,
} from './store'

/** An account's request for more, as its people see it. */
export interface LimitRequestDto {
  requestId: string
  kind: AskedKind
  model: string | null
  reason: string
  state: AskedState
  askedByName: string
  createdAt: string
  decidedAt: string | null
  note: string | null
}

export const limitRequestDto = (row: LimitRequestRow): LimitRequestDto => ({
  requestId: row.requestId,
  kind: row.kind,
  model: row.model,
  reason: row.reason,
  state: row.state,
  askedByName: row.askedByName,
  createdAt: row.createdAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
  note: row.note,
})

/**
 * Asks the operator for more requests a minute, more tokens (of a model, or of every one) or another tier. The operator is told by mail.
 * @throws Refusal `invalid_request` without a reason; `conflict` while an earlier request of the kind waits
 */
export async function askOperatorForMore(
  actor: Actor,
  input: { accountId: string; kind: AskedKind; model?: string | undefined; reason: string },
): Promise<LimitRequestDto> {
  await requireRole(actor, input.accountId, 'budgets:request')
  if (actor.kind !== 'user') throw new Refusal('not_allowed', { message: 'Only a person can ask for more.' })
  const { accountId, kind } = input
  const reason = parseLine(input.reason, {
    field: 'reason',
    label: 'The reason',
    longest: longestReason,
    isRequired: true,
  })
  const model = kind === 'tokens' ? input.model || null : null
  const [at, requestId] = [await now(), newId()]
  await inTransaction(async (tx) => {
    const row = { accountId, requestId, askedBy: actor.userId, kind, model, reason, createdAt: at }
    if (!(await insertLimitRequest(tx, row))) {
      throw new Refusal('conflict', { message: 'The account has asked for this already. It waits for a decision.' })
    }
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'limit_request.asked',
      after: { requestId, kind, model, reason },
      at,
    })
    await enqueue(tx, 'tell-limit-request', { accountId, requestId })
  })
  return limitRequestDto(await theRequest(accountId, requestId))
}

/** Takes a request back. @throws Refusal `not_found`; `conflict` when it was decided already */
export async function withdrawLimitRequest(
  actor: Actor,
  { accountId, limitRequestId: requestId }: { accountId: string; limitRequestId: string },
): Promise<LimitRequestDto> {
  await requireRole(actor, accountId, 'budgets:request')
  const at = await now()
  await inTransaction((tx) => close(tx, actor, { accountId, requestId, state: 'withdrawn', note: null, at }))
  return limitRequestDto(await theRequest(accountId, requestId))
}

/**
 * Decides on a request. What is granted is set in the same transaction, as far as it is a limit; a decline says why. The member who
 * asked is told. Of two who decide at once the second is refused. For operators.
 * @throws Refusal `not_found`, `not_allowed`; `conflict` when it was decided already; `invalid_request` naming the limit or `note`
 */
export async function decideLimitRequest(
  actor: Actor,
  input: {
    accountId: string
    limitRequestId: string
    decision: 'grant' | 'decline'
    note?: string | undefined
    limits?: LimitsInput | undefined
  },
): Promise<LimitRequestDto> {
  await requireOperator(actor, 'platform:write')
  const { accountId, limitRequestId: requestId, decision, limits } = input
  const isGrant = decision === 'grant'
  const note =
    parseLine(input.note ?? '', { field: 'note', label: 'The note', longest: longestReason, isRequired: !isGrant }) ||
    null
  if (limits && !isGrant) {
    throw new Refusal('invalid_request', { field: 'limits', message: 'A decline sets no limits. Leave them out.' })
  }
  const at = await now()
  const state = isGrant ? 'granted' : 'declined'
  const { askedBy: toUserId, kind: asked, model } = await theRequest(accountId, requestId)
  await inTransaction(async (tx) => {
    await close(tx, actor, { accountId, requestId, state, note, at })
    if (limits) await setLimitsIn(tx, { actor, accountId, limits, at })
    await notify(tx, {
      accountId,
      kind: 'limit_more_decided',
      cause: `limit_request:${requestId}`,
      facts: { toUserId, asked, model, state, note, ...limits },
      at,
    })
  })
  return limitRequestDto(await theRequest(accountId, requestId))
}

/** What waits for a decision, oldest first. For operators. */
export async function listOpenLimitRequests(
  actor: Actor,
): Promise<(LimitRequestDto & { accountId: string; accountName: string })[]> {
  await requireOperator(actor, 'operator:read')
  const rows = await readOpenLimitRequests(200)
  return rows.map((row) => ({ ...limitRequestDto(row), accountId: row.accountId, accountName: row.accountName }))
}

async function close(
  tx: Tx,
  actor: Actor,
  closing: {
    accountId: string
    requestId: string
    state: Exclude<AskedState, 'open'>
    note: string | null
    at: Date
  },
): Promise<void> {
  const { accountId, requestId, state, note, at } = closing
  if (!(await closeLimitRequest(tx, { ...closing, decidedBy: actorName(actor) }))) {
    const before = await theRequest(accountId, requestId)
    throw new Refusal('conflict', { message: `This request was ${before.state} already.`, state: before.state })
  }
  await recordAudit(tx, { accountId, actor, action: `limit_request.${state}`, after: { requestId, state, note }, at })
}

async function theRequest(accountId: string, requestId: string): Promise<LimitRequestRow> {
  const row = await readLimitRequest(accountId, requestId)
  if (!row) throw new Refusal('not_found', { message: 'There is no such request.' })
  return row
}

const askedFor: Record<AskedKind, string> = {
  requests: 'more requests a minute',
  tokens: 'more tokens a minute',
  tier: 'another tier',
}

/** Mails a request to the staff that may decide on it. Run again it repeats mails under the same Message-ID. */
export async function tellLimitRequest(
  actor: Actor,
  { accountId, requestId }: { accountId: string; requestId: string },
): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const { accountName, askedByName, kind, model, reason } = await theRequest(accountId, requestId)
  const mail = renderMail({
    subject: `${accountName} asks for ${askedFor[kind]}`,
    paragraphs: [
      `${askedByName} of ${accountName} (${accountId}) asks for ${askedFor[kind]}${model ? ` of ${model}` : ''}: ${reason}`,
      `Grant or decline it on the page, or on the server with: npm run limits -- requests grant ${accountId} ${requestId}.`,
    ],
    link: { label: 'Decide', href: `${new URL(env().APP_URL).origin}/operator/requests` },
    footer: 'You receive this because you look after this platform.',
  })
  for (const to of await operatorContacts('platform:write')) {
    await sendMail({ ...mail, to, cause: `limit_request:${requestId}` })
  }
}
