import type { Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { billingZone } from '../budgets'
import { expiryAfterDays, expiryAfterMonths, type GrantSource, isPaidSource } from './rules'

/**
 * When credit of a source expires by the operator's settings: signup credit after SIGNUP_CREDIT_DAYS, bought credit after
 * PURCHASED_CREDIT_MONTHS, at the end of a day in the account's billing time zone. Null: never, as without a setting.
 */
export async function usualExpiry(
  tx: Tx,
  { accountId, source, at }: { accountId: string; source: GrantSource; at: Date },
): Promise<Date | null> {
  const { SIGNUP_CREDIT_DAYS: days, PURCHASED_CREDIT_MONTHS: months } = env()
  if (source === 'signup' && days !== undefined) {
    return expiryAfterDays(at, days, await billingZone(tx, accountId, at))
  }
  if (isPaidSource(source) && months !== undefined) {
    return expiryAfterMonths(at, months, await billingZone(tx, accountId, at))
  }
  return null
}
