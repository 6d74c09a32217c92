/** Payment methods: the cards that customers save for auto top-up, and the account's customer at Stripe. */
export { settlePaymentMethod, settleSetup, startAddingPaymentMethod } from './add-payment-method'
export { removePaymentMethod, setDefaultPaymentMethod } from './change-payment-methods'
export { appMetadata, ensureCustomer, openForCustomer, replaceCustomer } from './customer'
export { syncCustomer, syncPaymentMethod } from './follow-stripe'
export {
  type ChargeableCard,
  defaultPaymentMethod,
  hasPaymentMethod,
  listPaymentMethods,
} from './list-payment-methods'
export type { PaymentMethodDto } from './rules'
export { savePaymentMethod } from './save'
export { type BillingFacts, readBillingFacts } from './store'
