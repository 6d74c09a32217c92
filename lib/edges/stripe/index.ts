/** The only place that speaks Stripe. No Stripe type leaves it: outcomes are values of our own. */
export {
  expireCheckout,
  listCheckouts,
  type OpenedCheckout,
  openCheckout,
  openSetupCheckout,
  readCheckout,
} from './checkout'
export { assertStripeConfiguration, isLivemode } from './client'
export { type CustomerPlace, createCustomer, customerExists, findCustomer, placeCustomer } from './customers'
export { type DisputeFacts, readDispute, readDisputesOf } from './disputes'
export type {
  BankFacts,
  CardFacts,
  ChargeFacts,
  CheckoutFacts,
  DeclineFacts,
  EventHint,
  InvoiceFacts,
  PaymentFacts,
  PaymentStatus,
  SetupFacts,
} from './facts'
export { type FraudWarningFacts, readFraudWarning } from './fraud-warnings'
export {
  addInvoiceLine,
  type CreditNoteFacts,
  type CreditNoteOutcome,
  createCreditNote,
  createDraftInvoice,
  finalizeInvoice,
  findInvoiceByMark,
  type InvoicePaymentFacts,
  invoiceOfCreditNote,
  invoiceOfPayment,
  listInvoices,
  type MadeInvoice,
  payInvoice,
  readCreditNotes,
  readInvoice,
  readInvoiceProblem,
  readLinesOfDraft,
  readPaymentsOfInvoice,
  type StripeInvoiceFacts,
} from './invoices'
export {
  type ListedBalanceTransaction,
  type ListedDispute,
  type ListedPayment,
  type ListedRefund,
  type ListingWindow,
  listBalanceTransactions,
  listDisputes,
  listPayments,
  listRefunds,
  listUndeliveredEvents,
  patiently,
  readListedPayment,
} from './listing'
export { detachPaymentMethod, readPaymentMethod } from './payment-methods'
export {
  type ChargeOrder,
  type ChargeOutcome,
  cancelPayment,
  chargeSavedCard,
  eachEventSince,
  listPaymentsByCustomer,
  outcomeOf,
  readCharge,
  readPayment,
  readSetup,
} from './payments'
export { KeyRefusedByStripe } from './problems'
export {
  createRefund,
  type RefundFacts,
  type RefundOrder,
  type RefundOutcome,
  readRefund,
  readRefundsOf,
} from './refunds'
export { type VerifiedWebhook, verifyWebhook } from './webhooks'
