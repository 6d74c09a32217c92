import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { statementDescriptor } from '../resources/descriptors'
import type { CardOnFile } from '../state/collections'
import { newId } from '../state/ids'
import type { Cause, World } from '../state/world'
import type { Decline } from './declines'
import { findTestCard } from './test-cards'

/** Balance transactions are written a moment after the charge, as with Stripe's default `automatic_async` capture. */
const settlementDelaySeconds = 2

/** What one try at a card comes to. */
export interface ChargeTry {
  intent: Stripe.PaymentIntent
  method: Stripe.PaymentMethod
  decline: Decline | null
  isAuthenticated: boolean
}

/** Writes down one try: succeeded (captured now, or held for capture) or failed. */
export function recordCharge(world: World, cause: Cause, attempt: ChargeTry): Stripe.Charge {
  const charge = buildCharge(world, attempt)
  world.store.put('charges', charge.id, charge)
  if (charge.receipt_url) world.store.put('receipts', charge.receipt_url.split('/').at(-1)!, charge.id)
  emitEvent(world, cause, attempt.decline ? 'charge.failed' : 'charge.succeeded', charge)
  if (charge.captured) settleLater(world, charge.id)
  return charge
}

/** Collects (part of) a charge that was only held. */
export function captureCharge(world: World, cause: Cause, held: Stripe.Charge, amount: number): Stripe.Charge {
  const charge = world.store.put('charges', held.id, {
    ...held,
    captured: true,
    amount_captured: amount,
    amount_refunded: held.amount - amount,
  })
  emitEvent(world, cause, 'charge.captured', charge, held)
  settleLater(world, charge.id)
  return charge
}

/** Puts the charge's balance transaction on the list of what the clock does. */
export function settleLater(world: World, chargeId: string): void {
  const id = `settle ${chargeId}`
  world.store.put('chores', id, {
    id,
    kind: 'settle_charge',
    target: chargeId,
    dueAt: world.clock.now() + settlementDelaySeconds,
  })
}

/** A charge as it is the moment it is made; one of a bank account is pending until the bank answers. */
export function buildCharge(world: World, { intent, method, decline, isAuthenticated }: ChargeTry): Stripe.Charge {
  const isBank = method.type === 'us_bank_account'
  const isCaptured = !decline && (isBank || intent.capture_method !== 'manual')
  const onFile = world.store.get('cardsOnFile', method.id)!
  return {
    id: isBank ? newId.bankCharge() : newId.charge(),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details as Stripe.Charge.BillingDetails,
    calculated_statement_descriptor: statementDescriptor(intent.statement_descriptor_suffix),
    captured: isCaptured,
    created: world.clock.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: describeOutcome(onFile, decline),
    paid: !decline && !isBank,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: isBank
      ? { type: 'us_bank_account', us_bank_account: describeDebitedAccount(method) }
      : { card: describePaidCard(intent, method, isAuthenticated), type: 'card' },
    receipt_email: intent.receipt_email,
    receipt_number: intent.receipt_email && !decline ? receiptNumber() : null,
    receipt_url: decline ? null : `${world.publicUrl}/receipts/${newId.receipt()}`,
    refunded: false,
    review: null,
    shipping: intent.shipping as Stripe.Charge.Shipping | null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : isBank ? 'pending' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
}

/** Two groups of four digits, as on Stripe's e-mailed receipts. */
function receiptNumber(): string {
  const group = () => String(1000 + Math.floor(Math.random() * 9000))
  return `${group()}-${group()}`
}

function describeOutcome(onFile: CardOnFile, decline: Decline | null): Stripe.Charge.Outcome {
  const riskLevel = findTestCard(onFile.number)?.riskLevel ?? 'normal'
  const isBlocked = decline?.declineCode === 'fraudulent'
  return {
    advice_code: (decline?.adviceCode ?? null) as Stripe.Charge.Outcome['advice_code'],
    network_advice_code: null,
    network_decline_code: decline?.networkDeclineCode ?? null,
    network_status: isBlocked ? 'not_sent_to_network' : decline ? 'declined_by_network' : 'approved_by_network',
    reason: isBlocked ? 'highest_risk_level' : (decline?.declineCode ?? null),
    risk_level: riskLevel,
    risk_score: { normal: 12, elevated: 68, highest: 92 }[riskLevel],
    seller_message: isBlocked
      ? 'Stripe blocked this payment as too risky.'
      : decline
        ? `The bank returned the decline code \`${decline.declineCode}\`.`
        : 'Payment complete.',
    type: isBlocked ? 'blocked' : decline ? 'issuer_declined' : 'authorized',
  }
}

function describeDebitedAccount(method: Stripe.PaymentMethod): Stripe.Charge.PaymentMethodDetails.UsBankAccount {
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = method.us_bank_account!
  return { account_holder_type, account_type, bank_name, fingerprint, last4, payment_reference: null, routing_number }
}

function describePaidCard(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  isAuthenticated: boolean,
): Stripe.Charge.PaymentMethodDetails.Card {
  const card = method.card!
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks as Stripe.Charge.PaymentMethodDetails.Card['checks'],
    country: card.country,
    electronic_commerce_indicator: isAuthenticated ? '05' : null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: isAuthenticated ? authenticatedCardholder : null,
    transaction_link_id: null,
    wallet: null,
  }
}

const authenticatedCardholder: Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
}
