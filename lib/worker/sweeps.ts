/** What is looked over again and again, so that nothing depends on a message that may be lost. */
import { system } from '@/lib/core/actor'
import { sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { watchCaps } from '@/lib/domain/budgets'
import { closeMonths } from '@/lib/domain/contracts'
import { expireGrants, expireHolds } from '@/lib/domain/gate'
import { warnOfExpiry } from '@/lib/domain/grants'
import { sweepInvoices } from '@/lib/domain/invoices'
import { watchBalances } from '@/lib/domain/notifications'
import { reconcilePurchases } from '@/lib/domain/purchases'
import { reconcileNightly } from '@/lib/domain/reconciliation'
import { sweepRefunds } from '@/lib/domain/refunds'
import { sweepStripeEvents, watchStripeEvents } from '@/lib/domain/stripe-events'
import { sweepTiers } from '@/lib/domain/tiers'
import { makePartitionsAhead } from '@/lib/domain/usage-partitions'

const sweeper = system('sweep')

interface Sweep {
  minutes: string
  hour?: string
  run: () => Promise<unknown>
}

/** Each sweep with the minutes at which it runs, as cron writes them; a nightly one at that minute of its hour (UTC). */
export const sweeps = {
  'reconcile-purchases': { minutes: '*/10', run: () => reconcilePurchases(sweeper) },
  'sweep-stripe-events': { minutes: '*/5', run: () => sweepStripeEvents(sweeper) },
  'sweep-refunds': { minutes: '*', run: () => sweepRefunds(sweeper) },
  'watch-stripe-events': { minutes: '*', run: () => watchStripeEvents(sweeper) },
  'sweep-auto-top-ups': { minutes: '*', run: () => sweepAutoTopUps(sweeper) },
  'expire-holds': { minutes: '*', run: () => expireHolds(sweeper) },
  'expire-grants': { minutes: '*', run: () => expireGrants(sweeper) },
  'sweep-tiers': { minutes: '*/10', run: () => sweepTiers(sweeper) },
  'watch-balances': { minutes: '*', run: () => watchBalances(sweeper) },
  'watch-caps': { minutes: '*', run: () => watchCaps(sweeper) },
  'warn-of-expiry': { minutes: '*/10', run: () => warnOfExpiry(sweeper) },
  'close-months': { minutes: '*/5', run: () => closeMonths(sweeper) },
  'sweep-invoices': { minutes: '*/5', run: () => sweepInvoices(sweeper) },
  'make-partitions': { minutes: '7', run: () => makePartitionsAhead(sweeper) },
  'reconcile-stripe': { minutes: '23', hour: '3', run: () => reconcileNightly(sweeper) },
} satisfies Record<string, Sweep>

export type SweepName = keyof typeof sweeps

const entries = Object.entries<Sweep>(sweeps)

/** Those that a demo, whose clock can be moved, may run every few seconds. */
export const frequentSweeps = entries.filter(([, { hour }]) => hour === undefined).map(([name]) => name as SweepName)

const schedule: [string, string][] = [
  ...entries.map(([name, { minutes, hour = '*' }]): [string, string] => [name, `${minutes} ${hour}`]),
  ['free-stuck-jobs', '* *'],
]

/** The schedule as graphile-worker reads it. A sweep that is late is not caught up: the next one sees everything. */
export const crontab = schedule.map(([name, times]) => `${times} * * * ${name} ?jobKey=${name}&max=1`).join('\n')
