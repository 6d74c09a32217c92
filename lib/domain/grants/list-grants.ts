import type { Actor } from '@/lib/core/actor'
import { add, formatMoney, isPositive, type Money, money, subtract, sum } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool, prisma } from '@/lib/edges/db'
import { billingZone } from '../budgets'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { type Burnable, compareBurnOrder, daysLeft, expiredOf, type GrantSource, lastDay } from './rules'
import { readExpired } from './store'

/** open: it can be used. ending: its time is over, and running requests hold what is left. */
export type GrantState = 'open' | 'ending' | 'used_up' | 'expired'

export interface GrantDto {
  grantId: string
  source: GrantSource
  state: GrantState
  amount: string
  remaining: string
  /** What expired of it. */
  expired: string
  priority: number
  expiresAt: string | null
  /** The last day on which it can be used, e.g. "2026-12-31" in the account's zone; null when it never expires. */
  lastDay: string | null
  /** Calendar days until it can no longer be used; null when it never expires or is over. */
  daysLeft: number | null
  grantedAt: string
}

/**
 * Grants in burn order, used-up and expired ones last (newest first among them). What an invoice payment brought is listed only where
 * something is left beyond the debt that it paid.
 */
export async function listGrants(actor: Actor, { accountId }: { accountId: string }): Promise<GrantDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [rows, { held }, expired, timeZone] = await Promise.all([
    prisma().grant.findMany({
      where: { accountId, OR: [{ source: { not: 'invoice_payment' } }, { remaining: { gt: 0n } }] },
      orderBy: { grantedAt: 'desc' },
      take: 500,
    }),
    readBalance(pool(), accountId),
    readExpired(accountId),
    billingZone(pool(), accountId, at),
  ])
  const grants = rows.map((row) => ({
    grantId: row.grantId,
    source: row.source as GrantSource,
    amount: money(row.amount, row.currency),
    remaining: money(row.remaining, row.currency),
    expired: money(expired.get(row.grantId) ?? 0n, row.currency),
    priority: row.priority,
    expiresAt: row.expiresAt,
    grantedAt: row.grantedAt,
  })) satisfies (Burnable & { amount: Money; expired: Money })[]
  // As it will be once the next decision has posted what is over.
  const owned = sum(
    grants.map(({ remaining }) => remaining),
    held.currency,
  )
  for (const { grantId, amount } of expiredOf(grants, at, subtract(owned, held))) {
    const grant = grants.find((candidate) => candidate.grantId === grantId)!
    grant.remaining = subtract(grant.remaining, amount)
    grant.expired = add(grant.expired, amount)
  }
  const open = grants.filter((grant) => isPositive(grant.remaining)).sort(compareBurnOrder)
  const ended = grants.filter((grant) => !isPositive(grant.remaining))
  return [...open, ...ended].map(({ amount, remaining, expired, expiresAt, grantedAt, ...grant }) => {
    const isOver = expiresAt !== null && expiresAt <= at
    return {
      ...grant,
      state: isPositive(remaining) ? (isOver ? 'ending' : 'open') : isPositive(expired) ? 'expired' : 'used_up',
      amount: formatMoney(amount),
      remaining: formatMoney(remaining),
      expired: formatMoney(expired),
      expiresAt: expiresAt?.toISOString() ?? null,
      lastDay: expiresAt && lastDay(expiresAt, timeZone),
      daysLeft: expiresAt && !isOver ? daysLeft(expiresAt, at, timeZone) : null,
      grantedAt: grantedAt.toISOString(),
    }
  })
}
