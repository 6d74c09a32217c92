import { queryOptions } from '@tanstack/react-query'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { accountUrl, getJson } from '../api'

const refreshMs = 2000
/** A bank takes days: what it decides is shown within a minute. */
const slowRefreshMs = 60_000

/** Whether the purchase may still become paid by itself. */
export const isPending = (purchase: PurchaseDto): boolean =>
  purchase.state === 'open' || purchase.state === 'processing'

/** One purchase; reading it asks Stripe while it is still open. Read again until it is decided. */
export const purchaseQuery = (accountId: string, purchaseId: string) =>
  queryOptions({
    queryKey: ['purchase', accountId, purchaseId],
    queryFn: ({ signal }) => getJson<PurchaseDto>(accountUrl(accountId, `purchases/${purchaseId}`), signal),
    refetchInterval: ({ state: { data } }) => {
      if (!data || data.state === 'open') return refreshMs
      return data.state === 'processing' ? slowRefreshMs : false
    },
  })
