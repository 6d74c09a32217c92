import type { Actor } from '@/lib/core/actor'
import { formatMoney, money } from '@/lib/core/money'
import { prisma } from '@/lib/edges/db'
import type { GrantSource } from '../grants/rules'
import { requireRole } from '../members'
import { signedAmount, type TransferKind } from './rules'

export interface MovementDto {
  seq: string
  kind: TransferKind
  cause: string
  /** Where the credit had come from that expired; null for other movements. */
  source: GrantSource | null
  /** With its sign: what the movement did to the balance. */
  amount: string
  balanceAfter: string
  postedAt: string
}

/** The newest movements of an account's credit, newest first. */
export async function listMovements(
  actor: Actor,
  { accountId, limit = 50 }: { accountId: string; limit?: number },
): Promise<MovementDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const transfers = await prisma().transfer.findMany({
    where: { accountId },
    orderBy: { seq: 'desc' },
    take: Math.min(Math.max(limit, 1), 200),
  })
  const expired = transfers.filter(({ kind }) => kind === 'expiry').map(({ cause }) => grantOf(cause))
  const grants = expired.length
    ? await prisma().grant.findMany({
        where: { accountId, grantId: { in: expired } },
        select: { grantId: true, source: true },
      })
    : []
  const sources = new Map(grants.map(({ grantId, source }) => [grantId, source as GrantSource]))
  return transfers.map((transfer) => {
    const kind = transfer.kind as TransferKind
    return {
      seq: transfer.seq.toString(),
      kind,
      cause: transfer.cause,
      source: kind === 'expiry' ? (sources.get(grantOf(transfer.cause)) ?? null) : null,
      amount: formatMoney(money(signedAmount(kind, transfer.amount), transfer.currency)),
      balanceAfter: formatMoney(money(transfer.balanceAfter, transfer.currency)),
      postedAt: transfer.postedAt.toISOString(),
    }
  })
}

/** The grant that an expiry names as its cause: "grant:<id>/<number>". */
const grantOf = (cause: string): string => cause.slice('grant:'.length).split('/')[0]!
