import { expect, test } from 'vitest'
import { parseMoney } from '@/lib/core/money'
import type { TopUpSetting } from './rules'
import { activityNoteText, noteText, outcomeText, stateText, waitingText, whyText } from './words'

const setting: TopUpSetting = {
  isOn: true,
  minimum: parseMoney('5.00'),
  mode: 'target',
  amount: parseMoney('25.00'),
  target: parseMoney('50.00'),
  monthlyLimit: parseMoney('100.00'),
  consecutiveDeclines: 2,
  coolingUntil: null,
  pausedReason: 'hard_decline',
  cardInTrouble: null,
}
const attempt = {
  amount: parseMoney('46.01'),
  card: { brand: 'visa', last4: '4242' },
  message: null,
  paymentIntentId: 'pi_1',
}

test('every state is a sentence', () => {
  expect(
    (['off', 'on', 'cooling', 'paused', 'needs_you'] as const).map((state) =>
      stateText(state, setting, attempt.amount),
    ),
  ).toMatchInlineSnapshot(`
    [
      "Off: credit is bought only when you buy it.",
      "On: when available credit reaches $5.00, your card is charged to bring it to $50.00, at most $100.00 a month.",
      "The card was declined 2 times in a row. It is tried again when the wait is over. Another card, or buying credits yourself, ends the wait.",
      "Paused: the bank declined the card and it must not be tried again. Add another card, buy credits yourself, or resume it.",
      "Your bank asks you to confirm a payment of $46.01. You have not been charged; credit is added when you confirm.",
    ]
  `)
})

test('the timeline says why an attempt ran and what came of it', () => {
  expect([
    whyText({ available: '5.00', minimum: '5.00' }),
    whyText({ available: '-1.234567891', minimum: '5.00' }),
    ...(['charging', 'unknown', 'requires_action', 'succeeded'] as const).map((state) =>
      outcomeText({ ...attempt, state }),
    ),
    outcomeText({ ...attempt, state: 'declined', message: 'Your card has insufficient funds.' }),
    outcomeText({
      ...attempt,
      paymentIntentId: null,
      state: 'declined',
      message: 'The saved card can no longer be charged',
    }),
    outcomeText({ ...attempt, card: null, state: 'canceled', message: 'Stripe never made this charge' }),
  ]).toMatchInlineSnapshot(`
    [
      "Available credit ($5.00) reached the minimum of $5.00.",
      "Available credit (−$1.23) was at or below the minimum of $5.00.",
      "Charging $46.01 to the card ending in 4242.",
      "Stripe has not said yet what came of charging $46.01 to the card ending in 4242. We keep asking; nothing is charged twice.",
      "The bank of the card ending in 4242 asks you to confirm $46.01. You have not been charged.",
      "Charged $46.01 to the card ending in 4242 and added it as credit.",
      "The bank declined $46.01 on the card ending in 4242. Your card has insufficient funds. You have not been charged.",
      "Could not charge $46.01 to the card ending in 4242. The saved card can no longer be charged. You have not been charged.",
      "Ended without credit. Stripe never made this charge.",
    ]
  `)
})

test('a reason that the state tells already is not told twice', () => {
  expect(waitingText('paused')).toBeNull()
  expect(waitingText('enough')).toBeNull()
  expect(waitingText('over_monthly_limit')).toContain('monthly limit')
})

test('a note says why nothing was charged; operators learn what stopped it', () => {
  expect([
    noteText('resumed'),
    noteText('no_payment_method'),
    noteText('card_declined_too_often'),
    noteText('refund_or_dispute_open'),
    noteText('stopped_by_breaker'),
    noteText('off'),
    activityNoteText('dry_run', attempt.amount),
    activityNoteText('dry_run', null),
    activityNoteText('stopped_by_breaker', null),
    activityNoteText('stopped_by_operator', null),
    activityNoteText('resumed', null),
  ]).toMatchInlineSnapshot(`
    [
      "Auto top-up goes on: what was declined before counts no more.",
      "Nothing was charged: there is no saved card.",
      "Nothing was charged: the bank declined this card too often in the last 30 days.",
      "Nothing was charged. A payment was refunded or is disputed, so no card is charged automatically until that is settled. Buy credits yourself to go on.",
      "Nothing was charged. Automatic charges are stopped by the operator of this platform for now.",
      "Nothing was charged.",
      "Dry run: would have charged $46.01.",
      "Dry run: would have charged the saved card.",
      "Nothing was charged: the breaker has tripped.",
      "Nothing was charged: automatic charges are switched off.",
      "Auto top-up goes on: what was declined before counts no more.",
    ]
  `)
})
