/** What credit stands for returned money, and who may have how much returned. Pure; also runs in the browser. */

import { Refusal } from '@/lib/core/errors'
import {
  cents,
  displayMoney,
  formatMoney,
  isLess,
  isZero,
  least,
  type Money,
  money,
  nanosPerCent,
  parseMoney,
  subtract,
  wholeCents,
  zero,
} from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import type { Stance } from '../disputes/rules'

export const refundStates = ['requested', 'pending', 'succeeded', 'failed', 'canceled'] as const
/** requested: not yet known at Stripe. The money is promised or returned until a refund has failed or was canceled. */
export type RefundState = (typeof refundStates)[number]
export type RefundOrigin = 'customer' | 'operator' | 'stripe'

/** Whether its money is (or is about to be) with the customer, so that its credit is taken back. */
export const isActive = (state: RefundState): boolean => state !== 'failed' && state !== 'canceled'

/** Whether nothing more is expected of it. A bank may still send a succeeded refund back. */
export const isClosed = (state: RefundState): boolean => state === 'succeeded' || !isActive(state)

/** Stripe's word for a refund in ours. A word that we do not know counts as pending: the money is on its way. */
export function refundStateOf(status: string): RefundState {
  if (status === 'succeeded' || status === 'failed' || status === 'canceled') return status
  return 'pending'
}

const stateTexts: Record<RefundState, string> = {
  requested: 'Requested',
  pending: 'On its way',
  succeeded: 'Refunded',
  failed: 'Refund failed',
  canceled: 'Refund canceled',
}

export const refundStateText = (state: RefundState): string => stateTexts[state]

const failureTexts: Record<string, string> = {
  charge_already_refunded: 'All of the payment had been returned already.',
  charge_disputed: 'The payment is disputed, so the bank decides about it.',
  charge_for_pending_refund_disputed: 'The payment was disputed meanwhile, so the bank decides about it.',
  declined: 'The bank declined it.',
  expired_or_canceled_card: 'The card has expired or was canceled.',
  insufficient_funds: 'The platform could not fund it just then.',
  lost_or_stolen_card: 'The card was reported lost or stolen.',
  not_confirmed: 'Stripe, our payment provider, did not confirm it within a day.',
}

/** Why a refund failed, for people. `code` is Stripe's, or not_confirmed when Stripe never knew of the refund. */
export const failureText = (code: string): string =>
  Object.hasOwn(failureTexts, code) ? failureTexts[code]! : 'The payment provider did not accept it.'

/** What a payment brought: the money with its tax, the credit that was paid for, and what a promotion code added. */
export interface Payment {
  totalCents: bigint
  credit: Money
  gift: Money
}

/** The part of `whole` that stands for `returnedCents` of the payment: rounded down to the nano, and all of it for all. */
function partOf(whole: Money, returnedCents: bigint, totalCents: bigint): Money {
  if (totalCents <= 0n) return zero(whole.currency)
  const returned = returnedCents < totalCents ? returnedCents : totalCents
  return money((whole.nanos * returned) / totalCents, whole.currency)
}

/** The credit that stands for returned money. Tax is returned in proportion, and never was credit. */
export const creditOf = ({ credit, totalCents }: Payment, returnedCents: bigint): Money =>
  partOf(credit, returnedCents, totalCents)

/** The same of the promotion code's gift. */
export const giftOf = ({ gift, totalCents }: Payment, returnedCents: bigint): Money =>
  partOf(gift, returnedCents, totalCents)

/** A refund or dispute, as far as it reaches for a payment. */
export interface Claim {
  stance: Stance
  amountCents: bigint
}

/** What a claim takes back at most. A gift is returned as far as it is unused, and a dispute freezes what the grant has left. */
export interface Target {
  taken: Money
  gift: Money
  frozen: Money
}

/**
 * What each claim takes back, in the order of the claims: refunds first, disputes after them. Parts add up: together the
 * claims never take more than the payment brought, and exactly all of it once all of the money is gone.
 */
export function targetsOf(payment: Payment, claims: readonly Claim[]): Target[] {
  const none = zero(payment.credit.currency)
  let before = 0n
  return claims.map(({ stance, amountCents }) => {
    if (stance === 'nothing') return { taken: none, gift: none, frozen: none }
    const after = before + amountCents
    const credit = subtract(creditOf(payment, after), creditOf(payment, before))
    const gift = subtract(giftOf(payment, after), giftOf(payment, before))
    before = after
    return stance === 'taken' ? { taken: credit, gift, frozen: none } : { taken: none, gift: none, frozen: credit }
  })
}

/** What a decision about a refund looks at. */
export interface RefundFacts {
  isPaid: boolean
  /** It is the payment of an invoice: what it paid for was used, and only staff returns it. */
  isOfInvoice: boolean
  paidAt: Date | null
  payment: Payment
  /** Money that refunds have returned, or are about to. */
  returnedCents: bigint
  /** What the purchase's grant has left. */
  left: Money
  /** What can still be returned of the gift: the rest was used, has expired or is returned already. */
  giftLeft: Money
  /** What the account may use: credit that running requests hold cannot be returned. */
  available: Money
  /** A bank is deciding, or has decided, about this payment. */
  isDisputed: boolean
  /** A refund of this purchase has been requested and is not yet known at Stripe. */
  isUnderWay: boolean
}

export type RefundBlock =
  | 'not_paid'
  | 'nothing_paid'
  | 'all_returned'
  | 'disputed'
  | 'under_way'
  | 'of_invoice'
  | 'window_over'
  | 'all_used'

/** The most that can be returned, tax included: of the unused part, and in all (also for credit that was used). */
export interface Refundable {
  unusedCents: bigint
  restCents: bigint
}

/** How much money can be returned now. Whole cents, rounded down; all that is left of the payment when nothing was used. */
export function refundableOf({ payment, returnedCents, left, available }: RefundFacts): Refundable {
  const { totalCents, credit } = payment
  const restCents = returnedCents < totalCents ? totalCents - returnedCents : 0n
  const unused = least(left, available)
  if (isZero(credit) || isLess(unused, zero(unused.currency))) return { unusedCents: 0n, restCents }
  const isWhole = !isLess(unused, subtract(credit, creditOf(payment, returnedCents)))
  const share = (totalCents * unused.nanos) / credit.nanos
  return { unusedCents: isWhole || share > restCents ? restCents : share, restCents }
}

/** The last instant at which a customer may ask for a refund without an operator. */
export const windowEnd = (paidAt: Date, windowHours: number): Date => new Date(paidAt.getTime() + windowHours * hourMs)

/** Why no refund can be made now, or null. `windowHours`: the operator's rule for customers; null for operators. */
export function blockOf(facts: RefundFacts, at: Date, windowHours: number | null): RefundBlock | null {
  if (!facts.isPaid || !facts.paidAt) return 'not_paid'
  if (facts.payment.totalCents <= 0n) return 'nothing_paid'
  const { unusedCents, restCents } = refundableOf(facts)
  if (restCents === 0n) return 'all_returned'
  if (facts.isDisputed) return 'disputed'
  if (facts.isUnderWay) return 'under_way'
  if (windowHours === null) return null
  if (facts.isOfInvoice) return 'of_invoice'
  if (at > windowEnd(facts.paidAt, windowHours)) return 'window_over'
  return unusedCents === 0n ? 'all_used' : null
}

const blockTexts: Record<RefundBlock, string> = {
  not_paid: 'This purchase has not been paid, so there is nothing to return.',
  nothing_paid: 'Nothing was paid for this purchase, so there is nothing to return.',
  all_returned: 'All that was paid for this purchase has been returned already.',
  disputed: 'This payment is disputed. The bank decides about it, so it cannot be refunded here as well.',
  under_way: 'A refund of this purchase is under way. Wait until it is made, then ask for the rest.',
  of_invoice: 'This is the payment of an invoice. Ask the operator of this platform if it is to be returned.',
  window_over: 'The time in which you can refund this purchase yourself is over. Ask the operator of this platform.',
  all_used: 'The credit of this purchase is used up or held by running requests, so nothing of it can be returned.',
}

export const blockText = (block: RefundBlock): string => blockTexts[block]

/**
 * How much a refund returns. Without `wanted` it is all that is unused.
 * @throws Refusal `refund_not_possible`; `invalid_amount`, `amount_too_small` or `amount_too_large` naming the field;
 *   `refund_beyond_unused` when an operator has to confirm that used credit is taken back.
 */
export function decideRefund(
  facts: RefundFacts,
  wanted: string | undefined,
  { at, windowHours, isBeyondUnused }: { at: Date; windowHours: number | null; isBeyondUnused: boolean },
): { amountCents: bigint } {
  const block = blockOf(facts, at, windowHours)
  if (block) throw new Refusal('refund_not_possible', { because: block, message: blockText(block) })
  const { currency } = facts.payment.credit
  const { unusedCents, restCents } = refundableOf(facts)
  const amountCents =
    wanted === undefined ? (isBeyondUnused ? restCents : unusedCents) : parseRefundAmount(wanted, currency)
  const mostCents = windowHours === null ? restCents : unusedCents
  if (amountCents > mostCents) {
    const most = displayMoney(cents(mostCents, currency))
    throw new Refusal('amount_too_large', {
      field: 'amount',
      limit: formatMoney(cents(mostCents, currency)),
      message: `At most ${most} of this purchase can be returned${windowHours === null ? '' : ': the part that is unused'}.`,
    })
  }
  if (amountCents > unusedCents && !isBeyondUnused) throw beyondUnused(cents(unusedCents, currency))
  if (amountCents === 0n) throw beyondUnused(cents(unusedCents, currency))
  return { amountCents }
}

const beyondUnused = (unused: Money) =>
  new Refusal('refund_beyond_unused', {
    field: 'isBeyondUnused',
    message: `${displayMoney(unused)} of this purchase is unused. To return more, confirm that used credit is taken back: the balance may go below zero.`,
  })

function parseRefundAmount(text: string, currency: string): bigint {
  const amount = parseMoney(text.trim(), 'amount', currency)
  if (isLess(amount, cents(1, currency))) {
    throw new Refusal('amount_too_small', { field: 'amount', limit: '0.01', message: 'The smallest refund is $0.01.' })
  }
  if (wholeCents(amount) === null) {
    throw new Refusal('invalid_amount', {
      field: 'amount',
      message: 'Refunds are made in whole cents. Enter an amount such as 25.50.',
    })
  }
  return amount.nanos / nanosPerCent
}

/** What a refund of `amountCents` takes back besides what was taken before. */
export function takenBy(
  { payment, returnedCents, giftLeft }: Pick<RefundFacts, 'payment' | 'returnedCents' | 'giftLeft'>,
  amountCents: bigint,
): { credit: Money; gift: Money } {
  const after = returnedCents + amountCents
  return {
    credit: subtract(creditOf(payment, after), creditOf(payment, returnedCents)),
    gift: least(subtract(giftOf(payment, after), giftOf(payment, returnedCents)), giftLeft),
  }
}

/** How long the same refund is sent again under its key: Stripe forgets idempotency keys after 24 hours. */
export const resendForMs = 23 * hourMs

const firstWaitSeconds = 5
const longestWaitSeconds = 900

/** When a refund that Stripe has not confirmed is looked at again, after `tries` tries. */
export const nextTryAt = (at: Date, tries: number): Date =>
  new Date(at.getTime() + 1000 * Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(tries, 20)))

/** How often a refund that is on its way is looked at, should nobody tell us. */
export const pendingLookMs = hourMs

/**
 * Whether an account owes because credit was taken back: below zero, and something was taken back after it last bought.
 * Automatic charges wait then: a card is not charged to pay for a refund or a chargeback without being asked.
 */
export const isTakenBackDebt = (facts: { balance: Money; lastTakenSeq: bigint; lastBoughtSeq: bigint }): boolean =>
  isLess(facts.balance, zero(facts.balance.currency)) && facts.lastTakenSeq > facts.lastBoughtSeq
