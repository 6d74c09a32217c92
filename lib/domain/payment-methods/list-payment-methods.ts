import type { Actor } from '@/lib/core/actor'
import { pool, type Tx } from '@/lib/edges/db'
import { requireRole } from '../members'
import type { PaymentMethodDto } from './rules'
import { readBillingFacts, readPaymentMethods } from './store'

/** The account's saved cards, the default first. */
export async function listPaymentMethods(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<PaymentMethodDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const rows = await readPaymentMethods(pool(), accountId)
  return rows.map(({ paymentMethodId, brand, last4, expMonth, expYear, isDefault, addedAt }) => ({
    paymentMethodId,
    brand,
    last4,
    expMonth,
    expYear,
    isDefault,
    addedAt: addedAt.toISOString(),
  }))
}

/** Whether the account has a card on file. */
export async function hasPaymentMethod(tx: Tx, accountId: string): Promise<boolean> {
  return (await readPaymentMethods(tx, accountId)).length > 0
}

/** What a charge without the customer needs. */
export interface ChargeableCard {
  paymentMethodId: string
  stripePaymentMethodId: string
  customerId: string
  brand: string
  last4: string
  fingerprint: string | null
  addedAt: Date
}

/** The card that automatic charges use, or null. */
export async function defaultPaymentMethod(tx: Tx, accountId: string): Promise<ChargeableCard | null> {
  const method = (await readPaymentMethods(tx, accountId)).find((row) => row.isDefault)
  const { stripeCustomerId } = await readBillingFacts(tx, accountId)
  if (!method || !stripeCustomerId) return null
  const { paymentMethodId, stripePaymentMethodId, brand, last4, fingerprint, addedAt } = method
  return { paymentMethodId, stripePaymentMethodId, customerId: stripeCustomerId, brand, last4, fingerprint, addedAt }
}
