import type { GrantSource } from '@/lib/domain/grants/rules'

/** Where a parcel of credit came from. */
export const sourceWords: Record<GrantSource, string> = {
  signup: 'Signup credit',
  purchase: 'Credits bought',
  auto_top_up: 'Auto top-up',
  promotion: 'Promotion',
  adjustment: 'Adjustment',
}
