import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { dayMs, hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { settlePurchase } from './settle-purchase'
import { type Place, readUnsettled, type Young } from './store'

const pageSize = 100
/** Asked of Stripe at once: well below its limit, so that customers are served meanwhile. */
const parallelReads = 4
/** A receipt that is not there after a day is not coming. */
const papersForMs = dayMs
/** What was given up is looked at again for three days, every six hours. */
const endedForMs = 3 * dayMs
const endedEveryMs = 6 * hourMs

export interface ReconcileReport {
  checked: number
  failed: number
  /** Whether Stripe could be asked to the end. */
  isComplete: boolean
}

/**
 * Settles every purchase that is open or processing, however young, and fills in missing receipts. Those that
 * were given up are looked at now and then: whatever was paid becomes credit. Racing with an event or
 * a return page is harmless: they run the same thing. Run every ten minutes.
 */
export async function reconcilePurchases(actor: Actor): Promise<ReconcileReport> {
  if (actor.kind !== 'system')
    throw new Refusal('not_allowed', { message: 'Purchases are reconciled by the worker alone.' })
  const at = (await now()).getTime()
  const youngSince: Young = { paid: new Date(at - papersForMs), ended: new Date(at - endedForMs) }
  const staleSince = new Date(at - endedEveryMs)
  const report: ReconcileReport = { checked: 0, failed: 0, isComplete: true }
  for (let after: Place | null = null; ; ) {
    const places: Place[] = await readUnsettled(pool(), { after, youngSince, staleSince, limit: pageSize })
    for (let first = 0; first < places.length; first += parallelReads) {
      await Promise.all(places.slice(first, first + parallelReads).map((place) => settleOne(place, report)))
      // The next ones would wait for the same timeout; the next run begins again with the oldest.
      if (!report.isComplete) return report
    }
    after = places.at(-1) ?? null
    if (places.length < pageSize) return report
  }
}

async function settleOne({ accountId, purchaseId }: Place, report: ReconcileReport): Promise<void> {
  report.checked += 1
  try {
    await settlePurchase(system('reconcile'), { accountId, purchaseId })
  } catch (error) {
    report.failed += 1
    if (error instanceof Refusal && error.code === 'payment_provider_unavailable') report.isComplete = false
    else log.error({ err: error, accountId, purchaseId }, 'A purchase could not be reconciled')
  }
}
