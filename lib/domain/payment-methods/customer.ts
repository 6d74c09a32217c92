import { createHash } from 'node:crypto'
import { system } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { createCustomer, type OpenedCheckout } from '@/lib/edges/stripe'
import { recordAudit } from '../audit'
import { removeAll } from './remove'
import { linkCustomer, readBillingFacts } from './store'

/** Stands on every object that we make at Stripe: other programs may share the Stripe account. */
export const appMetadata = { app: 'purse' } as const

/**
 * Opens a page for the account's one customer at Stripe, creating the customer when there is none yet. A customer that
 * was deleted at Stripe is replaced, once; its cards went with it.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function openForCustomer(
  accountId: string,
  open: (customerId: string) => Promise<OpenedCheckout>,
): Promise<OpenedCheckout> {
  const customerId = await ensureCustomer(accountId)
  const opened = await open(customerId)
  return opened.kind === 'customer_missing' ? open(await replaceCustomer(accountId, customerId)) : opened
}

/** The account's customer at Stripe. Many at once get the same one. @throws Refusal `payment_provider_unavailable` */
export async function ensureCustomer(accountId: string): Promise<string> {
  const { stripeCustomerId } = await readBillingFacts(pool(), accountId)
  return stripeCustomerId ?? create(accountId, null)
}

async function replaceCustomer(accountId: string, former: string): Promise<string> {
  const { stripeCustomerId } = await readBillingFacts(pool(), accountId)
  if (stripeCustomerId && stripeCustomerId !== former) return stripeCustomerId // somebody was quicker
  return create(accountId, former)
}

async function create(accountId: string, former: string | null): Promise<string> {
  const { billingEmail: email, name } = await readBillingFacts(pool(), accountId)
  // The key names what is sent: the same key with another e-mail address would be refused for a day.
  const sent = createHash('sha256')
    .update(JSON.stringify([email, name, former]))
    .digest('hex')
    .slice(0, 32)
  const { customerId } = await createCustomer({
    idempotencyKey: `customer:${accountId}:${sent}`,
    email,
    name,
    metadata: { ...appMetadata, account_id: accountId },
  })
  const at = await now()
  return inTransaction(async (tx) => {
    const linked = await linkCustomer(tx, { accountId, former, customerId })
    if (linked.isLinked && former) {
      const actor = system('stripe')
      await removeAll(tx, { accountId, actor, at })
      await recordAudit(tx, {
        accountId,
        actor,
        action: 'stripe_customer.replaced',
        before: { customerId: former },
        after: { customerId },
        at,
      })
    }
    return linked.customerId
  })
}
