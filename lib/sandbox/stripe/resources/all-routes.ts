import { balanceTransactionRoutes } from './balance-transactions'
import { chargeRoutes } from './charges'
import { checkoutSessionRoutes } from './checkout-sessions'
import { couponRoutes } from './coupons'
import { creditNoteRoutes } from './credit-notes'
import { customerRoutes } from './customers'
import { disputeRoutes } from './disputes'
import { earlyFraudWarningRoutes } from './early-fraud-warnings'
import { eventRoutes } from './events'
import { invoiceItemRoutes } from './invoice-items'
import { invoiceRoutes } from './invoices'
import { paymentIntentRoutes } from './payment-intents'
import { paymentMethodRoutes } from './payment-methods'
import { portalConfigurationRoutes } from './portal-configurations'
import { portalSessionRoutes } from './portal-sessions'
import { promotionCodeRoutes } from './promotion-codes'
import { refundRoutes } from './refunds'
import type { Routes } from './routes'
import { setupIntentRoutes } from './setup-intents'
import { webhookEndpointRoutes } from './webhook-endpoints'

/** Every operation the sandbox answers. */
export const allRoutes: Routes = {
  ...customerRoutes,
  ...checkoutSessionRoutes,
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...paymentMethodRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...couponRoutes,
  ...promotionCodeRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...creditNoteRoutes,
  ...portalConfigurationRoutes,
  ...portalSessionRoutes,
  ...balanceTransactionRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
}
