import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { compare, formatMoney, type Money } from '@/lib/core/money'
import { parseLine } from '@/lib/core/text'
import { idOfText } from '@/lib/core/text-id'
import { dayEnd, isDay } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { billingZone } from '../budgets'
import { operatorRoleOf, requireOperator } from '../members'
import { mayOperate } from '../members/rules'
import { notify } from '../notifications'
import { grantCredit } from './grant-credit'
import { parseLastDay, parsePromotion } from './rules'
import { findGrant } from './store'

export interface PromotionDto {
  grantId: string
  amount: string
  /** The first instant at which it cannot be used; null: it never expires. */
  expiresAt: string | null
  isNew: boolean
}

interface Gift {
  accountId: string
  grantId: string
  amount: Money
  /** The last day on which it can be used; null: it never expires. */
  expiresOn: string | null
  zone: string
}

/**
 * Gives an account free credit, once for each of the caller's keys. Support may give a little, finance and admins more. The
 * customer is told, and the audit log keeps the reason.
 * @throws Refusal `invalid_amount`, `amount_too_large`, `invalid_request` naming the field; `idempotency_conflict` when the key was
 *   used for another gift; `not_found`, `not_allowed`.
 */
export async function givePromotion(
  actor: Actor,
  input: {
    accountId: string
    amount: string
    /** The last day on which it can be used, e.g. "2026-12-31" in the account's billing time zone; null: it never expires. */
    expiresOn: string | null
    reason: string
    idempotencyKey: string
  },
): Promise<PromotionDto> {
  await requireOperator(actor, 'credit:give')
  const { accountId, expiresOn } = input
  const amount = parsePromotion(input.amount, await mayGiveMore(actor))
  const reason = parseLine(input.reason, { field: 'reason', label: 'The reason', longest: 500, isRequired: true })
  const key = parseLine(input.idempotencyKey, {
    field: 'idempotencyKey',
    label: 'The idempotency key',
    isRequired: true,
  })
  const grantId = idOfText(`purse.promotion.v1\n${accountId}\n${key}`)
  const at = await now()
  const given = await inTransaction(async (tx) => {
    const gift = { accountId, grantId, amount, expiresOn, zone: await billingZone(tx, accountId, at) }
    return (await givenBefore(tx, gift)) ?? (await give(tx, { actor, gift, reason, at }))
  })
  crashPoint('promotion:after-commit')
  return given
}

async function mayGiveMore(actor: Actor): Promise<boolean> {
  if (actor.kind === 'system') return true
  return mayOperate((await operatorRoleOf(actor)) ?? '', 'credit:give_more')
}

/** The same gift, if the key made it before. @throws Refusal `idempotency_conflict` when it made another one. */
async function givenBefore(
  tx: Tx,
  { accountId, grantId, amount, expiresOn, zone }: Gift,
): Promise<PromotionDto | null> {
  const before = await findGrant(tx, accountId, grantId)
  if (!before) return null
  const wanted = expiresOn !== null && isDay(expiresOn) ? dayEnd(expiresOn, zone) : null
  const isSame = (expiresOn === null) === (wanted === null) && wanted?.getTime() === before.expiresAt?.getTime()
  if (isSame && compare(before.amount, amount) === 0) return dto({ grantId, ...before, isNew: false })
  throw new Refusal('idempotency_conflict', {
    field: 'idempotencyKey',
    message: 'This key was used before to give something else. Nothing was given now. Use a new key for a new gift.',
  })
}

async function give(
  tx: Tx,
  { actor, gift, reason, at }: { actor: Actor; gift: Gift; reason: string; at: Date },
): Promise<PromotionDto> {
  const { accountId, grantId, amount, expiresOn, zone } = gift
  const expiresAt = expiresOn === null ? null : parseLastDay(expiresOn, 'expiresOn', at, zone)
  const cause = `promotion:${grantId}`
  const { isNew } = await grantCredit(tx, { accountId, source: 'promotion', cause, amount, grantId, expiresAt, at })
  // Somebody was quicker under the same key: what they gave counts.
  if (!isNew) return (await givenBefore(tx, gift))!
  await notify(tx, {
    accountId,
    kind: 'promotion_given',
    cause,
    facts: { amount: formatMoney(amount), lastDay: expiresOn, timeZone: zone },
    at,
  })
  await recordAudit(tx, {
    accountId,
    actor,
    action: 'promotion.given',
    after: { grantId, amount: formatMoney(amount), expiresOn, reason },
    at,
  })
  crashPoint('promotion:before-commit')
  return dto({ grantId, amount, expiresAt, isNew })
}

const dto = (given: { grantId: string; amount: Money; expiresAt: Date | null; isNew: boolean }): PromotionDto => ({
  grantId: given.grantId,
  amount: formatMoney(given.amount),
  expiresAt: given.expiresAt?.toISOString() ?? null,
  isNew: given.isNew,
})
