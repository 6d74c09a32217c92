/** What the customer reads: where auto top-up stands, why each attempt ran, and what came of it. Pure. */
import { displayMoney, type Money, parseMoney } from '@/lib/core/money'
import type { PauseReason, SkipReason, TopUpPlan, TopUpSetting, TopUpState } from './rules'

const pauseTexts: Record<PauseReason, string> = {
  declines: 'Paused: the card was declined four times in a row. Add another card, buy credits yourself, or resume it.',
  hard_decline:
    'Paused: the bank declined the card and it must not be tried again. Add another card, buy credits yourself, or resume it.',
  authentication:
    'Paused: the bank asked you to confirm a payment, and it was not confirmed. Add another card, buy credits yourself, or resume it.',
  no_payment_method: 'Paused: there is no saved card to charge. Add a card and it goes on by itself.',
  card_gone:
    'Paused: the saved card was removed at our payment provider and can no longer be charged. Add a card and it goes on by itself.',
  card_declined_too_often:
    'Paused: the bank declined this card too often in the last 30 days. Add another card and it goes on by itself.',
  fault:
    'Paused: a payment could not be made as ordered, and we are looking into it. Buy credits yourself in the meantime.',
}

/** One or two sentences for the state. `charging`: the amount that the customer is asked to confirm. */
export function stateText(state: TopUpState, setting: TopUpSetting, confirming: Money | null): string {
  switch (state) {
    case 'off':
      return 'Off: credit is bought only when you buy it.'
    case 'needs_you':
      return `Your bank asks you to confirm ${confirming ? `a payment of ${displayMoney(confirming)}` : 'a payment'}. You have not been charged; credit is added when you confirm.`
    case 'paused':
      return pauseTexts[setting.pausedReason ?? 'fault']
    case 'cooling':
      return `${declined(setting.consecutiveDeclines)} It is tried again when the wait is over. Another card, or buying credits yourself, ends the wait.`
    case 'on':
      return `On: ${planText(setting)}.`
  }
}

const declined = (times: number): string =>
  times === 1 ? 'The card was declined.' : `The card was declined ${times} times in a row.`

/** "when available credit reaches $5.00, your card is charged in steps of $25.00, at most $100.00 a month". */
function planText({ minimum, mode, amount, target, monthlyLimit }: TopUpPlan): string {
  const buys = mode === 'amount' ? `in steps of ${displayMoney(amount)}` : `to bring it to ${displayMoney(target)}`
  const limit = monthlyLimit ? `, at most ${displayMoney(monthlyLimit)} a month` : ''
  return `when available credit reaches ${displayMoney(minimum)}, your card is charged ${buys}${limit}`
}

const skipTexts: Partial<Record<SkipReason, string>> = {
  in_progress: 'A charge is under way.',
  stopped_by_operator: 'Automatic charges are stopped by the operator of this platform for now.',
  stopped_by_breaker: 'Automatic charges are stopped by the operator of this platform for now.',
  dry_run: 'Automatic charges are stopped by the operator of this platform for now.',
  card_busy: 'The card is being charged elsewhere just now. It is tried again in a minute.',
  refund_or_dispute_open:
    'A payment was refunded or is disputed, so no card is charged automatically until that is settled. Buy credits yourself to go on.',
  account_suspended: 'The account is suspended, so nothing is charged.',
  previous_credit_missing: 'The credit of the last charge is not on your balance yet, so nothing more is charged.',
  too_soon: 'The last charge was less than a minute ago. The next one waits for that minute.',
  too_many_today:
    'There were five automatic charges in the last 24 hours, so the next one waits. Buy credits yourself, or set a larger amount.',
  too_many_this_month:
    'There were twenty automatic charges in the last 30 days, so the next one waits. Buy credits yourself, or set a larger amount.',
  over_monthly_limit:
    'The monthly limit on automatic purchases is reached. It starts anew next month; raise it to go on now.',
  post_paid:
    'The account is post-paid: usage beyond credit is invoiced, so no card is charged to add credit. The settings are kept.',
  debt_invoiced: 'An invoice asks for what was used beyond credit. Pay it; no card is charged automatically for that.',
  cap_leaves_no_room:
    'The monthly budget cap leaves no room to use more credit this month, so none is bought. Raise the cap to go on now.',
}

/** Why nothing is bought although credit is low; null when the state says it already, or credit is not low. */
export const waitingText = (because: SkipReason): string | null => skipTexts[because] ?? null

/** Why an attempt ran. */
export function whyText({ available, minimum }: { available: string; minimum: string }): string {
  const reached = available === minimum ? 'reached' : 'was at or below'
  return `Available credit (${shown(available)}) ${reached} the minimum of ${shown(minimum)}.`
}

const shown = (amount: string): string => displayMoney(parseMoney(amount))

/** What came of an attempt, or how far it is. */
export function outcomeText(attempt: {
  state: 'charging' | 'unknown' | 'requires_action' | 'succeeded' | 'declined' | 'canceled'
  amount: Money
  card: { brand: string; last4: string } | null
  message: string | null
  /** null: no payment came about, so no bank was asked. */
  paymentIntentId: string | null
}): string {
  const card = attempt.card ? `the card ending in ${attempt.card.last4}` : 'the saved card'
  const amount = displayMoney(attempt.amount)
  switch (attempt.state) {
    case 'charging':
      return `Charging ${amount} to ${card}.`
    case 'unknown':
      return `Stripe has not said yet what came of charging ${amount} to ${card}. We keep asking; nothing is charged twice.`
    case 'requires_action':
      return `The bank of ${card} asks you to confirm ${amount}. You have not been charged.`
    case 'succeeded':
      return `Charged ${amount} to ${card} and added it as credit.`
    case 'declined':
      return `${attempt.paymentIntentId ? `The bank declined ${amount} on` : `Could not charge ${amount} to`} ${card}.${sentence(attempt.message)} You have not been charged.`
    case 'canceled':
      return `Ended without credit.${sentence(attempt.message)}`
  }
}

const sentence = (words: string | null): string => (words ? ` ${words.replace(/[.\s]*$/, '')}.` : '')

/** A note of the timeline, as the customer reads it. */
export function noteText(reason: SkipReason | 'resumed'): string {
  if (reason === 'resumed') return 'Auto top-up goes on: what was declined before counts no more.'
  if (reason === 'no_payment_method') return 'Nothing was charged: there is no saved card.'
  if (reason === 'card_declined_too_often') {
    return 'Nothing was charged: the bank declined this card too often in the last 30 days.'
  }
  const why = skipTexts[reason]
  return why ? `Nothing was charged. ${why}` : 'Nothing was charged.'
}

/** The same for operators, who see what customers do not: what stopped it, and what a dry run would have charged. */
export function activityNoteText(reason: SkipReason | 'resumed', amount: Money | null): string {
  switch (reason) {
    case 'dry_run':
      return `Dry run: would have charged ${amount ? displayMoney(amount) : 'the saved card'}.`
    case 'stopped_by_breaker':
      return 'Nothing was charged: the breaker has tripped.'
    case 'stopped_by_operator':
      return 'Nothing was charged: automatic charges are switched off.'
    default:
      return noteText(reason)
  }
}
