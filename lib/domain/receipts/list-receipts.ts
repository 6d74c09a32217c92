import type { Actor } from '@/lib/core/actor'
import { listPurchases, type PurchaseDto } from '../purchases'
import { listRefunds, type RefundDto } from '../refunds'

/** A paid purchase with what was paid back of it, newest refund first. */
export interface ReceiptDto extends PurchaseDto {
  refunds: RefundDto[]
}

/**
 * Every paid purchase, newest first: receipt and invoice with their links, what it was paid with, discount, tax, refunds,
 * and the credit it became with what is left of it.
 */
export async function listReceipts(actor: Actor, { accountId }: { accountId: string }): Promise<ReceiptDto[]> {
  const [purchases, refunds] = await Promise.all([
    listPurchases(actor, { accountId, states: ['paid'] }),
    listRefunds(actor, { accountId }),
  ])
  return purchases.map((purchase) => ({
    ...purchase,
    refunds: refunds.filter(({ purchaseId }) => purchaseId === purchase.purchaseId),
  }))
}
