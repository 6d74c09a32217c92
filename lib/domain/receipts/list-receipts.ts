import type { Actor } from '@/lib/core/actor'
import { listPurchases, type PurchaseDto } from '../purchases'

/** Every paid purchase, newest first: receipt link and number, card, tax, the grant and what is left of it. */
export const listReceipts = (actor: Actor, { accountId }: { accountId: string }): Promise<PurchaseDto[]> =>
  listPurchases(actor, { accountId, states: ['paid'] })
