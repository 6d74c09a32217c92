/** What is looked over again and again, so that nothing depends on a message that may be lost. */
import { system } from '@/lib/core/actor'
import { sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { expireGrants, expireHolds } from '@/lib/domain/gate'
import { warnOfExpiry } from '@/lib/domain/grants'
import { reconcilePurchases } from '@/lib/domain/purchases'
import { sweepRefunds } from '@/lib/domain/refunds'
import { sweepStripeEvents } from '@/lib/domain/stripe-events'
import { makePartitionsAhead } from '@/lib/domain/usage-partitions'

const sweeper = system('sweep')

/** Each sweep with the minutes at which it runs, as cron writes them. */
export const sweeps = {
  'reconcile-purchases': { minutes: '*/10', run: () => reconcilePurchases(sweeper) },
  'sweep-stripe-events': { minutes: '*/5', run: () => sweepStripeEvents(sweeper) },
  'sweep-refunds': { minutes: '*', run: () => sweepRefunds(sweeper) },
  'sweep-auto-top-ups': { minutes: '*', run: () => sweepAutoTopUps(sweeper) },
  'expire-holds': { minutes: '*', run: () => expireHolds(sweeper) },
  'expire-grants': { minutes: '*', run: () => expireGrants(sweeper) },
  'warn-of-expiry': { minutes: '*/10', run: () => warnOfExpiry(sweeper) },
  'make-partitions': { minutes: '7', run: () => makePartitionsAhead(sweeper) },
} satisfies Record<string, { minutes: string; run: () => Promise<unknown> }>

export type SweepName = keyof typeof sweeps

const schedule: [string, string][] = [
  ...Object.entries(sweeps).map(([name, { minutes }]): [string, string] => [name, minutes]),
  ['free-stuck-jobs', '*'],
]

/** The schedule as graphile-worker reads it. A sweep that is late is not caught up: the next one sees everything. */
export const crontab = schedule.map(([name, minutes]) => `${minutes} * * * * ${name} ?jobKey=${name}&max=1`).join('\n')
