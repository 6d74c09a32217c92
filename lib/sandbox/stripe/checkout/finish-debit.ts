import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { type DebitOutcome, expectedOutcome, finishBankDebit } from '../payments/bank-debit'
import { noCause, type World } from '../state/world'
import { invoiceSession } from './invoice-session'

/**
 * The bank has answered a debit (with `outcome`, or as the test account says): finishes the payment and the session it
 * belongs to. Returns null when the payment was not waiting. Call inside a transaction.
 */
export function finishDebit(world: World, intentId: string, outcome?: DebitOutcome): Stripe.PaymentIntent | null {
  const waiting = world.store.get('paymentIntents', intentId)
  if (waiting?.status !== 'processing') return null
  const intent = finishBankDebit(world, waiting, outcome ?? expectedOutcome(world, waiting))
  const sessionId = world.store.get('sessionOfIntent', intentId)
  const session = sessionId && world.store.get('checkoutSessions', sessionId)
  if (session) tellSession(world, session, intent)
  return intent
}

function tellSession(world: World, session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent): void {
  const isPaid = intent.status === 'succeeded'
  const told = isPaid
    ? invoiceSession(
        world,
        world.store.put('checkoutSessions', session.id, { ...session, payment_status: 'paid' }),
        intent,
      )
    : session
  emitEvent(world, noCause, `checkout.session.async_payment_${isPaid ? 'succeeded' : 'failed'}`, told)
}
