import { dateOf, idOf } from './facts'
import { ask, checkId, isMissing } from './problems'

/** An issuer's report that a payment was fraud, ahead of any dispute. */
export interface FraudWarningFacts {
  stripeWarningId: string
  paymentIntentId: string | null
  /** Stripe's own word: there may be one that does not exist yet. */
  fraudType: string
  /** The payment is neither disputed nor refunded in full. */
  isActionable: boolean
  createdAt: Date
}

/** A warning as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function readFraudWarning(stripeWarningId: string): Promise<FraudWarningFacts | null> {
  try {
    const warning = await ask('radar.early_fraud_warning', (client) =>
      client.radar.earlyFraudWarnings.retrieve(checkId(stripeWarningId, 'issfr')),
    )
    return {
      stripeWarningId: warning.id,
      paymentIntentId: idOf(warning.payment_intent ?? null),
      fraudType: warning.fraud_type,
      isActionable: warning.actionable,
      createdAt: dateOf(warning.created),
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
