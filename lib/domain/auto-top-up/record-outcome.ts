import { formatMoney } from '@/lib/core/money'
import { minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import { readBalance } from '../ledger'
import { notify } from '../notifications'
import { defaultPaymentMethod } from '../payment-methods'
import { closePurchase, settlePurchaseIn } from '../purchases'
import { tripBreaker } from './breaker'
import { considerAutoTopUp } from './consider-auto-top-up'
import { afterDecline, classifyDecline, retryDelayMs } from './declines'
import type { Outcome } from './learn-outcome'
import { cleared, isOtherCard, type PauseReason, type Standing } from './rules'
import {
  type Attempt,
  askForRun,
  closeAttempt,
  insertCardDecline,
  isOpen,
  lockSetting,
  readAttempt,
  readChargedIn,
  type SettingRow,
  saveProgress,
  saveStanding,
} from './store'
import { tellLimit } from './tell-limit'

/**
 * Writes what came of an attempt, and all that follows from it, in one transaction: the attempt's success and its credit
 * appear together. An attempt that another run has closed stays closed. Returns the attempt as it then is.
 */
export async function recordOutcome(attempt: Attempt, outcome: Outcome): Promise<Attempt> {
  // Read anew: the call to Stripe may have taken long.
  const at = await now()
  const { accountId, attemptId } = attempt
  return inTransaction(async (tx) => {
    const setting = (await lockSetting(tx, accountId))!
    const current = await readAttempt(tx, accountId, attemptId)
    // Once the customer is asked, only their payment or its end is news.
    const isNews = current.state !== 'requires_action' || outcome.kind === 'succeeded'
    if (isOpen(current.state) && isNews) await record(tx, { setting, attempt: current, at }, outcome)
    return readAttempt(tx, accountId, attemptId)
  })
}

interface Scene {
  setting: SettingRow
  attempt: Attempt
  at: Date
}

async function record(tx: Tx, scene: Scene, outcome: Outcome): Promise<void> {
  switch (outcome.kind) {
    case 'succeeded':
      return succeed(tx, scene, outcome)
    case 'declined':
      return decline(tx, scene, outcome, {
        ...afterDecline(scene.setting.consecutiveDeclines, classifyDecline(outcome), scene.at),
        cardInTrouble: scene.attempt.cardIdentity,
      })
    case 'refused':
      return refuse(tx, scene, outcome)
    case 'requires_action':
      return askCustomer(tx, scene, outcome)
    case 'nothing':
      return endAttempt(tx, scene, {
        reason: 'Stripe never made this charge. You have not been charged.',
        standing: null,
      })
    case 'processing':
      return waitForStripe(tx, scene, {
        message: 'The payment is being processed.',
        paymentIntentId: outcome.payment.paymentIntentId,
      })
    case 'misconfigured':
      await tripBreaker(tx, `Stripe does not accept our key or API version: ${outcome.message}`, scene.at)
      return waitForStripe(tx, scene, { message: 'Stripe does not accept our key.', delayMs: 15 * minuteMs })
    case 'key_conflict':
      return distrust(tx, scene, outcome)
    case 'unknown':
      return waitForStripe(tx, scene, { message: outcome.message })
  }
}

async function succeed(
  tx: Tx,
  scene: Scene,
  { paid, paymentIntentId }: Extract<Outcome, { kind: 'succeeded' }>,
): Promise<void> {
  const { setting, attempt, at } = scene
  const { accountId, attemptId, purchaseId, month } = attempt
  const settlement = await settlePurchaseIn(tx, { accountId, purchaseId, paid, at })
  if (settlement.kind === 'quarantined' || settlement.grantId === null) {
    const reason = 'The payment differs from the order and is under review. No credit was added for it yet.'
    return endAttempt(tx, scene, { reason, standing: paused('fault', attempt), paymentIntentId })
  }
  await closeAttempt(tx, attempt, { state: 'succeeded', at, paymentIntentId })
  // A fault of ours is not healed by the payment having gone through after all.
  if (setting.pausedReason !== 'fault') await saveStanding(tx, accountId, cleared, at)
  const { balance, available } = await readBalance(tx, accountId)
  const { receiptUrl, card } = await readAttempt(tx, accountId, attemptId)
  crashPoint('top-up:before-notice')
  await notify(tx, {
    accountId,
    kind: 'top_up_succeeded',
    cause: `attempt:${attemptId}`,
    facts: { amount: formatMoney(attempt.amount), balance: formatMoney(balance), card, receiptUrl },
    at,
  })
  if (setting.monthlyLimit) {
    const charged = await readChargedIn(tx, accountId, month, attempt.amount.currency)
    await tellLimit(tx, { accountId, month, limit: setting.monthlyLimit, charged, at })
  }
  // Usage may have gone on while the card was charged.
  await considerAutoTopUp(tx, { accountId, available })
}

/** What the bank said, in Stripe's words. */
interface Said {
  declineCode: string
  adviceCode: string | null
  networkAdviceCode: string | null
  message: string
  paymentIntentId: string | null
}

/** Counts the decline, waits or pauses, and tells the customer: at the first decline of a row, and when it pauses. */
async function decline(tx: Tx, { attempt, at }: Scene, said: Said, standing: Standing): Promise<void> {
  const { accountId, attemptId, purchaseId, amount } = attempt
  const { message } = said
  await closeAttempt(tx, attempt, { ...said, state: 'declined', at })
  await closePurchase(tx, { accountId, purchaseId, state: 'failed', reason: message })
  await saveStanding(tx, accountId, standing, at)
  if (standing.pausedReason !== 'fault') await insertCardDecline(tx, attempt, at)
  crashPoint('top-up:before-notice')
  const facts = { amount: formatMoney(amount), message, card: attempt.card }
  const told = { accountId, cause: `attempt:${attemptId}`, at }
  if (standing.pausedReason) {
    await notify(tx, { ...told, kind: 'top_up_paused', facts: { ...facts, reason: standing.pausedReason } })
  } else if (standing.consecutiveDeclines === 1) {
    const nextTryAt = standing.coolingUntil?.toISOString() ?? null
    await notify(tx, { ...told, kind: 'top_up_declined', facts: { ...facts, nextTryAt } })
  }
  // The customer may have chosen another card while this one was charged.
  const card = await defaultPaymentMethod(tx, accountId)
  if (card && isOtherCard(card, standing.cardInTrouble)) await askForRun(tx, accountId)
}

/** Stripe does not take the order as it is, and never will: the card or the customer is gone there, or we are wrong. */
async function refuse(tx: Tx, scene: Scene, refused: Extract<Outcome, { kind: 'refused' }>): Promise<void> {
  const { accountId, attemptId } = scene.attempt
  const { isCardGone } = refused
  if (!isCardGone) log.error({ accountId, attemptId, refused }, 'Stripe refuses the order of an auto top-up')
  const said = {
    declineCode: refused.code,
    adviceCode: null,
    networkAdviceCode: null,
    message: isCardGone ? 'The saved card can no longer be charged' : 'The payment could not be made',
    paymentIntentId: null,
  }
  const standing = isCardGone
    ? { ...paused('card_gone', scene.attempt), cardInTrouble: scene.attempt.stripePaymentMethodId }
    : paused('fault', scene.attempt)
  await decline(tx, scene, said, { ...standing, consecutiveDeclines: scene.setting.consecutiveDeclines + 1 })
}

/**
 * Stripe has another order under our key, which cannot be: nothing is sent any more, under this key or another, until a
 * person has looked. What was paid under it is still found.
 */
async function distrust(tx: Tx, scene: Scene, { message }: Extract<Outcome, { kind: 'key_conflict' }>): Promise<void> {
  const { attempt, at } = scene
  const { accountId, attemptId, amount, card } = attempt
  log.error({ accountId, attemptId, message }, 'A key of auto top-up was used for two orders: this is a bug of ours')
  await saveStanding(tx, accountId, paused('fault', attempt), at)
  const facts = { amount: formatMoney(amount), card, reason: 'fault' }
  await notify(tx, { accountId, kind: 'top_up_paused', cause: `attempt:${attemptId}`, facts, at })
  await waitForStripe(tx, scene, { message: 'The payment is looked into.' })
}

/** The bank wants the customer: counted as a decline, and nothing more is tried without them. */
async function askCustomer(
  tx: Tx,
  { attempt, setting, at }: Scene,
  { paymentIntentId, message }: Extract<Outcome, { kind: 'requires_action' }>,
): Promise<void> {
  await saveProgress(tx, attempt, { state: 'requires_action', paymentIntentId, message, nextTryAt: at })
  await insertCardDecline(tx, attempt, at)
  const consecutiveDeclines = setting.consecutiveDeclines + 1
  const cardInTrouble = attempt.cardIdentity
  await saveStanding(tx, attempt.accountId, { ...cleared, consecutiveDeclines, cardInTrouble }, at)
}

/** Nobody knows yet: asks again, soon at first. An outage is not a decline. */
async function waitForStripe(
  tx: Tx,
  { attempt, at }: Scene,
  {
    message,
    paymentIntentId,
    delayMs = retryDelayMs(attempt.tries),
  }: {
    message: string
    paymentIntentId?: string
    delayMs?: number
  },
): Promise<void> {
  const nextTryAt = new Date(at.getTime() + delayMs)
  await saveProgress(tx, attempt, { state: 'unknown', message, paymentIntentId: paymentIntentId ?? null, nextTryAt })
  // Jobs run by the machine's clock, which in the demo is not the one that attempts are dated by.
  const runAt = new Date(Date.now() + delayMs)
  const { accountId, attemptId } = attempt
  await enqueue(tx, 'run-auto-top-up', { accountId }, { key: `top-up-retry:${attemptId}`, runAt })
}

/** Ends an attempt that came to nothing and was no decline. `standing`: null leaves the setting as it is. */
export async function endAttempt(
  tx: Tx,
  { attempt, at }: Scene,
  end: { reason: string; standing: Standing | null; paymentIntentId?: string | null },
): Promise<void> {
  const { accountId, attemptId, purchaseId, amount, card } = attempt
  const { reason, standing } = end
  await closeAttempt(tx, attempt, {
    state: 'canceled',
    at,
    message: reason,
    paymentIntentId: end.paymentIntentId ?? null,
  })
  await closePurchase(tx, { accountId, purchaseId, state: 'canceled', reason })
  if (standing) await saveStanding(tx, accountId, standing, at)
  if (standing?.pausedReason) {
    await notify(tx, {
      accountId,
      kind: 'top_up_paused',
      cause: `attempt:${attemptId}`,
      facts: { amount: formatMoney(amount), card, reason: standing.pausedReason },
      at,
    })
    return
  }
  await considerAutoTopUp(tx, { accountId, available: (await readBalance(tx, accountId)).available })
}

export const paused = (pausedReason: PauseReason, { cardIdentity }: Attempt): Standing => ({
  ...cleared,
  pausedReason,
  cardInTrouble: cardIdentity,
})
