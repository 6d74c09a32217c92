import type { RefundBehaviour } from '../state/collections'

/**
 * When the cardholder must authenticate: never; on every payment; until the card was set up for off-session use; or
 * only when the cardholder is present (the card counts as set up already).
 */
export type AuthenticationRule = 'never' | 'always' | 'until_set_up' | 'on_session'

export interface TestDispute {
  kind: 'chargeback' | 'inquiry'
  reason: 'fraudulent' | 'product_not_received'
}

export interface TestCard {
  number: string
  /** The names after `pm_card_` and `tok_` that stand for this card. */
  tokens: string[]
  brand: 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay'
  funding: 'credit' | 'debit' | 'prepaid'
  country: string
  authentication: AuthenticationRule
  /** The decline of every charge (after authentication, where that is needed). */
  declineCode: string | null
  /** Whether the card can be saved although its charges decline. */
  isSavable: boolean
  riskLevel: 'normal' | 'elevated' | 'highest'
  /** What becomes of refunds to it. */
  refunds: RefundBehaviour
  /** What the cardholder does once a charge has settled. */
  dispute: TestDispute | null
  /** Its issuer reports a charge as fraud once it has settled. */
  isReportedAsFraud: boolean
  /** What it is for, as shown on the hosted page; null keeps it off the page. */
  purpose: string | null
}

function card(number: string, tokens: string[], differences: Partial<TestCard> = {}): TestCard {
  return {
    number,
    tokens,
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    authentication: 'never',
    declineCode: null,
    isSavable: true,
    riskLevel: 'normal',
    refunds: 'ok',
    dispute: null,
    isReportedAsFraud: false,
    purpose: null,
    ...differences,
  }
}

const declining = (number: string, tokens: string[], declineCode: string, purpose: string | null = null) =>
  card(number, tokens, { declineCode, isSavable: false, purpose })

/** Stripe's published test cards. */
export const testCards: TestCard[] = [
  card('4242424242424242', ['visa', 'us'], { purpose: 'Succeeds' }),
  card('4000056655665556', ['visa_debit'], { funding: 'debit' }),
  card('5555555555554444', ['mastercard'], { brand: 'mastercard', purpose: 'Succeeds (Mastercard)' }),
  card('5200828282828210', ['mastercard_debit'], { brand: 'mastercard', funding: 'debit' }),
  card('5105105105105100', ['mastercard_prepaid'], { brand: 'mastercard', funding: 'prepaid' }),
  card('378282246310005', ['amex'], { brand: 'amex', purpose: 'Succeeds (American Express)' }),
  card('6011111111111117', ['discover'], { brand: 'discover' }),
  card('3056930009020004', ['diners'], { brand: 'diners' }),
  card('3566002020360505', ['jcb'], { brand: 'jcb' }),
  card('6200000000000005', ['unionpay'], { brand: 'unionpay' }),
  card('4000002500003155', ['authenticationRequiredOnSetup'], {
    authentication: 'until_set_up',
    purpose: 'Authenticate once, then saved',
  }),
  card('4000002760003184', ['authenticationRequired'], {
    authentication: 'always',
    purpose: 'Authenticate every time',
  }),
  card('4000003800000446', ['authenticationRequiredSetupForOffSession'], { authentication: 'on_session' }),
  card('4000000000003220', ['threeDSecure2Required'], { authentication: 'always' }),
  card('4000000000003063', ['threeDSecureRequired'], { authentication: 'always' }),
  card('4000008400001629', ['threeDSecureRequiredChargeDeclined'], {
    authentication: 'always',
    declineCode: 'generic_decline',
    isSavable: false,
  }),
  card('4000008260003178', ['authenticationRequiredChargeDeclinedInsufficientFunds'], {
    authentication: 'always',
    declineCode: 'insufficient_funds',
    purpose: 'Authenticate, then insufficient funds',
  }),
  card('4000000000003055', ['threeDSecureOptional']),
  card('4000000000000341', ['chargeCustomerFail'], {
    declineCode: 'generic_decline',
    purpose: 'Can be saved, later charges decline',
  }),
  declining('4000000000000002', ['chargeDeclined'], 'generic_decline', 'Declined'),
  declining('4000000000009995', ['chargeDeclinedInsufficientFunds'], 'insufficient_funds', 'Insufficient funds'),
  declining('4000000000009987', ['chargeDeclinedLostCard'], 'lost_card', 'Lost card'),
  declining('4000000000009979', ['chargeDeclinedStolenCard'], 'stolen_card', 'Stolen card'),
  declining('4000000000000069', ['chargeDeclinedExpiredCard'], 'expired_card', 'Expired card'),
  declining('4000000000000127', ['chargeDeclinedIncorrectCvc'], 'incorrect_cvc', 'Incorrect CVC'),
  declining('4000000000000119', ['chargeDeclinedProcessingError'], 'processing_error', 'Processing error'),
  declining('4000000000006975', ['chargeDeclinedVelocityLimitExceeded'], 'card_velocity_exceeded'),
  declining('4100000000000019', ['chargeDeclinedFraudulent', 'radarBlock'], 'fraudulent'),
  card('4000000000009235', ['riskLevelElevated'], { riskLevel: 'elevated' }),
  card('4000000000004954', ['riskLevelHighest'], { riskLevel: 'highest' }),
  card('4000000000000077', ['bypassPending']),
  // These pay like any other card; trouble comes later.
  card('4000000000000259', ['createDispute'], {
    dispute: { kind: 'chargeback', reason: 'fraudulent' },
    purpose: 'Succeeds, then disputed',
  }),
  card('4000000000002685', ['createDisputeProductNotReceived'], {
    dispute: { kind: 'chargeback', reason: 'product_not_received' },
  }),
  card('4000000000001976', ['createDisputeInquiry'], {
    dispute: { kind: 'inquiry', reason: 'fraudulent' },
    purpose: 'Succeeds, then the bank inquires',
  }),
  card('4000000000005423', ['createIssuerFraudRecord'], {
    isReportedAsFraud: true,
    purpose: 'Succeeds, then reported as fraud',
  }),
  card('4000000000007726', ['pendingRefund'], {
    refunds: 'pending',
    purpose: 'Succeeds, refunds stay pending for a minute',
  }),
  card('4000000000005126', ['refundFail'], {
    refunds: 'fails_later',
    purpose: 'Succeeds, refunds fail after a minute',
  }),
]

const byNumber = new Map(testCards.map((testCard) => [testCard.number, testCard]))
const byToken = new Map(testCards.flatMap((testCard) => testCard.tokens.map((token) => [token, testCard] as const)))

export function findTestCard(number: string): TestCard | undefined {
  return byNumber.get(number)
}

/** The card behind `pm_card_…` or `tok_…`; `visa_` in front of a behaviour is accepted as at Stripe. */
export function findTestCardByToken(token: string): TestCard | undefined {
  const name = token.replace(/^(pm_card_|tok_)/, '')
  if (name === token) return undefined
  return byToken.get(name) ?? byToken.get(name.replace(/^visa_/, ''))
}
