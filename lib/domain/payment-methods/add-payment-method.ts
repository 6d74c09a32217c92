import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { isLivemode, openSetupCheckout, readCheckout, readSetup, type SetupFacts } from '@/lib/edges/stripe'
import { requireRole } from '../members'
import { appMetadata, openForCustomer } from './customer'
import { savePaymentMethod } from './save'
import { readBillingFacts } from './store'

/**
 * Opens Stripe's page on which the customer saves a card; nothing is charged.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function startAddingPaymentMethod(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ url: string }> {
  await requireRole(actor, accountId, 'billing:write')
  const { currency } = await readBillingFacts(pool(), accountId)
  const settings = `${env().APP_URL.replace(/\/$/, '')}/settings`
  const idempotencyKey = `setup:${newId()}`
  const opened = await openForCustomer(accountId, (customerId) =>
    openSetupCheckout({
      idempotencyKey: `${idempotencyKey}:${customerId}`,
      customerId,
      currency,
      metadata: { ...appMetadata, account_id: accountId },
      successUrl: `${settings}?card=added&session_id={CHECKOUT_SESSION_ID}`,
      cancelUrl: `${settings}?card=canceled`,
    }),
  )
  if (opened.kind === 'opened' && opened.checkout.url) return { url: opened.checkout.url }
  log.error({ accountId, opened }, 'Stripe did not open the page for a card')
  throw new Refusal('payment_provider_unavailable', {
    message:
      'Stripe could not open the page for your card. Nothing was charged. Check the billing e-mail and try again.',
  })
}

/**
 * Saves the card of a finished page, whoever noticed first: the return page, an event or a sweep.
 * Returns whether the page was finished. @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function settlePaymentMethod(
  actor: Actor,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<{ isAdded: boolean }> {
  await requireRole(actor, accountId, 'billing:write')
  const checkout = /^cs_\w{1,250}$/.test(sessionId) ? await readCheckout(sessionId) : null
  if (checkout?.mode !== 'setup' || checkout.metadata.account_id !== accountId) throw notFound()
  return { isAdded: checkout.setup ? await keep(actor, accountId, checkout.setup) : false }
}

/** The same, from the set-up itself. */
export async function settleSetup(
  actor: Actor,
  { accountId, setupIntentId }: { accountId: string; setupIntentId: string },
): Promise<{ isAdded: boolean }> {
  await requireRole(actor, accountId, 'billing:write')
  const setup = await readSetup(setupIntentId)
  if (!setup || setup.metadata.account_id !== accountId) throw notFound()
  return { isAdded: await keep(actor, accountId, setup) }
}

async function keep(actor: Actor, accountId: string, setup: SetupFacts): Promise<boolean> {
  const { card } = setup
  if (!setup.isSucceeded || !card || setup.livemode !== isLivemode()) return false
  const at = await now()
  await inTransaction((tx) => savePaymentMethod(tx, { accountId, actor, card, at }))
  return true
}

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
