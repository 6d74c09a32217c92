import type { Actor } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { requireOperator } from '../members'
import { getDriftSummary } from '../reconciliation'
import { slowInboxSeconds } from './rules'
import { readInbox } from './store'

/** What an operator must know of what Stripe tells us. */
export interface StripeAlarms {
  /** Events that wait to be processed, and how long the oldest has. */
  waiting: number
  waitingSeconds: number
  /** Events that were given up. */
  dead: number
  /** Differences between Stripe and the books that wait for a person, by kind. */
  differences: Record<string, number>
  /** When the two were last compared to the end. */
  comparedAt: string | null
  /** Each alarm in a sentence with what to do; none when all is well. */
  alarms: string[]
}

/** The alarms as they are now. */
export async function readStripeAlarms(actor: Actor): Promise<StripeAlarms> {
  await requireOperator(actor, 'operator:read')
  const [inbox, drift, at] = await Promise.all([readInbox(pool()), getDriftSummary(actor), now()])
  const waitingSeconds = inbox.oldest ? Math.max(0, Math.round((at.getTime() - inbox.oldest.getTime()) / 1000)) : 0
  const state = {
    waiting: Number(inbox.waiting),
    waitingSeconds,
    dead: Number(inbox.dead),
    differences: drift.open,
    comparedAt: drift.comparedAt,
  }
  return { ...state, alarms: sentences(state) }
}

function sentences({ waitingSeconds, dead, differences }: Omit<StripeAlarms, 'alarms'>): string[] {
  const { unknown_purchase: unknown = 0, ...others } = differences
  const differing = Object.values(others).reduce((total, count) => total + count, 0)
  return [
    ...(waitingSeconds > slowInboxSeconds
      ? [
          `An event of Stripe has waited for ${waitingSeconds} seconds. Look whether the worker runs and whether Stripe answers.`,
        ]
      : []),
    ...(dead > 0 ? [`${dead} events of Stripe were given up. Look at the last error of each and try it again.`] : []),
    ...(unknown > 0 ? [`${unknown} payments at Stripe have no purchase in our books. Read the drift report.`] : []),
    ...(differing > 0 ? [`Stripe and the books differ in ${differing} places. Read the drift report.`] : []),
  ]
}

/** Logs each alarm as an error, for whoever watches the logs. Run every minute. */
export async function watchStripeEvents(actor: Actor): Promise<StripeAlarms> {
  const state = await readStripeAlarms(actor)
  for (const alarm of state.alarms) log.error({ ...state, alarms: undefined }, alarm)
  return state
}
