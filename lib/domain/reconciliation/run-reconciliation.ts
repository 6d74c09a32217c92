import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, money } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import { isLivemode } from '@/lib/edges/stripe'
import { requireOperator } from '../members'
import { compareInvoices } from './invoices'
import { compareAccounts, compareEarlier, comparePurchases, compareStripe } from './passes'
import { keyOf } from './rules'
import { mostFindings, noCounts, type Run } from './run'
import {
  beginReport,
  endReport,
  findReport,
  forgetCompared,
  insertReport,
  type Report,
  readFindings,
  resolveEarlier,
  sumCompared,
  type Totals,
} from './store'

/** What the night's run is: the last three days. Run by the clock. */
export const reconcileNightly = async (actor: Actor): Promise<Report> =>
  runReconciliation(actor, { since: new Date((await now()).getTime() - nightlyMs) })

/** How far back the nightly run looks. What moved later of an older payment is found by its balance transactions. */
const nightlyMs = 3 * dayMs

/**
 * Compares every payment, refund, dispute and balance transaction of Stripe's with our books, and our purchases with Stripe,
 * and writes a report. What a verb can put right is handed to it and named "healed". Reads page by page: what a run needs
 * does not grow with the history. Several at once do not disturb each other.
 * `since`: objects created from then on; null: everything, and then the ledger of each account as a whole as well.
 * @throws Refusal `payment_provider_unavailable` when Stripe stays away: the report says so, and nothing is concluded.
 */
export async function runReconciliation(
  actor: Actor,
  input: {
    since?: Date | null
    /** The waiting report to fill, whose `since` then counts; a new one otherwise. */
    reportId?: string
    isHealing?: boolean
    looks?: number
    pauseMs?: number
    onProgress?: Run['onProgress']
  },
): Promise<Report> {
  await requireOperator(actor, 'platform:write')
  const startedAt = await now()
  const reportId = input.reportId ?? newId()
  const begun = await inTransaction(async (tx) => {
    if (!input.reportId) {
      const startedBy = actorName(actor)
      await insertReport(tx, {
        reportId,
        startedBy,
        state: 'running',
        since: input.since ?? null,
        counts: noCounts(),
        at: startedAt,
      })
    }
    return beginReport(tx, reportId)
  })
  if (!begun) return (await findReport(pool(), reportId)) ?? notFound()
  const run: Run = {
    reportId,
    livemode: isLivemode(),
    since: begun.since,
    startedAt,
    isHealing: input.isHealing ?? true,
    looks: input.looks ?? 4,
    pauseMs: input.pauseMs ?? 2_000,
    counts: noCounts(),
    // A run that died and is run again has written some of its findings already.
    seen: new Set((await readFindings(pool(), reportId, mostFindings)).map(keyOf)),
    onProgress: input.onProgress ?? (() => {}),
  }
  return conclude(run)
}

async function conclude(run: Run): Promise<Report> {
  try {
    await compareStripe(run)
    await comparePurchases(run)
    await compareInvoices(run)
    await compareEarlier(run)
    if (run.since === null) await compareAccounts(run)
  } catch (error) {
    await end(run, error instanceof Error ? error.message : String(error))
    throw error
  }
  return end(run, null)
}

async function end(run: Run, failure: string | null): Promise<Report> {
  const at = await now()
  await inTransaction(async (tx) => {
    const totals = (await sumCompared(tx, run.reportId)).map(totalsOf)
    await endReport(tx, { reportId: run.reportId, counts: run.counts, totals, failure, at })
    if (failure === null) await resolveEarlier(tx, run.reportId, run.since === null, at)
    await forgetCompared(tx, run.reportId)
    if (run.counts.open > 0) await enqueue(tx, 'tell-of-drift', { reportId: run.reportId })
  })
  const { counts, reportId } = run
  if (counts.open > 0) log.error({ reportId, counts }, 'Stripe and the books differ: a person must look')
  else log.info({ reportId, counts, failure }, 'Stripe was compared with the books')
  return (await findReport(pool(), reportId))!
}

function totalsOf({ currency, ...sums }: { currency: string } & Record<string, bigint>): Totals {
  const of = (...parts: bigint[]) =>
    formatMoney(
      money(
        parts.reduce((total, part) => total + part, 0n),
        currency,
      ),
    )
  const s = sums as Record<string, bigint>
  return {
    currency,
    stripe: {
      charged: of(s.charged!),
      refunded: of(s.refunded!),
      withdrawn: of(s.withdrawn!),
      net: of(s.charged!, -s.refunded!, -s.withdrawn!),
    },
    books: {
      charged: of(s.booked_charged!),
      refunded: of(s.booked_refunded!),
      withdrawn: of(s.booked_withdrawn!),
      net: of(s.booked_charged!, -s.booked_refunded!, -s.booked_withdrawn!),
      tax: of(s.booked_tax!),
      discount: of(s.booked_discount!),
    },
    ledger: { expected: of(s.expected!), posted: of(s.posted!) },
  }
}

const notFound = (): never => {
  throw new Refusal('not_found', { message: 'There is no such report.' })
}
