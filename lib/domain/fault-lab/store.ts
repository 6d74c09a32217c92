/** The fault lab's only SQL: it reads, and writes nothing. */
import { cents, type Money, money } from '@/lib/core/money'
import { query } from '@/lib/edges/db'
import type { PurchaseOrigin, PurchaseState } from '../purchases/rules'

export interface LabPurchase {
  purchaseId: string
  origin: PurchaseOrigin
  state: PurchaseState
  amount: Money
  /** Of the page that waits for payment, and whether it was opened to save a card. */
  checkoutSessionId: string | null
  savesCard: boolean
  paymentIntentId: string | null
  isPageOpen: boolean
  createdAt: Date
}

interface LabPurchaseRow extends Omit<LabPurchase, 'amount'> {
  amount: bigint
  currency: string
}

/** The account's newest purchases as our books have them; Stripe is not asked. */
export async function readLabPurchases(accountId: string, at: Date, limit: number): Promise<LabPurchase[]> {
  const rows = await query<LabPurchaseRow>(
    `select purchase_id as "purchaseId", origin, state, amount, currency, checkout_session_id as "checkoutSessionId",
            save_card as "savesCard", payment_intent_id as "paymentIntentId", created_at as "createdAt",
            state = 'open' and checkout_session_id is not null and coalesce(expires_at > $2, true) as "isPageOpen"
       from purchases where account_id = $1 and origin <> 'invoice' order by created_at desc, purchase_id desc limit $3`,
    [accountId, at, limit],
  )
  return rows.map(({ amount, currency, ...row }) => ({ ...row, amount: money(amount, currency) }))
}

/** The account's customer at Stripe, and the money that our books say Stripe took from them and has not returned. */
export async function readMoneyKept(accountId: string): Promise<{ customerId: string | null; kept: Money }> {
  const [row] = await query<{ customerId: string | null; currency: string; kept: bigint }>(
    `select a.stripe_customer_id as "customerId", a.currency,
            (coalesce((select sum(p.total_cents) from purchases p
                        where p.account_id = a.account_id and p.state in ('paid', 'quarantined')), 0)
             - coalesce((select sum(r.amount_cents) from refunds r
                          where r.account_id = a.account_id and r.state in ('pending', 'succeeded')), 0)
             - coalesce((select sum(d.withdrawn_cents) from disputes d where d.account_id = a.account_id), 0))::bigint as kept
       from accounts a where a.account_id = $1`,
    [accountId],
  )
  return { customerId: row?.customerId ?? null, kept: cents(row?.kept ?? 0n, row?.currency) }
}
