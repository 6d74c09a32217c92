import { displayMoney } from '@/lib/core/money'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { type OpenedCheckout, openCheckout } from '@/lib/edges/stripe'
import { appMetadata, openForCustomer, readBillingFacts } from '../payment-methods'
import { type Purchase, storeCheckout } from './store'

/**
 * Opens the page on which a purchase is paid, and notes it. Run again for the same purchase it gives the same page,
 * for the order and its key are the same.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function openCheckoutOf(
  purchase: Pick<Purchase, 'accountId' | 'purchaseId' | 'amount' | 'saveCard' | 'pageTerms'>,
): Promise<OpenedCheckout> {
  const { accountId, purchaseId, amount, saveCard, pageTerms } = purchase
  const { billingEmail } = await readBillingFacts(pool(), accountId)
  const credits = `${env().APP_URL.replace(/\/$/, '')}/credits`
  const opened = await openForCustomer(accountId, (customerId) =>
    openCheckout({
      // Names the customer: after a deleted one was replaced, the order is another one to Stripe.
      idempotencyKey: `purchase:${purchaseId}:${customerId}`,
      customerId,
      amount,
      description: `${displayMoney(amount)} of credits`,
      clientReferenceId: purchaseId,
      metadata: { ...appMetadata, account_id: accountId, purchase_id: purchaseId },
      savesCard: saveCard,
      receiptEmail: billingEmail,
      successUrl: `${credits}?purchase=${purchaseId}`,
      cancelUrl: `${credits}?canceled=${purchaseId}`,
      ...(pageTerms && { offer: pageTerms }),
    }),
  )
  crashPoint('purchase:after-checkout')
  if (opened.kind === 'opened') await inTransaction((tx) => storeCheckout(tx, purchase, opened.checkout))
  crashPoint('purchase:after-session-stored')
  return opened
}
