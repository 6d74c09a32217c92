import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { expireCheckout } from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import { closePurchase } from './close-purchase'
import type { PurchaseDto } from './dto'
import { settlePurchase } from './settle-purchase'
import { findPurchase } from './store'

/**
 * Ends a purchase that waits for its payment: its page is closed at Stripe, so that it cannot be paid any more. One that
 * was paid in the meantime is paid; one that has ended stays as it is.
 * @throws Refusal `not_found`, `payment_provider_unavailable` (nothing has changed: try again)
 */
export async function cancelPurchase(
  actor: Actor,
  { accountId, purchaseId }: { accountId: string; purchaseId: string },
): Promise<PurchaseDto> {
  await requireRole(actor, accountId, 'billing:write')
  const purchase = isId(purchaseId) ? await findPurchase(pool(), accountId, purchaseId) : null
  if (!purchase) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  // Nobody may have written its page down yet: settling finds it.
  const page = purchase.checkoutSessionId ? purchase : await afterSettling(actor, purchase)
  if (page.origin === 'checkout' && page.state === 'open' && page.checkoutSessionId) {
    const closed = await expireCheckout(page.checkoutSessionId)
    crashPoint('cancel:after-page-closed')
    if (closed?.status === 'expired') await close(actor, { accountId, purchaseId })
  }
  return settlePurchase(actor, { accountId, purchaseId })
}

async function afterSettling(actor: Actor, { accountId, purchaseId }: { accountId: string; purchaseId: string }) {
  await settlePurchase(actor, { accountId, purchaseId })
  return (await findPurchase(pool(), accountId, purchaseId))!
}

async function close(actor: Actor, purchase: { accountId: string; purchaseId: string }): Promise<void> {
  const at = await now()
  await inTransaction(async (tx) => {
    await closePurchase(tx, { ...purchase, state: 'canceled', reason: null })
    await recordAudit(tx, {
      accountId: purchase.accountId,
      actor,
      action: 'purchase.canceled',
      after: { purchaseId: purchase.purchaseId },
      at,
    })
  })
}
