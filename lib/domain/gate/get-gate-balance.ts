import type { Actor } from '@/lib/core/actor'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { readBalance } from '../ledger'
import { requireGate } from './authority'

/** An account's figures for the platform's gateway, by one read. @throws Refusal `not_found`, `not_allowed` */
export async function getGateBalance(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ currency: string; balance: string; held: string; available: string; as_of: string }> {
  requireGate(actor, 'balance:read')
  const asOf = await now()
  const { balance, held, available } = await readBalance(pool(), accountId)
  return {
    currency: balance.currency,
    balance: formatMoney(balance),
    held: formatMoney(held),
    available: formatMoney(available),
    as_of: asOf.toISOString(),
  }
}
