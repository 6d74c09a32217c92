/** Saved cards, and the account's customer at Stripe. */
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import type { Tx } from '@/lib/edges/db'
import type { CardFacts } from '@/lib/edges/stripe'

export interface BillingFacts {
  stripeCustomerId: string | null
  currency: string
  billingEmail: string
  name: string
}

/** @throws Refusal `not_found` */
export async function readBillingFacts(tx: Tx, accountId: string): Promise<BillingFacts> {
  const { rows } = await tx.query<BillingFacts>(
    `select stripe_customer_id as "stripeCustomerId", currency, billing_email as "billingEmail",
            coalesce(nullif(billing_name, ''), name) as name
       from accounts where account_id = $1`,
    [accountId],
  )
  if (!rows[0]) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return rows[0]
}

/** Stores the customer where `former` still stands. Whatever stands afterwards is the account's one customer. */
export async function linkCustomer(
  tx: Tx,
  { accountId, former, customerId }: { accountId: string; former: string | null; customerId: string },
): Promise<{ isLinked: boolean; customerId: string }> {
  const { rowCount } = await tx.query(
    `update accounts set stripe_customer_id = $3 where account_id = $1 and stripe_customer_id is not distinct from $2`,
    [accountId, former, customerId],
  )
  const { stripeCustomerId } = await readBillingFacts(tx, accountId)
  return { isLinked: rowCount === 1, customerId: stripeCustomerId ?? customerId }
}

/** The account that a customer of Stripe's belongs to, or null. */
export async function findAccountOfCustomer(tx: Tx, customerId: string): Promise<string | null> {
  const { rows } = await tx.query<{ account_id: string }>(
    'select account_id from accounts where stripe_customer_id = $1',
    [customerId],
  )
  return rows[0]?.account_id ?? null
}

export interface PaymentMethodRow {
  accountId: string
  paymentMethodId: string
  stripePaymentMethodId: string
  brand: string
  last4: string
  expMonth: number
  expYear: number
  fingerprint: string | null
  isDefault: boolean
  addedAt: Date
  removedAt: Date | null
}

const columns = `account_id as "accountId", payment_method_id as "paymentMethodId",
  stripe_payment_method_id as "stripePaymentMethodId", brand, last4, exp_month as "expMonth", exp_year as "expYear",
  fingerprint, is_default as "isDefault", added_at as "addedAt", removed_at as "removedAt"`

/** Cards change one at a time: two of them added at once must not both become the default. */
export async function lockPaymentMethods(tx: Tx, accountId: string): Promise<PaymentMethodRow[]> {
  await tx.query('select 1 from accounts where account_id = $1 for no key update', [accountId])
  return readPaymentMethods(tx, accountId)
}

/** The account's cards, the default first, then the newest. */
export async function readPaymentMethods(tx: Tx, accountId: string): Promise<PaymentMethodRow[]> {
  const { rows } = await tx.query<PaymentMethodRow>(
    `select ${columns} from payment_methods where account_id = $1 and removed_at is null
      order by is_default desc, added_at desc, payment_method_id desc`,
    [accountId],
  )
  return rows
}

/** The rows of a card of Stripe's, in whichever account (one, unless somebody moved it by hand). */
export async function findByStripeId(tx: Tx, stripePaymentMethodId: string): Promise<PaymentMethodRow[]> {
  const { rows } = await tx.query<PaymentMethodRow>(
    `select ${columns} from payment_methods where stripe_payment_method_id = $1 and removed_at is null`,
    [stripePaymentMethodId],
  )
  return rows
}

/** Inserts a card unless it was ever there: a removed one does not come back. Returns its id when it is new. */
export async function insertPaymentMethodOnce(
  tx: Tx,
  { accountId, card, isDefault, at }: { accountId: string; card: CardFacts; isDefault: boolean; at: Date },
): Promise<string | null> {
  const { rows } = await tx.query<{ payment_method_id: string }>(
    `insert into payment_methods (account_id, payment_method_id, stripe_payment_method_id, brand, last4, exp_month,
                                  exp_year, fingerprint, is_default, added_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (account_id, stripe_payment_method_id) do nothing returning payment_method_id`,
    [
      accountId,
      newId(),
      card.stripePaymentMethodId,
      card.brand,
      card.last4,
      card.expMonth,
      card.expYear,
      card.fingerprint,
      isDefault,
      at,
    ],
  )
  return rows[0]?.payment_method_id ?? null
}

export async function updateCard(tx: Tx, row: PaymentMethodRow, card: CardFacts): Promise<void> {
  await tx.query(
    `update payment_methods set brand = $3, last4 = $4, exp_month = $5, exp_year = $6, fingerprint = $7
      where account_id = $1 and payment_method_id = $2`,
    [row.accountId, row.paymentMethodId, card.brand, card.last4, card.expMonth, card.expYear, card.fingerprint],
  )
}

export async function markDefault(tx: Tx, accountId: string, paymentMethodId: string | null): Promise<void> {
  await tx.query('update payment_methods set is_default = false where account_id = $1 and is_default', [accountId])
  if (!paymentMethodId) return
  await tx.query(
    'update payment_methods set is_default = true where account_id = $1 and payment_method_id = $2 and removed_at is null',
    [accountId, paymentMethodId],
  )
}

export async function markRemoved(tx: Tx, accountId: string, paymentMethodId: string, at: Date): Promise<void> {
  await tx.query(
    'update payment_methods set removed_at = $3, is_default = false where account_id = $1 and payment_method_id = $2',
    [accountId, paymentMethodId, at],
  )
}
