import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { docUrl, type ErrorBody } from '../http/errors'
import { followPayment } from '../invoices/follow-payment'
import { attachCard, cardOnFile } from '../resources/payment-methods'
import { type Cause, noCause, type World } from '../state/world'
import { buildCharge, settleLater } from './charge-card'
import type { ConfirmedPayment } from './confirm-payment'
import { describeDebitFailure, findTestBankAccount } from './test-bank-accounts'

/** Banks answer four days after they are asked. */
const answerAfterSeconds = 4 * 24 * 3600

/** How a debit ends. */
export type DebitOutcome = { kind: 'succeeded' } | { kind: 'failed'; failureCode: string }

/** Asks the bank for the money: the intent is processing and the charge pending until the bank answers. */
export function startBankDebit(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): ConfirmedPayment {
  const isSaved = intent.setup_future_usage !== null && intent.customer !== null
  const onFile = cardOnFile(world, method)
  world.store.put('cardsOnFile', method.id, { ...onFile, isSpent: !isSaved && method.customer === null })
  if (isSaved) attachCard(world, cause, method, intent.customer as string)

  const charge = buildCharge(world, { intent, method, decline: null, isAuthenticated: false })
  world.store.put('charges', charge.id, charge)
  world.store.put('receipts', charge.receipt_url!.split('/').at(-1)!, charge.id)
  emitEvent(world, cause, 'charge.pending', charge)
  const processing = world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'processing',
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
  })
  emitEvent(world, cause, 'payment_intent.processing', processing)
  followPayment(world, cause, processing, false)
  if (!findTestBankAccount(onFile.number)?.isSilent) {
    const id = `debit ${intent.id}`
    const dueAt = world.clock.now() + answerAfterSeconds
    world.store.put('chores', id, { id, kind: 'finish_bank_debit', target: intent.id, dueAt })
  }
  return { kind: 'processing', intent: processing }
}

/** What the bank will say to the debit of this intent. */
export function expectedOutcome(world: World, intent: Stripe.PaymentIntent): DebitOutcome {
  const onFile = world.store.get('cardsOnFile', intent.payment_method as string)
  const code = onFile && findTestBankAccount(onFile.number)?.failureCode
  return code ? { kind: 'failed', failureCode: code } : { kind: 'succeeded' }
}

/** The bank has answered: moves charge and intent to their ends. The intent must be processing. */
export function finishBankDebit(
  world: World,
  intent: Stripe.PaymentIntent,
  outcome: DebitOutcome,
): Stripe.PaymentIntent {
  world.store.remove('chores', `debit ${intent.id}`)
  const charge = world.store.get('charges', intent.latest_charge as string)!
  return outcome.kind === 'succeeded'
    ? payDebit(world, intent, charge)
    : returnDebit(world, intent, charge, outcome.failureCode)
}

function payDebit(world: World, intent: Stripe.PaymentIntent, pending: Stripe.Charge): Stripe.PaymentIntent {
  const charge = world.store.put('charges', pending.id, { ...pending, status: 'succeeded', paid: true })
  emitEvent(world, noCause, 'charge.succeeded', charge)
  settleLater(world, charge.id)
  const paid = world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
  })
  emitEvent(world, noCause, 'payment_intent.succeeded', paid)
  followPayment(world, noCause, paid, true)
  return paid
}

function returnDebit(
  world: World,
  intent: Stripe.PaymentIntent,
  pending: Stripe.Charge,
  failureCode: string,
): Stripe.PaymentIntent {
  const message = describeDebitFailure(failureCode)
  const charge = world.store.put('charges', pending.id, {
    ...pending,
    status: 'failed',
    paid: false,
    failure_code: failureCode,
    failure_message: message,
    receipt_url: null,
  })
  emitEvent(world, noCause, 'charge.failed', charge)
  const error: ErrorBody & { doc_url: string } = {
    type: 'invalid_request_error',
    charge: charge.id,
    code: failureCode,
    doc_url: docUrl(failureCode),
    message,
    payment_method: world.store.get('paymentMethods', intent.payment_method as string),
    payment_method_type: 'us_bank_account',
  }
  const failed = world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: error as unknown as Stripe.PaymentIntent.LastPaymentError,
  })
  emitEvent(world, noCause, 'payment_intent.payment_failed', failed)
  followPayment(world, noCause, failed, true)
  return failed
}
