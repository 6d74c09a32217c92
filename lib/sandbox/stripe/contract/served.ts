/** What the sandbox serves: the resource files of the `stripe` package and the client methods answered from each. */
export const servedMethods: Record<string, string[]> = {
  Customers: ['create', 'retrieve', 'update', 'del', 'list', 'listPaymentMethods', 'retrievePaymentMethod'],
  'Checkout/Sessions': ['create', 'retrieve', 'update', 'list', 'expire', 'listLineItems'],
  PaymentIntents: ['create', 'retrieve', 'update', 'confirm', 'capture', 'cancel', 'list'],
  SetupIntents: ['create', 'retrieve', 'update', 'confirm', 'cancel', 'list'],
  PaymentMethods: ['create', 'retrieve', 'update', 'attach', 'detach', 'list'],
  Charges: ['retrieve', 'update', 'list'],
  Refunds: ['create', 'retrieve', 'update', 'cancel', 'list'],
  Disputes: ['retrieve', 'update', 'close', 'list'],
  'Radar/EarlyFraudWarnings': ['retrieve', 'list'],
  Coupons: ['create', 'retrieve', 'del', 'list'],
  PromotionCodes: ['create', 'retrieve', 'update', 'list'],
  Invoices: [
    'create',
    'retrieve',
    'update',
    'del',
    'list',
    'listLineItems',
    'finalizeInvoice',
    'sendInvoice',
    'pay',
    'voidInvoice',
    'markUncollectible',
  ],
  InvoiceItems: ['create', 'retrieve', 'update', 'del', 'list'],
  InvoicePayments: ['retrieve', 'list'],
  CreditNotes: ['create', 'retrieve', 'update', 'list', 'listLineItems', 'voidCreditNote'],
  'BillingPortal/Configurations': ['create', 'retrieve', 'list'],
  'BillingPortal/Sessions': ['create'],
  BalanceTransactions: ['retrieve', 'list'],
  Events: ['retrieve', 'list'],
  WebhookEndpoints: ['create', 'retrieve', 'update', 'del', 'list'],
}

/** Resources the sandbox stores and can therefore put in place of an id when a caller asks to expand it. */
export const storedResources = new Set([
  'customer',
  'checkout.session',
  'payment_intent',
  'setup_intent',
  'payment_method',
  'charge',
  'balance_transaction',
  'refund',
  'dispute',
  'radar.early_fraud_warning',
  'coupon',
  'promotion_code',
  'invoice',
  'invoice_payment',
  'invoiceitem',
  'credit_note',
  'credit_note_line_item',
  'line_item',
  'billing_portal.configuration',
  'billing_portal.session',
  'event',
  'webhook_endpoint',
  'item',
  'price',
  'product',
])

/** The client's types tell no whole numbers from others: these properties and parameters may have decimals. */
export const decimalNames = new Set(['percent_off'])

/** Payment method kinds whose parameters are checked and whose fields are described; other kinds are known by name only. */
export const describedPaymentMethods = new Set(['card', 'link', 'us_bank_account'])
