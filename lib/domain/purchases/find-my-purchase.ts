import type { Actor } from '@/lib/core/actor'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { listCheckouts, listPaymentsByCustomer } from '@/lib/edges/stripe'
import { requireRole } from '../members'
import { readBillingFacts } from '../payment-methods'
import type { PurchaseDto } from './dto'
import { isFinal } from './rules'
import { settlePurchase } from './settle-purchase'
import { findPurchase, type Purchase, readPurchases } from './store'

const mostLookedAt = 200
const lookBackMs = 30 * dayMs

/**
 * Looks for money that has not become credit: asks Stripe about every purchase that is not settled, and goes through the
 * customer's own pages and payments there, so that one whose page we never wrote down is found too.
 * Returns what became credit by it, and how many purchases were looked at. @throws Refusal `payment_provider_unavailable`
 */
export async function findMyPurchase(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ found: PurchaseDto[]; checked: number }> {
  await requireRole(actor, accountId, 'billing:write')
  const suspects = await collectSuspects(accountId)
  const found: PurchaseDto[] = []
  for (const [purchaseId, sessionId] of suspects) {
    const settled = await settlePurchase(actor, { accountId, purchaseId, ...(sessionId && { sessionId }) })
    if (settled.state === 'paid') found.push(settled)
  }
  return { found, checked: suspects.size }
}

/** Purchases that may be paid without our knowing, each with the page to look at when it is not the one on the purchase. */
async function collectSuspects(accountId: string): Promise<Map<string, string | null>> {
  const states = ['open', 'processing', 'failed', 'expired', 'canceled'] as const
  const unsettled = await readPurchases(pool(), accountId, { states, limit: mostLookedAt })
  const since = new Date((await now()).getTime() - lookBackMs)
  const suspects = new Map<string, string | null>()
  for (const purchase of unsettled) {
    if (purchase.createdAt >= since) suspects.set(purchase.purchaseId, null)
  }
  const { stripeCustomerId } = await readBillingFacts(pool(), accountId)
  if (!stripeCustomerId) return suspects

  for (const page of await listCheckouts({ customerId: stripeCustomerId })) {
    if (page.mode !== 'payment' || page.status !== 'complete') continue
    const purchase = await ours(accountId, page.metadata)
    if (purchase?.origin === 'checkout' && !isFinal(purchase.state)) suspects.set(purchase.purchaseId, page.sessionId)
  }
  for (const payment of await listPaymentsByCustomer(stripeCustomerId, since)) {
    if (payment.status !== 'succeeded') continue
    const purchase = await ours(accountId, payment.metadata)
    if (purchase?.origin === 'auto_top_up' && !isFinal(purchase.state)) suspects.set(purchase.purchaseId, null)
  }
  return suspects
}

async function ours(accountId: string, metadata: Record<string, string>): Promise<Purchase | null> {
  const { account_id, purchase_id } = metadata
  return account_id === accountId && purchase_id ? findPurchase(pool(), accountId, purchase_id) : null
}
