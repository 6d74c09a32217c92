import { system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { displayMoney, formatMoney, type Money } from '@/lib/core/money'
import { dayMs, hourMs } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { recordAudit } from '../audit'
import { notify } from '../notifications'
import { appMetadata, type ChargeableCard, defaultPaymentMethod } from '../payment-methods'
import { openPurchase } from '../purchases'
import { tripBreaker } from './breaker'
import { lockMoment } from './consider-auto-top-up'
import { leaseMs } from './declines'
import { type GatheredFacts, gatherFacts, type Moment } from './facts'
import {
  cardOf,
  decideTopUp,
  isNoted,
  isRunaway,
  liftedBy,
  type PauseReason,
  type SkipReason,
  type Standing,
  type TopUpDecision,
} from './rules'
import {
  type Attempt,
  endCooling,
  findOpenAttempt,
  hasBoughtByHandSince,
  insertAttempt,
  insertNoteOnce,
  leaseAttempt,
  lockCard,
  lockSetting,
  readAttempt,
  readChargeRate,
  type SettingRow,
  saveStanding,
} from './store'
import { tellLimit } from './tell-limit'

export type Claim =
  | { kind: 'skipped'; because: SkipReason }
  | { kind: 'busy' }
  /** isSuperseded: the customer has moved on, so an attempt that waits for them need not wait any longer. */
  | { kind: 'claimed'; attempt: Attempt; setting: SettingRow; isSuperseded: boolean }

/**
 * Takes the account's open attempt into this run's hands, or decides on fresh facts and opens one. The setting's lock makes
 * the decision, the month's limit and the new attempt one step: nobody decides at the same time.
 */
export async function claimTopUp(tx: Tx, accountId: string, at: Date): Promise<Claim> {
  const setting = await lockSetting(tx, accountId)
  if (!setting) return { kind: 'skipped', because: 'off' }
  const open = await findOpenAttempt(tx, accountId)
  if (open) return claimOpen(tx, open, setting, at)

  const current = await endWaits(tx, setting, at)
  const moment = await lockMoment(tx, accountId, at)
  const chosen = await defaultPaymentMethod(tx, accountId)
  if (chosen) await lockCard(tx, cardOf(chosen))
  const gathered = await gatherFacts(tx, accountId, moment, { hasOpenAttempt: false })
  const decision = await withBreaker(tx, decideTopUp(current, gathered.facts), at)
  if (decision.kind === 'skip') {
    await noteSkip(tx, current, moment, gathered, decision)
    return { kind: 'skipped', because: decision.because }
  }
  const attempt = await openAttempt(tx, current, moment, gathered, decision.amount)
  return { kind: 'claimed', attempt, setting: current, isSuperseded: false }
}

/** An attempt that another run has just taken is left to it; after its lease it is carried on, for that run has died. */
async function claimOpen(tx: Tx, open: Attempt, setting: SettingRow, at: Date): Promise<Claim> {
  if (open.state === 'charging' && open.nextTryAt && at < open.nextTryAt) return { kind: 'busy' }
  const trouble = { ...setting, pausedReason: null, cardInTrouble: open.cardIdentity, inTroubleSince: open.createdAt }
  const isSuperseded = !setting.isOn || (await whatWasDone(tx, trouble)) !== null
  const attempt = await leaseAttempt(tx, open, new Date(at.getTime() + leaseMs))
  return { kind: 'claimed', attempt, setting, isSuperseded }
}

/** Ends a pause or a wait once the customer has chosen another card or bought by hand, and a wait that is over. */
async function endWaits(tx: Tx, setting: SettingRow, at: Date): Promise<SettingRow> {
  const { accountId, pausedReason, coolingUntil, consecutiveDeclines } = setting
  if (!setting.inTroubleSince) return setting
  const lifted = await whatWasDone(tx, setting)
  if (lifted) {
    await saveStanding(tx, accountId, lifted, at)
    await recordAudit(tx, {
      accountId,
      actor: system('auto-top-up'),
      action: 'auto_top_up.resumed',
      before: { pausedReason, coolingUntil, consecutiveDeclines },
      at,
    })
    if (pausedReason) await insertNoteOnce(tx, { accountId, reason: 'resumed', amount: null, at }, noRepeat)
    return { ...setting, ...lifted }
  }
  if (pausedReason || !coolingUntil || at < coolingUntil) return setting
  await endCooling(tx, accountId)
  return { ...setting, coolingUntil: null }
}

/** Where the setting stands after what the customer has done since the trouble began; null when it stands as before. */
async function whatWasDone(tx: Tx, setting: SettingRow): Promise<Standing | null> {
  const { accountId, inTroubleSince } = setting
  return liftedBy(setting, {
    hasBoughtByHand: inTroubleSince !== null && (await hasBoughtByHandSince(tx, accountId, inTroubleSince)),
    card: await defaultPaymentMethod(tx, accountId),
  })
}

/** The last word on a charge: so many at once, over all accounts, mean that something is wrong. Then the breaker trips. */
async function withBreaker(tx: Tx, decision: TopUpDecision, at: Date): Promise<TopUpDecision> {
  if (decision.kind === 'skip') return decision
  const floor = env().AUTO_TOP_UP_BREAKER_FLOOR
  const rate = await readChargeRate(tx, { at, floor })
  if (!isRunaway({ ...rate, floor })) return decision
  await tripBreaker(
    tx,
    `${rate.recent} automatic charges in five minutes; the most in any five minutes of the week before was ${rate.peak}.`,
    at,
  )
  return { kind: 'skip', because: 'stopped_by_breaker' }
}

const pausing: Partial<Record<SkipReason, PauseReason>> = {
  no_payment_method: 'no_payment_method',
  card_declined_too_often: 'card_declined_too_often',
}

/** How soon the same reason stands on the timeline again: never, until something else happened. */
const noRepeat = 100 * 365 * dayMs

/** Puts a reason that lasts on the timeline. Some are news to the customer besides: each is told once. */
async function noteSkip(
  tx: Tx,
  setting: SettingRow,
  { at, month }: Moment,
  { facts, card }: GatheredFacts,
  { because, wouldCharge }: Extract<TopUpDecision, { kind: 'skip' }>,
): Promise<void> {
  const { accountId, monthlyLimit } = setting
  if (isNoted(because)) {
    const repeatAfterMs = because === 'dry_run' ? hourMs : noRepeat
    await insertNoteOnce(tx, { accountId, reason: because, amount: wouldCharge ?? null, at }, repeatAfterMs)
  }
  if (because === 'previous_credit_missing') {
    log.error({ accountId }, 'Auto top-up stopped: the credit of its last charge is not in the ledger')
  }
  // In a dry run nobody is told, and nothing stands differently afterwards.
  if (facts.isDryRun) return
  const pausedReason = pausing[because]
  if (pausedReason) {
    const cardInTrouble = card ? cardOf(card) : setting.cardInTrouble
    await saveStanding(tx, accountId, { ...setting, coolingUntil: null, pausedReason, cardInTrouble }, at)
    // A card that stays refused is told once a month, however often somebody tries to go on with it.
    const cause = card ? `pause:${cardOf(card)}/${month}` : `pause:${at.toISOString()}`
    await notify(tx, { accountId, kind: 'top_up_paused', cause, facts: { reason: pausedReason }, at })
  } else if (because === 'over_monthly_limit' && monthlyLimit) {
    await tellLimit(tx, { accountId, month, limit: monthlyLimit, charged: facts.chargedThisMonth, at })
  }
}

async function openAttempt(
  tx: Tx,
  setting: SettingRow,
  { at, month, available }: Moment,
  { card, billingEmail }: GatheredFacts,
  amount: Money,
): Promise<Attempt> {
  const { accountId } = setting
  const { purchaseId } = await openPurchase(tx, { accountId, origin: 'auto_top_up', amount, at })
  const attemptId = newId()
  const { stripePaymentMethodId, customerId } = card as ChargeableCard
  const cardIdentity = cardOf(card as ChargeableCard)
  await insertAttempt(tx, {
    accountId,
    attemptId,
    purchaseId,
    amount,
    month,
    stripePaymentMethodId,
    cardIdentity,
    facts: { available: formatMoney(available), minimum: formatMoney(setting.minimum), mode: setting.mode },
    request: {
      idempotencyKey: `topup:${attemptId}`,
      customerId,
      stripePaymentMethodId,
      amount: formatMoney(amount),
      currency: amount.currency,
      description: `${displayMoney(amount)} of credits (auto top-up)`,
      receiptEmail: billingEmail,
      metadata: { ...appMetadata, account_id: accountId, purchase_id: purchaseId, attempt_id: attemptId },
    },
    nextTryAt: new Date(at.getTime() + leaseMs),
    createdAt: at,
  })
  return readAttempt(tx, accountId, attemptId)
}
