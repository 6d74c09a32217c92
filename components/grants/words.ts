import type { GrantSource } from '@/lib/domain/grants/rules'
import { displayDay } from '../ui/time'

/** Where a parcel of credit came from. */
export const sourceWords: Record<GrantSource, string> = {
  signup: 'Signup credit',
  purchase: 'Credits bought',
  auto_top_up: 'Auto top-up',
  promotion: 'Promotion',
  adjustment: 'Adjustment',
}

/** "Dec 31, 2026", of a day such as "2026-12-31". */
export const dayWords = (day: string): string => displayDay(`${day}T12:00:00Z`, 'UTC')
