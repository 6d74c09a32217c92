import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { requireOperator } from '../members'
import { readSwitchChanges, readSwitches, turnSwitch } from '../switches'
import { guards } from './rules'
import { readChargeRate } from './store'

/** off: nothing is charged automatically. dry_run: it is written down what would be charged, and nothing is. */
export type TopUpSwitch = 'off' | 'dry_run'

interface SwitchDto {
  isOn: boolean
  /** The environment holds it on, whatever is set here. */
  isOnByEnvironment: boolean
  reason: string | null
  changedBy: string | null
  changedAt: string | null
}

/** What stops automatic charges of every account. Instants are ISO strings. */
export interface TopUpSwitchesDto {
  off: SwitchDto
  dryRun: SwitchDto
  breaker: {
    isTripped: boolean
    reason: string | null
    changedBy: string | null
    changedAt: string | null
    /** Automatic charges of all accounts in the last five minutes, and how many trip it. */
    chargesInFiveMinutes: number
    tripsAt: number
  }
  /** Who turned what, newest first. */
  changes: { name: string; isOn: boolean; reason: string; changedBy: string; at: string }[]
}

const changesShown = 20

/** How the switches of auto top-up stand. @throws Refusal `not_found`, `not_allowed` */
export async function getAutoTopUpSwitches(actor: Actor): Promise<TopUpSwitchesDto> {
  await requireOperator(actor, 'operator:read')
  const at = await now()
  const { AUTO_TOP_UP_OFF, AUTO_TOP_UP_DRY_RUN, AUTO_TOP_UP_BREAKER_FLOOR: floor } = env()
  const [switches, changes, rate] = await Promise.all([
    readSwitches(pool()),
    readSwitchChanges(changesShown),
    readChargeRate(pool(), { at, floor: 0 }),
  ])
  const { isOn: isTripped, ...tripped } = dtoOf(switches.auto_top_up_breaker)
  return {
    off: { ...dtoOf(switches.auto_top_up_off), isOnByEnvironment: AUTO_TOP_UP_OFF === '1' },
    dryRun: { ...dtoOf(switches.auto_top_up_dry_run), isOnByEnvironment: AUTO_TOP_UP_DRY_RUN === '1' },
    breaker: {
      isTripped,
      ...tripped,
      chargesInFiveMinutes: rate.recent,
      tripsAt: Math.max(floor, rate.peak * guards.timesUsualPeak),
    },
    changes: changes.map(({ name, isOn, reason, changedBy, at }) => ({
      name,
      isOn,
      reason,
      changedBy,
      at: at.toISOString(),
    })),
  }
}

const dtoOf = ({ changedAt, ...state }: Awaited<ReturnType<typeof readSwitches>>['auto_top_up_off']) => ({
  ...state,
  changedAt: changedAt?.toISOString() ?? null,
})

/**
 * Turns a switch for every account; the staff is told by mail. Attempts in flight are carried to their end all the same.
 * @throws Refusal `not_found`, `not_allowed`, `invalid_request` naming the field.
 */
export async function setAutoTopUpSwitch(
  actor: Actor,
  { name, isOn, reason }: { name: TopUpSwitch; isOn: boolean; reason: string },
): Promise<TopUpSwitchesDto> {
  await requireOperator(actor, 'platform:write')
  const why = reasonOf(reason)
  const at = await now()
  await inTransaction((tx) => turnSwitch(tx, { name: `auto_top_up_${name}`, isOn, reason: why, actor, at }))
  return getAutoTopUpSwitches(actor)
}

/**
 * Lets cards be charged again after the breaker tripped. Accounts that are low are charged by the next sweep.
 * @throws Refusal `not_found`, `not_allowed`, `conflict` when it has not tripped, `invalid_request` naming the field.
 */
export async function resetAutoTopUpBreaker(actor: Actor, { reason }: { reason: string }): Promise<TopUpSwitchesDto> {
  await requireOperator(actor, 'platform:write')
  const why = reasonOf(reason)
  const at = await now()
  await inTransaction(async (tx) => {
    const isReset = await turnSwitch(tx, { name: 'auto_top_up_breaker', isOn: false, reason: why, actor, at })
    if (!isReset)
      throw new Refusal('conflict', { message: 'The breaker has not tripped, so there is nothing to reset.' })
  })
  return getAutoTopUpSwitches(actor)
}

function reasonOf(text: string): string {
  const reason = text.trim()
  if (reason.length > 0 && reason.length <= 500) return reason
  throw new Refusal('invalid_request', { field: 'reason', message: 'Say why, in 1 to 500 characters.' })
}
