import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type PurchaseDto, purchaseDto } from './dto'
import { type PurchaseState, purchaseStates } from './rules'
import { findPurchase, readPurchases } from './store'

const mostListed = 200

/** The account's purchases, newest first, at most 200; `states` narrows them down. Stripe is not asked. */
export async function listPurchases(
  actor: Actor,
  { accountId, states = purchaseStates }: { accountId: string; states?: readonly PurchaseState[] },
): Promise<PurchaseDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return (await readPurchases(pool(), accountId, { states, limit: mostListed })).map(purchaseDto)
}

/** One purchase as we know it; Stripe is not asked. @throws Refusal `not_found` */
export async function getPurchase(
  actor: Actor,
  { accountId, purchaseId }: { accountId: string; purchaseId: string },
): Promise<PurchaseDto> {
  await requireRole(actor, accountId, 'account:read')
  const purchase = isId(purchaseId) ? await findPurchase(pool(), accountId, purchaseId) : null
  if (!purchase) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  return purchaseDto(purchase)
}
