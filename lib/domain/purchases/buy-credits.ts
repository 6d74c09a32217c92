import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import { openCheckoutOf } from './open-checkout'
import { openPurchase } from './open-purchase'
import { currentPageTerms } from './page-terms'
import { largestPurchase, parsePurchaseAmount } from './rules'
import { updateState } from './store'

/**
 * Starts a purchase and opens Stripe's page for it. Credit appears when Stripe says it is paid, not before.
 * @throws Refusal `invalid_amount`, `amount_too_small`, `amount_too_large`; `payment_provider_unavailable` when Stripe is
 *   away: the purchase is kept and its page opened by the next reconcile; pressing again starts another one.
 */
export async function buyCredits(
  actor: Actor,
  input: { accountId: string; amount: string; saveCard: boolean },
): Promise<{ purchaseId: string; checkoutUrl: string }> {
  const { accountId, saveCard } = input
  await requireRole(actor, accountId, 'billing:write')
  const amount = parsePurchaseAmount(input.amount, largestPurchase(env().LARGEST_PURCHASE_USD))
  const pageTerms = currentPageTerms({ savesCard: saveCard })
  const at = await now()
  const { purchaseId } = await inTransaction(async (tx) => {
    const requestedByUserId = actor.kind === 'user' ? actor.userId : null
    const order = { accountId, origin: 'checkout', amount, saveCard, pageTerms, requestedByUserId, at } as const
    const opened = await openPurchase(tx, order)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'purchase.started',
      after: { purchaseId: opened.purchaseId, amount: formatMoney(amount), saveCard },
      at,
    })
    crashPoint('purchase:before-commit')
    return opened
  })
  crashPoint('purchase:after-intent')

  const opened = await openCheckoutOf({ accountId, purchaseId, amount, saveCard, pageTerms })
  if (opened.kind === 'opened' && opened.checkout.url) return { purchaseId, checkoutUrl: opened.checkout.url }

  log.error({ accountId, purchaseId, opened }, 'Stripe did not open the page of a purchase')
  const reason = opened.kind === 'refused' ? opened.message : opened.kind
  await inTransaction((tx) => updateState(tx, { accountId, purchaseId }, { state: 'failed', reason }))
  throw new Refusal('payment_provider_unavailable', {
    message:
      'Stripe could not open the payment page. You have not been charged. Check the billing e-mail and try again.',
  })
}
