import { setTimeout } from 'node:timers/promises'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type PurchaseDto, purchaseDto } from './dto'
import { type PurchaseState, purchaseStates } from './rules'
import { settlePurchase } from './settle-purchase'
import { findPurchase, type Purchase, readPurchases } from './store'

const mostListed = 200
/** Asked of Stripe while somebody waits for the list, and how long they wait. */
const mostAsked = 3
const waitMs = 2000

/**
 * The account's purchases, newest first, at most 200; `states` narrows them down. Stripe is asked only about those whose
 * page must have closed by now: none of them is shown as waiting for payment when it is not. `hasInvoices`: what was paid for
 * invoices stands among them, for staff.
 */
export async function listPurchases(
  actor: Actor,
  {
    accountId,
    states = purchaseStates,
    hasInvoices = false,
  }: { accountId: string; states?: readonly PurchaseState[]; hasInvoices?: boolean },
): Promise<PurchaseDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const read = () => readPurchases(pool(), accountId, { states, hasInvoices, limit: mostListed })
  const at = await now()
  const purchases = await read()
  const closed = purchases.filter((purchase) => isClosed(purchase, at)).slice(0, mostAsked)
  if (closed.length === 0) return purchases.map((purchase) => purchaseDto(purchase, at))
  const settling = closed.map(({ purchaseId }) => settleIfReachable(actor, { accountId, purchaseId }))
  await Promise.race([Promise.all(settling), setTimeout(waitMs)])
  return (await read()).map((purchase) => purchaseDto(purchase, at))
}

const isClosed = ({ state, origin, expiresAt }: Purchase, at: Date): boolean =>
  state === 'open' && origin === 'checkout' && expiresAt !== null && expiresAt <= at

async function settleIfReachable(actor: Actor, purchase: { accountId: string; purchaseId: string }): Promise<void> {
  try {
    await settlePurchase(actor, purchase)
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'payment_provider_unavailable')) throw error
  }
}

/** One purchase as we know it; Stripe is not asked. @throws Refusal `not_found` */
export async function getPurchase(
  actor: Actor,
  { accountId, purchaseId }: { accountId: string; purchaseId: string },
): Promise<PurchaseDto> {
  await requireRole(actor, accountId, 'account:read')
  const purchase = isId(purchaseId) ? await findPurchase(pool(), accountId, purchaseId) : null
  if (!purchase || purchase.origin === 'invoice')
    throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  return purchaseDto(purchase, await now())
}
