import { createHash, randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` random letters and digits. */
export function randomToken(length: number): string {
  return encode(randomBytes(length))
}

/** Letters and digits that are always the same for the same input, e.g. a card's fingerprint. */
export function stableToken(input: string, length: number): string {
  return encode(createHash('sha256').update(input).digest().subarray(0, length))
}

function encode(bytes: Buffer): string {
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** Ids in the lengths Stripe uses, so that columns too short for the real ones show up here. */
export const newId = {
  customer: () => `cus_${randomToken(14)}`,
  checkoutSession: () => `cs_test_a1${randomToken(56)}`,
  lineItem: () => `li_1${randomToken(23)}`,
  product: () => `prod_${randomToken(14)}`,
  price: () => `price_1${randomToken(23)}`,
  paymentIntent: () => `pi_3${randomToken(23)}`,
  setupIntent: () => `seti_1${randomToken(23)}`,
  paymentMethod: () => `pm_1${randomToken(23)}`,
  charge: () => `ch_3${randomToken(23)}`,
  /** The id of a charge that is not of a card. */
  bankCharge: () => `py_3${randomToken(23)}`,
  coupon: () => randomToken(8),
  promotionCode: () => `promo_1${randomToken(23)}`,
  discount: () => `di_1${randomToken(23)}`,
  invoice: () => `in_1${randomToken(23)}`,
  invoiceItem: () => `ii_1${randomToken(23)}`,
  creditNote: () => `cn_1${randomToken(23)}`,
  creditNoteLine: () => `cnli_1${randomToken(23)}`,
  invoicePayment: () => `inpay_1${randomToken(23)}`,
  portalConfiguration: () => `bpc_1${randomToken(23)}`,
  portalSession: () => `bps_1${randomToken(23)}`,
  refund: () => `re_3${randomToken(23)}`,
  dispute: () => `du_1${randomToken(23)}`,
  earlyFraudWarning: () => `issfr_1${randomToken(23)}`,
  balanceTransaction: () => `txn_3${randomToken(23)}`,
  event: () => `evt_1${randomToken(23)}`,
  webhookEndpoint: () => `we_1${randomToken(23)}`,
  webhookSecret: () => `whsec_${randomToken(32)}`,
  request: () => `req_${randomToken(14)}`,
  delivery: () => `dlv_${randomToken(20)}`,
  challenge: () => `3ds_${randomToken(24)}`,
  receipt: () => randomToken(40),
}
