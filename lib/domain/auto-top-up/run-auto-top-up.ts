import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { requireRole } from '../members'
import { syncPaymentMethod } from '../payment-methods'
import { tripBreaker } from './breaker'
import { claimTopUp } from './claim'
import { readStops } from './facts'
import { learnOutcome, type Outcome } from './learn-outcome'
import { recordOutcome } from './record-outcome'
import { continueRecovery } from './recovery'
import type { SkipReason } from './rules'
import type { Attempt, AttemptState, SettingRow } from './store'

/** What a run came to. busy: another run has the account's attempt in its hands. */
export type TopUpRun =
  | { kind: 'skipped'; because: SkipReason }
  | { kind: 'busy' }
  | { kind: 'ran'; attemptId: string; state: AttemptState }

/**
 * Carries the account's open attempt on, or decides on fresh facts whether there is to be one, and charges the saved card.
 * May run at any time, any number of times, in parallel, and after a crash anywhere: each attempt charges once at most.
 */
export async function runAutoTopUp(actor: Actor, { accountId }: { accountId: string }): Promise<TopUpRun> {
  await requireRole(actor, accountId, 'billing:write')
  const at = await now()
  const claim = await inTransaction((tx) => claimTopUp(tx, accountId, at))
  if (claim.kind !== 'claimed') return claim
  crashPoint('top-up:after-claim')

  const { attempt, setting } = claim
  const { attemptId } = attempt
  if (attempt.state === 'requires_action') {
    return { kind: 'ran', attemptId, state: await continueRecovery(attempt, claim) }
  }
  const mayCharge = await maySend(setting)
  crashPoint('top-up:before-charge')
  const outcome = await learnOutcome(attempt, { mayCharge, at })
  crashPoint('top-up:after-charge')
  const closed = await recordOrStop(attempt, outcome)
  crashPoint('top-up:after-record')
  if (outcome.kind === 'refused' && outcome.isCardGone) await followCard(attempt)
  if (closed.state !== 'requires_action') return { kind: 'ran', attemptId, state: closed.state }
  return { kind: 'ran', attemptId, state: await continueRecovery(closed, { isSuperseded: false }) }
}

/** Whether an order that Stripe does not know of may be sent again: only what would still be charged is. */
async function maySend({ isOn, pausedReason }: SettingRow): Promise<boolean> {
  if (!isOn || pausedReason) return false
  const { isStoppedByOperator, isBreakerTripped, isDryRun } = await readStops(pool())
  return !isStoppedByOperator && !isBreakerTripped && !isDryRun
}

/** Money that was taken and cannot be written down stops every automatic charge, here and elsewhere. */
async function recordOrStop(attempt: Attempt, outcome: Outcome): Promise<Attempt> {
  try {
    return await recordOutcome(attempt, outcome).catch((error) => {
      if (!isAway(error)) throw error
      return recordOutcome(attempt, outcome) // one connection may have broken; the next one tells
    })
  } catch (error) {
    if (outcome.kind === 'succeeded') await stop(attempt, error)
    throw error
  }
}

const isAway = (error: unknown): boolean => error instanceof Refusal && error.code === 'temporarily_unavailable'

async function stop({ accountId, attemptId }: Attempt, error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error)
  log.fatal({ err: error, accountId, attemptId }, 'A charge could not be written to the ledger')
  const reason = `The charge of attempt ${attemptId} could not be written to the ledger: ${why}`
  const at = await now().catch(() => new Date())
  // With the database away no intent can be written either, so nothing new is charged.
  await inTransaction((tx) => tripBreaker(tx, reason, at)).catch((err) =>
    log.fatal({ err }, 'The breaker did not trip'),
  )
}

/** The card is gone at Stripe: takes it off the account here too, unless Stripe's event has done so. */
async function followCard({ stripePaymentMethodId }: Attempt): Promise<void> {
  await syncPaymentMethod(system('auto-top-up'), { stripePaymentMethodId }).catch((error) =>
    log.warn({ err: error }, 'A card that is gone at Stripe is still on the account'),
  )
}
