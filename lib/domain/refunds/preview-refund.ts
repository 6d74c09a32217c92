import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { cents, formatMoney, type Money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { requireOperator, requireRole } from '../members'
import { refundFactsOf } from './refund-facts'
import { blockOf, blockText, decideRefund, type RefundBlock, refundableOf, takenBy, windowEnd } from './rules'
import { lockTakeBacks, openBookOf } from './save-take-backs'

/** What a refund would do. Amounts are decimal strings; money includes tax. */
export interface RefundPreviewDto {
  /** Whether it can be made now; when not, why, as a code and a sentence. */
  isPossible: boolean
  because: RefundBlock | null
  message: string | null
  /** The most that can be returned for the unused part, and in all (an operator may return used credit too). */
  unused: string
  rest: string
  /** What would be returned, and the credit and gift that would be taken back for it; null when it is not possible. */
  refund: { amount: string; credit: string; gift: string } | null
  /** Until when the customer can refund the purchase without an operator. */
  until: string | null
}

interface Wanted {
  accountId: string
  purchaseId: string
  amount?: string | undefined
}

/**
 * What a customer's refund of a purchase would return and take back. Nothing is changed, and Stripe is not asked.
 * @throws Refusal `not_found`; `invalid_amount`, `amount_too_small` or `amount_too_large` for the amount.
 */
export async function previewRefund(actor: Actor, wanted: Wanted): Promise<RefundPreviewDto> {
  await requireRole(actor, wanted.accountId, 'account:read')
  return preview(wanted, { windowHours: env().REFUND_WINDOW_HOURS, isBeyondUnused: false })
}

/** The same of an operator's refund. @throws Refusal as above; `refund_beyond_unused` */
export async function previewRefundAsOperator(
  actor: Actor,
  { isBeyondUnused = false, ...wanted }: Wanted & { isBeyondUnused?: boolean | undefined },
): Promise<RefundPreviewDto> {
  await requireOperator(actor, 'operator:read')
  return preview(wanted, { windowHours: null, isBeyondUnused })
}

async function preview(
  { accountId, purchaseId, amount }: Wanted,
  terms: { windowHours: number | null; isBeyondUnused: boolean },
): Promise<RefundPreviewDto> {
  const at = await now()
  const facts =
    isId(accountId) && isId(purchaseId) ? await inTransaction((tx) => read(tx, { accountId, purchaseId, at })) : null
  if (!facts) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  const { unusedCents, restCents } = refundableOf(facts)
  const inMoney = (amountCents: bigint): Money => cents(amountCents, facts.payment.credit.currency)
  const because = blockOf(facts, at, terms.windowHours)
  const common = {
    isPossible: because === null,
    because,
    message: because && blockText(because),
    unused: formatMoney(inMoney(unusedCents)),
    rest: formatMoney(inMoney(restCents)),
    until:
      terms.windowHours === null || !facts.paidAt ? null : windowEnd(facts.paidAt, terms.windowHours).toISOString(),
  }
  if (because || (amount === undefined && unusedCents === 0n && !terms.isBeyondUnused))
    return { ...common, refund: null }
  const { amountCents } = decideRefund(facts, amount, { at, ...terms })
  const { credit, gift } = takenBy(facts, amountCents)
  const refund = { amount: formatMoney(inMoney(amountCents)), credit: formatMoney(credit), gift: formatMoney(gift) }
  return { ...common, refund }
}

async function read(tx: Tx, { accountId, purchaseId, at }: { accountId: string; purchaseId: string; at: Date }) {
  const takeBacks = await lockTakeBacks(tx, accountId, purchaseId)
  // The book is thrown away: nothing of it is saved.
  return takeBacks && refundFactsOf(takeBacks, await openBookOf(tx, takeBacks, at))
}
