import type Stripe from 'stripe'
import { type ErrorBody, StripeError } from '../http/errors'
import { newId, stableToken } from '../state/ids'
import type { World } from '../state/world'
import { findTestBankAccount, testRoutingNumber } from './test-bank-accounts'

export interface TypedBankAccount {
  routingNumber: string
  accountNumber: string
  holderName: string | null
}

/** Checks a typed bank account; throws 402 in Stripe's words when no test bank would know it. */
export function checkBankAccount(typed: TypedBankAccount): TypedBankAccount {
  const routingNumber = typed.routingNumber.replace(/[\s-]/g, '')
  const accountNumber = typed.accountNumber.replace(/[\s-]/g, '')
  if (routingNumber !== testRoutingNumber) {
    throw wrong('routing_number_invalid', 'routing_number', `The routing number must be ${testRoutingNumber} here.`)
  }
  if (!/^\d{4,17}$/.test(accountNumber)) {
    throw wrong('account_number_invalid', 'account_number', 'The account number must have 4 to 17 digits.')
  }
  if (!findTestBankAccount(accountNumber)) {
    throw wrong('bank_account_unusable', 'account_number', 'Only test bank accounts can be used here.')
  }
  return { ...typed, routingNumber, accountNumber }
}

function wrong(code: string, param: string, message: string): StripeError {
  const body: ErrorBody = { type: 'invalid_request_error', code, message, param }
  return new StripeError(402, body)
}

/** Keeps a bank account that has been checked. Nobody owns it yet. */
export function createBankAccount(
  world: World,
  { routingNumber, accountNumber }: TypedBankAccount,
  billingDetails: Stripe.PaymentMethod.BillingDetails,
  allowRedisplay: Stripe.PaymentMethod.AllowRedisplay,
): Stripe.PaymentMethod {
  const id = newId.paymentMethod()
  world.store.put('cardsOnFile', id, { number: accountNumber, isSetUp: false, isSpent: false })
  return world.store.put('paymentMethods', id, {
    id,
    object: 'payment_method',
    allow_redisplay: allowRedisplay,
    billing_details: billingDetails,
    created: world.clock.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: 'individual',
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint: stableToken(`bank ${routingNumber} ${accountNumber}`, 16),
      last4: accountNumber.slice(-4),
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: routingNumber,
      status_details: {},
    },
  })
}
