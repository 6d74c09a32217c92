import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { type CardFacts, customerExists, readPaymentMethod } from '@/lib/edges/stripe'
import { removeAll, removeOne } from './remove'
import { reconsiderTopUp } from './save'
import { findAccountOfCustomer, findByStripeId, type PaymentMethodRow, updateCard } from './store'

/**
 * Brings a saved card in line with Stripe: the bank issued a new date, or it was detached there. Cards that are not ours
 * are left alone. @throws Refusal `payment_provider_unavailable`
 */
export async function syncPaymentMethod(
  actor: Actor,
  { stripePaymentMethodId }: { stripePaymentMethodId: string },
): Promise<void> {
  requireSystem(actor)
  const rows = await findByStripeId(pool(), stripePaymentMethodId)
  if (rows.length === 0) return
  const card = await readPaymentMethod(stripePaymentMethodId)
  const at = await now()
  for (const row of rows) {
    await inTransaction((tx) => (card?.customerId ? follow(tx, row, card) : removeOne(tx, { ...row, actor, at })))
  }
}

/** The bank may have put another card behind the payment method: then auto top-up looks again. */
async function follow(tx: Tx, row: PaymentMethodRow, card: CardFacts): Promise<void> {
  await updateCard(tx, row, card)
  if (row.isDefault && card.fingerprint !== row.fingerprint) await reconsiderTopUp(tx, row.accountId)
}

/** Removes the cards of a customer that was deleted at Stripe. @throws Refusal `payment_provider_unavailable` */
export async function syncCustomer(actor: Actor, { customerId }: { customerId: string }): Promise<void> {
  requireSystem(actor)
  const accountId = await findAccountOfCustomer(pool(), customerId)
  if (!accountId || (await customerExists(customerId))) return
  const at = await now()
  // The id stays: it is what the next customer of this account replaces, under a key of its own.
  await inTransaction((tx) => removeAll(tx, { accountId, actor, at }))
}

function requireSystem(actor: Actor): void {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Stripe is followed by the worker alone.' })
}
