import type { Actor } from '@/lib/core/actor'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { preparedReads } from '@/lib/edges/db'
import { gathered } from '@/lib/edges/db/gathered'
import { noAccount, readBalances } from '../ledger'
import { requireReader } from './authority'

const balanceOf = gathered((accountIds) => readBalances(preparedReads, accountIds))

/** An account's figures for the platform's gateway, or for the account's own programs, by one read. @throws Refusal `not_found`, `not_allowed` */
export async function getGateBalance(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{
  currency: string
  balance: string
  held: string
  available: string
  credit_limit: string
  as_of: string
}> {
  requireReader(actor, 'balance:read', accountId)
  const asOf = await now()
  const found = await balanceOf(accountId)
  if (!found) throw noAccount(accountId)
  const { balance, held, available, creditLimit } = found
  return {
    currency: balance.currency,
    balance: formatMoney(balance),
    held: formatMoney(held),
    available: formatMoney(available),
    credit_limit: formatMoney(creditLimit),
    as_of: asOf.toISOString(),
  }
}
