import type { Actor } from '@/lib/core/actor'
import { formatMoney, isPositive, money } from '@/lib/core/money'
import { prisma } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type Burnable, compareBurnOrder, type GrantSource } from './rules'

export interface GrantDto {
  grantId: string
  source: GrantSource
  amount: string
  remaining: string
  priority: number
  expiresAt: string | null
  grantedAt: string
}

/** Grants in burn order, used-up ones last (newest first among them). */
export async function listGrants(actor: Actor, { accountId }: { accountId: string }): Promise<GrantDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const rows = await prisma().grant.findMany({ where: { accountId }, orderBy: { grantedAt: 'desc' }, take: 500 })
  const grants = rows.map((row) => ({
    grantId: row.grantId,
    source: row.source as GrantSource,
    amount: money(row.amount, row.currency),
    remaining: money(row.remaining, row.currency),
    priority: row.priority,
    expiresAt: row.expiresAt,
    grantedAt: row.grantedAt,
  })) satisfies (Burnable & { amount: unknown })[]
  const open = grants.filter((grant) => isPositive(grant.remaining)).sort(compareBurnOrder)
  const usedUp = grants.filter((grant) => !isPositive(grant.remaining))
  return [...open, ...usedUp].map((grant) => ({
    ...grant,
    amount: formatMoney(grant.amount),
    remaining: formatMoney(grant.remaining),
    expiresAt: grant.expiresAt?.toISOString() ?? null,
    grantedAt: grant.grantedAt.toISOString(),
  }))
}
