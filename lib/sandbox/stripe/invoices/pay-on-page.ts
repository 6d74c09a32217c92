import type Stripe from 'stripe'
import type { PaymentResult, TypedCard } from '../checkout/pay-session'
import { refuse, StripeError } from '../http/errors'
import { checkBankAccount, createBankAccount, type TypedBankAccount } from '../payments/bank-account-details'
import { checkCardDetails } from '../payments/card-details'
import { createCard } from '../resources/payment-methods'
import { noCause, type World } from '../state/world'
import { openIntentOf } from './move-invoice'
import { refuseUnpayable, tryToPay, usualMethod } from './pay-invoice'

/** What a visitor of an invoice's page pays with: something typed, what they usually pay with, or what they began with. */
export interface InvoiceSubmission {
  card: TypedCard | null
  bankAccount: TypedBankAccount | null
  savedMethodId: string | null
  name: string | null
}

/** Does what the button on an invoice's page does. Call inside a transaction. Throws when it cannot be paid now. */
export function payOnPage(world: World, invoice: Stripe.Invoice, submission: InvoiceSubmission): PaymentResult {
  if (invoice.status === 'draft') throw refuse('This invoice is a draft: it has no page to pay it on yet.')
  refuseUnpayable(world, invoice)
  refuseType(invoice, submission.bankAccount ? 'us_bank_account' : 'card')
  try {
    const method = chooseMethod(world, invoice, submission)
    const returnUrl = invoice.hosted_invoice_url!
    const result = tryToPay(world, noCause, invoice, method, { isOffSession: false, returnUrl })
    if (result.kind === 'requires_action') return { kind: 'authenticate', url: result.challengeUrl }
    if (result.kind === 'failed') return declinedWith(result.error)
    return { kind: 'complete', redirectUrl: returnUrl }
  } catch (error) {
    if (error instanceof StripeError) return declinedWith(error.body)
    throw error
  }
}

/** What the page offers besides typing: what is usually paid with, and what a bank still has to approve. */
export function offeredMethods(world: World, invoice: Stripe.Invoice): Stripe.PaymentMethod[] {
  const usual = usualMethod(world, invoice)
  const waiting = waitingMethod(world, invoice)
  return [waiting, usual].filter((method, index, all): method is Stripe.PaymentMethod =>
    Boolean(method && method.type === 'card' && all.findIndex((other) => other?.id === method.id) === index),
  )
}

/** The card whose bank wants its owner to approve the payment; null when none does. */
export function waitingMethod(world: World, invoice: Stripe.Invoice): Stripe.PaymentMethod | null {
  const intent = openIntentOf(world, invoice.id)
  if (intent?.status !== 'requires_action') return null
  return world.store.get('paymentMethods', intent.payment_method as string)!
}

function chooseMethod(world: World, invoice: Stripe.Invoice, submission: InvoiceSubmission): Stripe.PaymentMethod {
  const { card, bankAccount, savedMethodId, name } = submission
  const billingDetails: Stripe.PaymentMethod.BillingDetails = {
    address: { city: null, country: 'US', line1: null, line2: null, postal_code: null, state: null },
    email: invoice.customer_email,
    name,
    phone: null,
    tax_id: null,
  }
  if (bankAccount) return createBankAccount(world, checkBankAccount(bankAccount), billingDetails, 'unspecified')
  if (card) return createCard(world, checkCardDetails(card, card.cvc, world.clock.now()), { billingDetails })
  const offered = offeredMethods(world, invoice).find(({ id }) => id === savedMethodId)
  if (!offered) throw refuse('The chosen card is not one that this page offers.', { param: 'payment_method' })
  return offered
}

/** Which ways to pay an invoice takes. */
export const takenTypes = (invoice: Stripe.Invoice): string[] =>
  invoice.payment_settings.payment_method_types ?? ['card']

function refuseType(invoice: Stripe.Invoice, type: string): void {
  const types = takenTypes(invoice)
  if (!types.includes(type)) throw refuse(`This invoice takes ${types.join(', ')}, not ${type}.`)
}

function declinedWith(error: StripeError['body']): PaymentResult {
  const { message, code = null, decline_code: declineCode = null } = error
  return { kind: 'declined', message, code, declineCode }
}
