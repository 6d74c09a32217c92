import type { Tx } from '@/lib/edges/db'
import { mayBecome } from './rules'
import { lockPurchase, updateState } from './store'

/** Ends a purchase that will not be paid. One that was paid in the meantime stays paid. */
export async function closePurchase(
  tx: Tx,
  input: { accountId: string; purchaseId: string; state: 'failed' | 'canceled' | 'expired'; reason: string | null },
): Promise<void> {
  const purchase = await lockPurchase(tx, input.accountId, input.purchaseId)
  if (purchase && mayBecome(purchase.state, input.state)) await updateState(tx, purchase, input)
}
