import type { Actor } from '@/lib/core/actor'
import { formatMoney, money } from '@/lib/core/money'
import { dayKeyAt } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool, type Tx } from '@/lib/edges/db'
import { accountBudgets } from '../budgets'
import { requireRole } from '../members'
import { type ApiKeyDto, apiKeyDto } from './dto'
import { readApiKeys, readSpentByKey } from './store'

/**
 * The account's API keys, those in force first: whose, by whom, last used, what they spent and may spend. Never a secret.
 */
export async function listApiKeys(actor: Actor, { accountId }: { accountId: string }): Promise<{ keys: ApiKeyDto[] }> {
  await requireRole(actor, accountId, 'account:read')
  return { keys: await readDtos(pool(), accountId, null, await now()) }
}

/** One key, which is known to be there. */
export async function readKeyDto(
  tx: Tx,
  { accountId, keyId }: { accountId: string; keyId: string },
  at: Date,
): Promise<ApiKeyDto> {
  const [key] = await readDtos(tx, accountId, keyId, at)
  return key!
}

async function readDtos(tx: Tx, accountId: string, keyId: string | null, at: Date): Promise<ApiKeyDto[]> {
  const [rows, { month, budgets }] = await Promise.all([
    readApiKeys(tx, accountId, keyId),
    accountBudgets(tx, accountId, at),
  ])
  const spent = await readSpentByKey(tx, accountId, dayKeyAt(month.startsAt, month.timeZone))
  return rows.map((row) =>
    apiKeyDto(row, at, {
      spentThisMonth: formatMoney(money(spent.get(row.keyId) ?? 0n, month.spent.currency)),
      budgets,
    }),
  )
}
