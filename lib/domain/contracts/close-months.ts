import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { closePeriods } from '../invoices'
import { lockBalance } from '../ledger'
import { findContract, findToClose, saveBilled } from './store'

const accountsAtOnce = 100

/**
 * The month-end job: closes the billing months of post-paid accounts that are over, by each account's own clock, with one invoice for
 * an account and month at most. Stripe is told by a job of its own. Run by the clock; run twice, at the same time, late or after it
 * died, it comes to the same.
 */
export async function closeMonths(actor: Actor): Promise<{ closed: number; invoices: number; failed: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Months are closed by the worker alone.' })
  const report = { closed: 0, invoices: 0, failed: 0 }
  const seen = new Set<string>()
  for (;;) {
    const due = (await findToClose(await now(), accountsAtOnce + seen.size)).filter((accountId) => !seen.has(accountId))
    if (due.length === 0) return report
    for (const accountId of due) {
      seen.add(accountId)
      try {
        report.invoices += await closeAccount(accountId)
        report.closed += 1
      } catch (error) {
        report.failed += 1
        log.error({ err: error, accountId }, 'The billing month of an account could not be closed')
      }
    }
  }
}

/** The balance row's lock makes two runs take turns; to the second one nothing is due any more. */
async function closeAccount(accountId: string): Promise<number> {
  const at = await now()
  const made = await inTransaction(async (tx) => {
    await lockBalance(tx, accountId)
    const contract = await findContract(tx, accountId)
    if (!contract || contract.nextCloseAt > at) return 0
    const { invoiceIds, billed } = await closePeriods(tx, contract, at)
    await saveBilled(tx, contract, billed)
    crashPoint('invoice:before-intent-commit')
    return invoiceIds.length
  })
  crashPoint('invoice:after-intent')
  return made
}
