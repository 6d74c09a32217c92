import type { Actor } from '@/lib/core/actor'
import { isId } from '@/lib/core/ids'
import { isPositive } from '@/lib/core/money'
import {
  invoiceOfCreditNote,
  listCheckouts,
  readCharge,
  readCheckout,
  readDispute,
  readPayment,
  readRefund,
  readSetup,
} from '@/lib/edges/stripe'
import { syncFraudWarning } from '../fraud-warnings'
import { findInvoiceAtStripe, settleInvoice } from '../invoices'
import { appMetadata, settleSetup, syncCustomer, syncPaymentMethod } from '../payment-methods'
import { settlePurchase } from '../purchases'
import { syncByPayment } from '../refunds'
import { kindOfObject } from './rules'

type Metadata = Record<string, string>

/**
 * followed: what we have is in line with it. foreign: not ours; the Stripe account may serve other programs too. missing: Stripe
 * does not have it, or not yet: what was just made may take a moment to be readable.
 */
export type Following = 'followed' | 'foreign' | 'missing'

/** Reads an object as it is now and brings in line with it what we have. @throws Refusal `payment_provider_unavailable` */
export async function followObject(actor: Actor, objectId: string): Promise<Following> {
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
    case 'fraud_warning':
      return syncFraudWarning(actor, { stripeWarningId: objectId })
    case 'setup': {
      const setup = await readSetup(objectId)
      return setup ? followSetup(actor, objectId, setup.metadata) : 'missing'
    }
    case 'invoice':
      return followInvoice(actor, objectId)
    case 'credit_note': {
      const stripeInvoiceId = await invoiceOfCreditNote(objectId)
      return stripeInvoiceId ? followInvoice(actor, stripeInvoiceId) : 'missing'
    }
    case 'payment_method':
      await syncPaymentMethod(actor, { stripePaymentMethodId: objectId })
      return 'followed'
    case 'customer':
      await syncCustomer(actor, { customerId: objectId })
      return 'followed'
    case null:
      return 'foreign'
  }
}

async function followCheckout(actor: Actor, sessionId: string): Promise<Following> {
  const checkout = await readCheckout(sessionId)
  if (!checkout) return 'missing'
  if (!isOurs(checkout.metadata)) return 'foreign'
  if (checkout.mode === 'payment') return settle(actor, checkout.metadata, sessionId)
  return checkout.setup ? followSetup(actor, checkout.setup.setupIntentId, checkout.setup.metadata) : 'followed'
}

async function followPayment(actor: Actor, paymentIntentId: string): Promise<Following> {
  const payment = await readPayment(paymentIntentId)
  if (!payment) return 'missing'
  if (!isOurs(payment.metadata)) return 'foreign'
  if (payment.metadata.attempt_id) return settle(actor, payment.metadata)
  // The page may not be on the purchase yet: whoever opened it may have died before writing it down.
  const [page] = await listCheckouts({ paymentIntentId })
  return settle(actor, payment.metadata, page?.sessionId)
}

async function followCharge(actor: Actor, chargeId: string): Promise<Following> {
  const charge = await readCharge(chargeId)
  if (!charge) return 'missing'
  if (!charge.paymentIntentId) return 'foreign'
  const following = await followPayment(actor, charge.paymentIntentId)
  if (following === 'missing' || !(charge.isDisputed || isPositive(charge.refunded))) return following
  // The payment of an invoice carries no mark of ours.
  return followPaymentOf(actor, charge)
}

/** What a refund or dispute does to credit depends on all of them: the payment's are read together. */
async function followPaymentOf(actor: Actor, object: { paymentIntentId: string | null } | null): Promise<Following> {
  if (!object) return 'missing'
  if (!object.paymentIntentId) return 'foreign'
  return (await syncByPayment(actor, { paymentIntentId: object.paymentIntentId })) ? 'followed' : 'foreign'
}

async function followSetup(actor: Actor, setupIntentId: string, metadata: Metadata): Promise<Following> {
  const { account_id: accountId } = metadata
  if (!isOurs(metadata) || !accountId || !isId(accountId)) return 'foreign'
  await settleSetup(actor, { accountId, setupIntentId })
  return 'followed'
}

/**
 * Invoices of usage are known by their id at Stripe; those of purchases are followed with their payment. One that was made a moment
 * ago and is not written down yet is followed by its own run.
 */
async function followInvoice(actor: Actor, stripeInvoiceId: string): Promise<Following> {
  const known = await findInvoiceAtStripe(stripeInvoiceId)
  if (!known) return 'foreign'
  await settleInvoice(actor, known)
  return 'followed'
}

async function settle(actor: Actor, metadata: Metadata, sessionId?: string): Promise<Following> {
  const { account_id: accountId, purchase_id: purchaseId } = metadata
  if (!accountId || !isId(accountId) || !purchaseId) return 'foreign'
  await settlePurchase(actor, { accountId, purchaseId, ...(sessionId && { sessionId }) })
  return 'followed'
}

const isOurs = (metadata: Metadata): boolean => metadata.app === appMetadata.app
