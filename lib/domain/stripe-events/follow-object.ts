import type { Actor } from '@/lib/core/actor'
import { isId } from '@/lib/core/ids'
import { isPositive } from '@/lib/core/money'
import {
  listCheckouts,
  readCharge,
  readCheckout,
  readDispute,
  readPayment,
  readRefund,
  readSetup,
} from '@/lib/edges/stripe'
import { appMetadata, settleSetup, syncCustomer, syncPaymentMethod } from '../payment-methods'
import { settlePurchase } from '../purchases'
import { syncByPayment } from '../refunds'
import { kindOfObject } from './rules'

type Metadata = Record<string, string>

/**
 * Reads an object as it is now and brings in line with it what we have. Returns false for objects that are not ours: the
 * Stripe account may serve other programs too. @throws Refusal `payment_provider_unavailable`
 */
export async function followObject(actor: Actor, objectId: string): Promise<boolean> {
  switch (kindOfObject(objectId)) {
    case 'checkout':
      return followCheckout(actor, objectId)
    case 'payment':
      return followPayment(actor, objectId)
    case 'charge':
      return followCharge(actor, objectId)
    case 'refund':
      return followPaymentOf(actor, await readRefund(objectId))
    case 'dispute':
      return followPaymentOf(actor, await readDispute(objectId))
    case 'setup': {
      const setup = await readSetup(objectId)
      return setup ? followSetup(actor, objectId, setup.metadata) : false
    }
    case 'payment_method':
      await syncPaymentMethod(actor, { stripePaymentMethodId: objectId })
      return true
    case 'customer':
      await syncCustomer(actor, { customerId: objectId })
      return true
    case null:
      return false
  }
}

async function followCheckout(actor: Actor, sessionId: string): Promise<boolean> {
  const checkout = await readCheckout(sessionId)
  if (!checkout || !isOurs(checkout.metadata)) return false
  if (checkout.mode === 'payment') return settle(actor, checkout.metadata, sessionId)
  return checkout.setup ? followSetup(actor, checkout.setup.setupIntentId, checkout.setup.metadata) : true
}

async function followPayment(actor: Actor, paymentIntentId: string): Promise<boolean> {
  const payment = await readPayment(paymentIntentId)
  if (!payment || !isOurs(payment.metadata)) return false
  if (payment.metadata.attempt_id) return settle(actor, payment.metadata)
  // The page may not be on the purchase yet: whoever opened it may have died before writing it down.
  const [page] = await listCheckouts({ paymentIntentId })
  return settle(actor, payment.metadata, page?.sessionId)
}

async function followCharge(actor: Actor, chargeId: string): Promise<boolean> {
  const charge = await readCharge(chargeId)
  if (!charge?.paymentIntentId) return false
  const isOurs = await followPayment(actor, charge.paymentIntentId)
  if (!isOurs || !(charge.isDisputed || isPositive(charge.refunded))) return isOurs
  return syncByPayment(actor, { paymentIntentId: charge.paymentIntentId })
}

/** What a refund or dispute does to credit depends on all of them: the payment's are read together. */
async function followPaymentOf(actor: Actor, object: { paymentIntentId: string | null } | null): Promise<boolean> {
  return object?.paymentIntentId ? syncByPayment(actor, { paymentIntentId: object.paymentIntentId }) : false
}

async function followSetup(actor: Actor, setupIntentId: string, metadata: Metadata): Promise<boolean> {
  const { account_id: accountId } = metadata
  if (!isOurs(metadata) || !accountId || !isId(accountId)) return false
  await settleSetup(actor, { accountId, setupIntentId })
  return true
}

async function settle(actor: Actor, metadata: Metadata, sessionId?: string): Promise<boolean> {
  const { account_id: accountId, purchase_id: purchaseId } = metadata
  if (!accountId || !isId(accountId) || !purchaseId) return false
  await settlePurchase(actor, { accountId, purchaseId, ...(sessionId && { sessionId }) })
  return true
}

const isOurs = (metadata: Metadata): boolean => metadata.app === appMetadata.app
