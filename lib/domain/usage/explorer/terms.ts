import { addDays } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../../budgets'
import { boundsOf, type DayRange } from './rules'
import { readAccountTerms, readMonths } from './store'

/** The instants of a range of an account's billing days, and what its figures are in. @throws Refusal `not_found` */
export async function termsOf(accountId: string, range: DayRange) {
  const at = await now()
  const [account, timeZone, months] = await Promise.all([
    readAccountTerms(accountId),
    billingZone(pool(), accountId, at),
    readMonths(accountId, range.from.slice(0, 7), addDays(range.to, 1).slice(0, 7)),
  ])
  return { at, ...account, timeZone, months, ...boundsOf(range, months, timeZone) }
}
