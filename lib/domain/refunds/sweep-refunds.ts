import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { readUnaskedDisputes } from '../disputes'
import { runRefund } from './run-refund'
import { readDueRefunds } from './store'
import { syncRefunds } from './sync-refunds'

const mostAtOnce = 200
/** How long an open dispute is left alone when nobody tells of it. */
const disputeHours = 6

/**
 * Sends refunds that were requested and are not known at Stripe, and looks at those on their way and at open disputes, so
 * that nothing depends on an event that may be lost. Run every minute. Ends early when Stripe cannot be asked.
 */
export async function sweepRefunds(actor: Actor): Promise<{ looked: number; failed: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Refunds are swept by the worker alone.' })
  const due = await readDueRefunds(pool(), await now(), mostAtOnce)
  const disputes = await readUnaskedDisputes(pool(), disputeHours, mostAtOnce)
  const sweeper = system('sweep')
  const looks = [
    ...due.map((refund) => ({
      ...refund,
      look: () => (refund.state === 'requested' ? runRefund(sweeper, refund) : syncRefunds(sweeper, refund)),
    })),
    ...disputes.map((dispute) => ({ ...dispute, look: () => syncRefunds(sweeper, dispute) })),
  ]
  const report = { looked: 0, failed: 0 }
  for (const { accountId, purchaseId, look } of looks) {
    report.looked += 1
    try {
      await look()
    } catch (error) {
      report.failed += 1
      if (error instanceof Refusal && error.code === 'payment_provider_unavailable') return report
      log.error({ err: error, accountId, purchaseId }, 'Refunds of a purchase could not be looked at')
    }
  }
  return report
}
