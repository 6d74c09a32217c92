import { newId } from '@/lib/core/ids'
import { type CardFacts, cardFacts } from './facts'
import { ask, checkId, isMissing, RefusedByStripe } from './problems'

/** A saved card as it is now; null when there is none, or when it is not a card. @throws Refusal `payment_provider_unavailable` */
export async function readPaymentMethod(stripePaymentMethodId: string): Promise<CardFacts | null> {
  try {
    const method = await ask('payment_method', (client) =>
      client.paymentMethods.retrieve(checkId(stripePaymentMethodId, 'pm')),
    )
    return cardFacts(method)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/**
 * Takes a card from its customer for good: nobody can charge it any more. Detaching twice changes nothing.
 * The key is a new one each time: Stripe would repeat a stored failure under the old one.
 * @throws Refusal `payment_provider_unavailable`: it may have happened; ask again.
 */
export async function detachPaymentMethod(stripePaymentMethodId: string): Promise<void> {
  try {
    await ask('payment_method', (client) =>
      client.paymentMethods.detach(checkId(stripePaymentMethodId, 'pm'), {}, { idempotencyKey: `detach:${newId()}` }),
    )
  } catch (error) {
    if (!(error instanceof RefusedByStripe)) throw error
    const card = await readPaymentMethod(stripePaymentMethodId)
    if (card?.customerId) throw error // it is still attached, so the refusal was about something else
  }
}
