/** What a declined charge means, and when to try again. Pure. */
import { dayMs, hourMs, minuteMs, secondMs } from '@/lib/core/time'
import type { PauseReason } from './rules'

/** What the bank said, in Stripe's words. */
export interface Decline {
  declineCode: string
  adviceCode: string | null
  networkAdviceCode: string | null
}

/** The card is lost, blocked or closed, or its data are wrong: the same charge again would only be fined. */
const codesNotToRetry = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'fraudulent',
  'merchant_blacklist',
  'restricted_card',
  'expired_card',
  'incorrect_number',
  'invalid_number',
  'invalid_account',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'new_account_information_available',
  'card_not_supported',
  'currency_not_supported',
  'not_permitted',
  'transaction_not_allowed',
  'service_not_allowed',
  'stop_payment_order',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
])

/** confirm_card_data: the data on file are wrong, and they are all that we have. */
const adviceNotToRetry = new Set(['do_not_try_again', 'confirm_card_data'])

/** Mastercard's merchant advice: do not try again; the payment was canceled by the customer. */
const networkAdviceNotToRetry = new Set(['03', '21'])

/** retry: the same card may pay later. stop: it must not be tried again. */
export function classifyDecline({ declineCode, adviceCode, networkAdviceCode }: Decline): 'retry' | 'stop' {
  const isFinal =
    codesNotToRetry.has(declineCode) ||
    adviceNotToRetry.has(adviceCode ?? '') ||
    networkAdviceNotToRetry.has(networkAdviceCode ?? '')
  return isFinal ? 'stop' : 'retry'
}

/** After the first, second and third decline in a row; the fourth pauses. */
const coolingHours = [1, 6, 24] as const
export const declinesBeforePause = coolingHours.length + 1

/** Where a setting stands after one more decline. */
export function afterDecline(
  declinesBefore: number,
  verdict: 'retry' | 'stop',
  at: Date,
): { consecutiveDeclines: number; coolingUntil: Date | null; pausedReason: PauseReason | null } {
  const consecutiveDeclines = declinesBefore + 1
  if (verdict === 'stop') return { consecutiveDeclines, coolingUntil: null, pausedReason: 'hard_decline' }
  const hours = coolingHours[consecutiveDeclines - 1]
  if (hours === undefined) return { consecutiveDeclines, coolingUntil: null, pausedReason: 'declines' }
  return { consecutiveDeclines, coolingUntil: new Date(at.getTime() + hours * hourMs), pausedReason: null }
}

/** How long an attempt whose outcome is unknown waits before it asks again, after that many tries: 5 s … 15 min. */
export function retryDelayMs(tries: number): number {
  return Math.min(5 * secondMs * 2 ** Math.max(0, tries - 1), 15 * minuteMs)
}

/**
 * How long an order is sent again under its key while nobody knows what became of it. After an hour it is only looked for:
 * a key may be stuck with a failure that Stripe stored, and after a day it is forgotten.
 */
export const resendForMs = 45 * minuteMs

/** An order that is not at Stripe by then, a quarter of an hour after it was last sent, will never be. */
export const givenUpAfterMs = hourMs

/** How long a run keeps an attempt to itself: longer than the client's timeout and its one repeat. */
export const leaseMs = 45 * secondMs

/** How long an attempt counts as "under way" for those who wait for it. */
export const inProgressForMs = 10 * minuteMs

/** How far back declines of one card are counted. */
export const declinesCountedForMs = 30 * dayMs
