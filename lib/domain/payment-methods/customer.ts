import { createHash } from 'node:crypto'
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { createCustomer, findCustomer, type OpenedCheckout } from '@/lib/edges/stripe'
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

/** Another customer for one that is gone at Stripe. Many at once get the same one. */
export async function replaceCustomer(accountId: string, former: string): Promise<string> {
  const { stripeCustomerId } = await readBillingFacts(pool(), accountId)
  if (stripeCustomerId && stripeCustomerId !== former) return stripeCustomerId // somebody was quicker
  return create(accountId, former)
}

async function create(accountId: string, former: string | null): Promise<string> {
  const customerId = await createAtStripe(accountId, former)
  crashPoint('customer:after-create')
  const at = await now()
  return inTransaction(async (tx) => {
    const linked = await linkCustomer(tx, { accountId, former, customerId })
    if (linked.isLinked && former) await noteReplaced(tx, { accountId, former, customerId, at })
    return linked.customerId
  })
}

async function createAtStripe(accountId: string, former: string | null): Promise<string> {
  const { billingEmail: email, name } = await readBillingFacts(pool(), accountId)
  const metadata = { ...appMetadata, account_id: accountId, ...(former && { replaces: former }) }
  // The key names what is sent: the same key with another e-mail address would be refused for a day.
  const sent = createHash('sha256')
    .update(JSON.stringify([email, name, former]))
    .digest('hex')
    .slice(0, 32)
  const order = { email, name, metadata }
  const idempotencyKey = `customer:${accountId}:${sent}`
  try {
    return (await createCustomer({ idempotencyKey, ...order })).customerId
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // Stripe keeps an error of its own under the key for a day. So we look whether the customer is there, and else ask
    // under another key: at worst there is a second customer without any payment, and only one of them is linked.
    const found = await findCustomer({ email, metadata })
    if (found) return found.customerId
    return (await createCustomer({ idempotencyKey: `${idempotencyKey}:${newId()}`, ...order })).customerId
  }
}

async function noteReplaced(
  tx: Tx,
  { accountId, former, customerId, at }: { accountId: string; former: string; customerId: string; at: Date },
): Promise<void> {
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
