import { system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { displayMoney, formatMoney, type Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { recordAudit } from '../audit'
import { notify } from '../notifications'
import { appMetadata, type ChargeableCard, defaultPaymentMethod } from '../payment-methods'
import { openPurchase } from '../purchases'
import { lockMoment } from './consider-auto-top-up'
import { leaseMs } from './declines'
import { type GatheredFacts, gatherFacts, type Moment } from './facts'
import { decideTopUp, type PauseReason, type SkipReason } from './rules'
import {
  type Attempt,
  cleared,
  findOpenAttempt,
  insertAttempt,
  leaseAttempt,
  lockSetting,
  readAttempt,
  readSinceTrouble,
  type SettingRow,
  saveStanding,
} from './store'

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
  const gathered = await gatherFacts(tx, accountId, moment, { hasOpenAttempt: false })
  const decision = decideTopUp(current, gathered.facts)
  if (decision.kind === 'skip') {
    await noteSkip(tx, current, moment, decision.because)
    return { kind: 'skipped', because: decision.because }
  }
  const attempt = await openAttempt(tx, current, moment, gathered, decision.amount)
  return { kind: 'claimed', attempt, setting: current, isSuperseded: false }
}

/** An attempt that another run has just taken is left to it; after its lease it is carried on, for that run has died. */
async function claimOpen(tx: Tx, open: Attempt, setting: SettingRow, at: Date): Promise<Claim> {
  if (open.state === 'charging' && open.nextTryAt && at < open.nextTryAt) return { kind: 'busy' }
  const isSuperseded = !setting.isOn || (await hasSteppedIn(tx, setting, open.createdAt))
  const attempt = await leaseAttempt(tx, open, new Date(at.getTime() + leaseMs))
  return { kind: 'claimed', attempt, setting, isSuperseded }
}

/** Ends a pause or a wait once the customer has chosen another card or bought by hand, and a wait that is over. */
async function endWaits(tx: Tx, setting: SettingRow, at: Date): Promise<SettingRow> {
  const { accountId, pausedReason, coolingUntil, consecutiveDeclines } = setting
  if (!pausedReason && !coolingUntil && consecutiveDeclines === 0) return setting
  if (await hasSteppedIn(tx, setting, setting.pausedAt)) {
    await saveStanding(tx, accountId, cleared, at)
    await recordAudit(tx, {
      accountId,
      actor: system('auto-top-up'),
      action: 'auto_top_up.resumed',
      before: { pausedReason, coolingUntil, consecutiveDeclines },
      at,
    })
    return { ...setting, ...cleared, pausedAt: null }
  }
  if (pausedReason || !coolingUntil || at < coolingUntil) return setting
  await saveStanding(tx, accountId, { ...setting, coolingUntil: null }, at)
  return { ...setting, coolingUntil: null }
}

async function hasSteppedIn(tx: Tx, setting: SettingRow, since: Date | null): Promise<boolean> {
  const { accountId, pausedReason } = setting
  const { cardInTrouble, hasBoughtByHand } = await readSinceTrouble(tx, { accountId, since })
  if (hasBoughtByHand) return true
  const card = await defaultPaymentMethod(tx, accountId)
  if (!card) return false
  if (pausedReason === 'no_payment_method') return true
  return cardInTrouble !== null && card.stripePaymentMethodId !== cardInTrouble
}

const pausing: Partial<Record<SkipReason, PauseReason>> = {
  no_payment_method: 'no_payment_method',
  card_declined_too_often: 'card_declined_too_often',
}

/** Some reasons not to charge are news to the customer: each is told once. */
async function noteSkip(tx: Tx, setting: SettingRow, { at, month }: Moment, because: SkipReason): Promise<void> {
  const { accountId, monthlyLimit } = setting
  const pausedReason = pausing[because]
  if (pausedReason) {
    await saveStanding(tx, accountId, { ...setting, coolingUntil: null, pausedReason }, at)
    const cause = `pause:${at.toISOString()}`
    await notify(tx, { accountId, kind: 'top_up_paused', cause, facts: { reason: pausedReason }, at })
  } else if (because === 'over_monthly_limit' && monthlyLimit) {
    // A limit that was raised and is reached again is told again.
    const cause = `monthly_limit:${month}/${formatMoney(monthlyLimit)}`
    await notify(tx, { accountId, kind: 'top_up_paused', cause, facts: { reason: 'monthly_limit' }, at })
  } else if (because === 'previous_credit_missing') {
    log.error({ accountId }, 'Auto top-up stopped: the credit of its last charge is not in the ledger')
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
  await insertAttempt(tx, {
    accountId,
    attemptId,
    purchaseId,
    amount,
    month,
    stripePaymentMethodId,
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
