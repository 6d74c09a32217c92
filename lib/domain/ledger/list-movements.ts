import type { Actor } from '@/lib/core/actor'
import { formatMoney, money } from '@/lib/core/money'
import { prisma } from '@/lib/edges/db'
import { requireRole } from '../members'
import { signedAmount, type TransferKind } from './rules'

export interface MovementDto {
  seq: string
  kind: TransferKind
  cause: string
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
  return transfers.map((transfer) => {
    const kind = transfer.kind as TransferKind
    return {
      seq: transfer.seq.toString(),
      kind,
      cause: transfer.cause,
      amount: formatMoney(money(signedAmount(kind, transfer.amount), transfer.currency)),
      balanceAfter: formatMoney(money(transfer.balanceAfter, transfer.currency)),
      postedAt: transfer.postedAt.toISOString(),
    }
  })
}
