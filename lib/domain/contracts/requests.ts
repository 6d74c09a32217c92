import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { displayMoney, formatMoney } from '@/lib/core/money'
import { parseLine } from '@/lib/core/text'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { renderMail, sendMail } from '@/lib/edges/email'
import { env } from '@/lib/edges/env'
import { enqueue } from '@/lib/edges/queue'
import { recordAudit } from '../audit'
import { operatorContacts, requireOperator, requireRole } from '../members'
import { notify } from '../notifications'
import { type PostPaidRequestDto, postPaidRequestDto } from './dto'
import { longestNote, type PostPaidRequestState, parseExpected } from './rules'
import {
  closeRequest,
  findRequest,
  insertRequest,
  type PostPaidRequestRow,
  readAccountBilling,
  readOpenRequests,
} from './store'

/**
 * Asks to be moved to post-paid. One request waits at a time.
 * @throws Refusal `invalid_amount` or `invalid_request` naming the field; `conflict` when one waits, or the account is
 *   post-paid already.
 */
export async function requestPostPaid(
  actor: Actor,
  input: { accountId: string; expectedMonthly: string; note: string },
): Promise<PostPaidRequestDto> {
  const { accountId } = input
  await requireRole(actor, accountId, 'billing:write')
  if (actor.kind !== 'user') throw new Refusal('not_allowed', { message: 'Only a person can ask for post-paid.' })
  const expectedMonthly = parseExpected(input.expectedMonthly)
  const note = parseLine(input.note, { field: 'note', label: 'The note', longest: longestNote, isRequired: true })
  const [at, requestId] = [await now(), newId()]
  await inTransaction(async (tx) => {
    const billing = await readAccountBilling(tx, accountId)
    if (billing?.mode === 'postpaid') {
      throw new Refusal('conflict', { message: 'The account is post-paid already.' })
    }
    const row = { accountId, requestId, askedBy: actor.userId, expectedMonthly, note, createdAt: at }
    if (!(await insertRequest(tx, row))) {
      throw new Refusal('conflict', { message: 'The account has asked for this already. It waits for a decision.' })
    }
    const after = { requestId, expectedMonthly: formatMoney(expectedMonthly), note }
    await recordAudit(tx, { accountId, actor, action: 'postpaid_request.asked', after, at })
    await enqueue(tx, 'tell-postpaid-request', { accountId, requestId })
  })
  return postPaidRequestDto(await theRequest(accountId, requestId))
}

/** Takes a request back. @throws Refusal `not_found`; `conflict` when it was decided already */
export async function withdrawPostPaidRequest(
  actor: Actor,
  { accountId, requestId }: { accountId: string; requestId: string },
): Promise<PostPaidRequestDto> {
  await requireRole(actor, accountId, 'billing:write')
  return close(actor, { accountId, requestId, state: 'withdrawn', note: null })
}

/**
 * Decides on a request. Approving moves nothing by itself: the operator then starts the contract (`startContract`, which
 * approves an open request by itself). The customer is told of a decline. For operators with the role finance or admin.
 * @throws Refusal `not_found`, `not_allowed`; `conflict` when it was decided already
 */
export async function decidePostPaidRequest(
  actor: Actor,
  input: { accountId: string; requestId: string; decision: 'approve' | 'decline'; note?: string | null | undefined },
): Promise<PostPaidRequestDto> {
  await requireOperator(actor, 'platform:write')
  const note = parseLine(input.note ?? '', { field: 'note', label: 'The note', longest: longestNote }) || null
  const state = input.decision === 'approve' ? 'approved' : 'declined'
  return close(actor, { accountId: input.accountId, requestId: input.requestId, state, note })
}

/** What waits for a decision, of every account, oldest first. For operators. */
export async function listOpenPostPaidRequests(
  actor: Actor,
): Promise<(PostPaidRequestDto & { accountId: string; accountName: string })[]> {
  await requireOperator(actor, 'operator:read')
  const rows = await readOpenRequests(200)
  return rows.map((row) => ({
    ...postPaidRequestDto(row),
    accountId: row.accountId,
    accountName: row.accountName,
  }))
}

async function close(
  actor: Actor,
  closing: {
    accountId: string
    requestId: string
    state: Exclude<PostPaidRequestState, 'open'>
    note: string | null
  },
): Promise<PostPaidRequestDto> {
  const { accountId, requestId, state, note } = closing
  const before = await theRequest(accountId, requestId)
  const at = await now()
  await inTransaction(async (tx) => {
    if (!(await closeRequest(tx, { ...closing, by: actorName(actor), at }))) {
      throw new Refusal('conflict', { message: `This request was ${before.state} already.`, state: before.state })
    }
    await recordAudit(tx, {
      accountId,
      actor,
      action: `postpaid_request.${state}`,
      after: { requestId, state, note },
      at,
    })
    if (state !== 'declined') return
    const facts = { toUserId: before.askedBy, note }
    await notify(tx, { accountId, kind: 'postpaid_declined', cause: `postpaid_request:${requestId}`, facts, at })
  })
  return postPaidRequestDto(await theRequest(accountId, requestId))
}

async function theRequest(accountId: string, requestId: string): Promise<PostPaidRequestRow> {
  const row = isId(accountId) && isId(requestId) ? await findRequest(pool(), accountId, requestId) : null
  if (!row) throw new Refusal('not_found', { message: 'There is no such request.' })
  return row
}

/** Mails a request to the staff that may decide on it. Run again it repeats mails under the same Message-ID. */
export async function tellPostPaidRequest(
  actor: Actor,
  { accountId, requestId }: { accountId: string; requestId: string },
): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const { accountName, askedByName, expectedMonthly, note } = await theRequest(accountId, requestId)
  const mail = renderMail({
    subject: `${accountName} asks for post-paid`,
    paragraphs: [
      `${askedByName} of ${accountName} (${accountId}) asks to be moved to post-paid and expects to use ${displayMoney(expectedMonthly)} in a month: ${note}`,
    ],
    link: { label: 'Open the account', href: `${new URL(env().APP_URL).origin}/operator/accounts/${accountId}` },
    footer: 'You receive this because you look after this platform.',
  })
  for (const to of await operatorContacts('platform:write')) {
    await sendMail({ ...mail, to, cause: `postpaid_request:${requestId}` })
  }
}
