import { newId } from '@/lib/core/ids'
import type { Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { isLivemode } from '@/lib/edges/stripe'
import type { PageTerms, PurchaseOrigin } from './rules'
import { insertPurchase } from './store'

/** Writes down what is about to be bought, before Stripe hears of it: no payment can come too early. */
export async function openPurchase(
  tx: Tx,
  purchase: {
    accountId: string
    origin: PurchaseOrigin
    /** The credit to buy, in whole cents. */
    amount: Money
    saveCard?: boolean
    /** What its payment page offers; none for a purchase without a page of its own. */
    pageTerms?: PageTerms | null
    requestedByUserId?: string | null
    at: Date
  },
): Promise<{ purchaseId: string }> {
  const purchaseId = newId()
  await insertPurchase(tx, {
    ...purchase,
    purchaseId,
    saveCard: purchase.saveCard ?? false,
    pageTerms: purchase.pageTerms ?? null,
    requestedByUserId: purchase.requestedByUserId ?? null,
    livemode: isLivemode(),
  })
  return { purchaseId }
}
