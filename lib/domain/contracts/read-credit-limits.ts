import { parseMoney } from '@/lib/core/money'
import { pool } from '@/lib/edges/db'
import { readChanges } from '../audit'
import { type CreditLimitFrom, creditLimitsOver } from './rules'
import { readContracts } from './store'

/**
 * The credit limits that were in force in a span of time, one after the other. A contract's row has the limit that it came to; what
 * it was before a change is in the audit log, which is written with the change. Who may ask is the caller's to check.
 */
export async function readCreditLimits(
  accountId: string,
  span: { startsAt: Date; endsAt: Date },
): Promise<CreditLimitFrom[]> {
  const [contracts, changes] = await Promise.all([
    readContracts(pool(), accountId),
    readChanges(accountId, 'contract.changed'),
  ])
  const limitIn = (terms: unknown) => parseMoney((terms as { creditLimit: string }).creditLimit, 'creditLimit')
  return creditLimitsOver(
    span,
    contracts.reverse(),
    changes.map(({ at, before, after }) => ({ at, before: limitIn(before), after: limitIn(after) })),
  )
}
