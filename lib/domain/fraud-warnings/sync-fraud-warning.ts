import type { Actor } from '@/lib/core/actor'
import { readInstant } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { readFraudWarning } from '@/lib/edges/stripe'
import { syncByPayment } from '../refunds'
import { saveFraudWarning } from './store'

/**
 * Brings a warning in line with Stripe, after its payment: that may be credited, refunded or disputed by now. missing: Stripe does not
 * have it, or not yet. foreign: its payment is none of ours. In any order and number this ends the same.
 * @throws Refusal `payment_provider_unavailable`, `temporarily_unavailable`
 */
export async function syncFraudWarning(
  actor: Actor,
  { stripeWarningId }: { stripeWarningId: string },
): Promise<'followed' | 'foreign' | 'missing'> {
  // Noted before Stripe is asked: of two answers, the one that was asked for later knows at least as much.
  const askedAt = await readInstant(pool())
  const warning = await readFraudWarning(stripeWarningId)
  if (!warning) return 'missing'
  const { paymentIntentId } = warning
  if (!paymentIntentId || !(await syncByPayment(actor, { paymentIntentId }))) return 'foreign'
  await saveFraudWarning(warning, askedAt)
  return 'followed'
}
