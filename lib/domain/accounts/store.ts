import { newId } from '@/lib/core/ids'
import { type Money, money } from '@/lib/core/money'
import { query, type Tx } from '@/lib/edges/db'

/** Inserts the user and returns their id, or null when the address belongs to one already. */
export async function insertUserOnce(
  tx: Tx,
  user: { email: string; name: string | null; at: Date },
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into users (id, email, email_verified, name, created_at) values ($1, $2, $3, $4, $3)
     on conflict (email) do nothing returning id`,
    [newId(), user.email, user.at, user.name],
  )
  return rows[0]?.id ?? null
}

export async function readUserId(tx: Tx, email: string): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>('select id from users where email = $1', [email])
  return rows[0]?.id ?? null
}

/** Locks the user's row and returns their address. */
export async function lockUser(tx: Tx, userId: string): Promise<string | null> {
  const { rows } = await tx.query<{ email: string }>('select email from users where id = $1 for update', [userId])
  return rows[0]?.email ?? null
}

export async function countOwnedAccounts(tx: Tx, userId: string): Promise<number> {
  const { rows } = await tx.query<{ owned: bigint }>(
    `select count(*) as owned from memberships where user_id = $1 and role = 'owner'`,
    [userId],
  )
  return Number(rows[0]?.owned ?? 0n)
}

/** Inserts the account; false when it is there already. */
export async function insertAccountOnce(
  tx: Tx,
  account: { accountId: string; name: string; email: string; at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into accounts (account_id, name, billing_email, billing_name, created_at) values ($1, $2, $3, $2, $4)
     on conflict (account_id) do nothing`,
    [account.accountId, account.name, account.email, account.at],
  )
  return rowCount === 1
}

export interface AccountRow {
  name: string
  currency: string
  timeZone: string
  suspendedAt: Date | null
  /** As far as usage may go beyond credit, by contract; zero: prepaid. */
  creditLimit: Money
  paymentPausedAt: Date | null
  /** Of the invoices that wait for payment: one is past due, or its payment failed or waits for the customer. */
  isInvoicePastDue: boolean
  hasInvoiceProblem: boolean
}

/** The account as it stands at an instant; null when there is none. */
export async function readAccount(accountId: string, at: Date): Promise<AccountRow | null> {
  const [row] = await query<Omit<AccountRow, 'creditLimit'> & { creditLimit: bigint }>(
    `select a.name, a.currency, a.time_zone as "timeZone", a.suspended_at as "suspendedAt", a.credit_limit as "creditLimit",
            a.payment_paused_at as "paymentPausedAt",
            coalesce(bool_or(i.due_at <= $2), false) as "isInvoicePastDue",
            coalesce(bool_or(i.problem is not null), false) as "hasInvoiceProblem"
       from accounts a left join invoices i on i.account_id = a.account_id and i.state = 'open'
      where a.account_id = $1 group by a.account_id`,
    [accountId, at],
  )
  return row ? { ...row, creditLimit: money(row.creditLimit, row.currency) } : null
}

/** What the customer says about themselves; empty text where they said nothing. */
export interface BillingProfileRow {
  accountName: string
  billingName: string
  billingEmail: string
  addressLine1: string
  addressLine2: string
  addressCity: string
  addressState: string
  addressPostalCode: string
  addressCountry: string
  taxIdType: string | null
  taxIdValue: string | null
  timeZone: string
  nextTimeZone: string | null
}

const profileColumns = `name as "accountName", billing_name as "billingName", billing_email as "billingEmail",
  address_line1 as "addressLine1", address_line2 as "addressLine2", address_city as "addressCity",
  address_state as "addressState", address_postal_code as "addressPostalCode", address_country as "addressCountry",
  tax_id_type as "taxIdType", tax_id_value as "taxIdValue", time_zone as "timeZone", next_time_zone as "nextTimeZone"`

/** Locks the account's row: two people who save at once take turns, and the audit log tells both changes rightly. */
export async function lockBillingProfile(tx: Tx, accountId: string): Promise<BillingProfileRow | null> {
  const { rows } = await tx.query<BillingProfileRow>(
    `select ${profileColumns} from accounts where account_id = $1 for update`,
    [accountId],
  )
  return rows[0] ?? null
}

export async function saveProfile(tx: Tx, accountId: string, profile: BillingProfileRow): Promise<void> {
  await tx.query(
    `update accounts set name = $2, billing_name = $3, billing_email = $4, address_line1 = $5, address_line2 = $6,
            address_city = $7, address_state = $8, address_postal_code = $9, address_country = $10, tax_id_type = $11,
            tax_id_value = $12, next_time_zone = $13
      where account_id = $1`,
    [
      accountId,
      profile.accountName,
      profile.billingName,
      profile.billingEmail,
      profile.addressLine1,
      profile.addressLine2,
      profile.addressCity,
      profile.addressState,
      profile.addressPostalCode,
      profile.addressCountry,
      profile.taxIdType,
      profile.taxIdValue,
      profile.nextTimeZone,
    ],
  )
}

/** What of an account a person of the platform's staff should look at. */
export type AttentionCode =
  | 'debt'
  | 'dispute'
  | 'fraud_warning'
  | 'under_review'
  | 'refund_failed'
  | 'top_up_paused'
  | 'drift'
  | 'asks_for_more'
  | 'asks_for_post_paid'
  | 'invoice_past_due'
  | 'invoice_not_made'

export interface ListedAccount {
  accountId: string
  name: string
  currency: string
  /** The oldest owner's address. */
  owner: string | null
  createdAt: Date
  suspendedAt: Date | null
  balance: bigint
  held: bigint
  creditLimit: bigint
  paymentPausedAt: Date | null
  hasPaymentMethod: boolean
  isCapReached: boolean
  attention: AttentionCode[]
}

const attentionOf = `array_remove(array[
  case when b.balance < 0 and a.credit_limit = 0 then 'debt' end,
  case when exists (select 1 from disputes d where d.account_id = a.account_id and d.closed_at is null) then 'dispute' end,
  case when exists (select 1 from fraud_warnings w where w.account_id = a.account_id and w.is_actionable) then 'fraud_warning' end,
  case when exists (select 1 from purchases p where p.account_id = a.account_id and p.state = 'quarantined') then 'under_review' end,
  case when exists (select 1 from refunds r where r.account_id = a.account_id and r.state = 'failed') then 'refund_failed' end,
  case when exists (select 1 from auto_top_up_settings s where s.account_id = a.account_id and s.is_on
                       and s.paused_reason is not null) then 'top_up_paused' end,
  case when exists (select 1 from drift_findings f where f.about_account_id = a.account_id and f.resolved_at is null
                       and f.state = 'open') then 'drift' end,
  case when exists (select 1 from limit_requests l where l.account_id = a.account_id and l.state = 'open') then 'asks_for_more' end,
  case when exists (select 1 from postpaid_requests q where q.account_id = a.account_id and q.state = 'open') then 'asks_for_post_paid' end,
  case when exists (select 1 from invoices i where i.account_id = a.account_id and i.state = 'open' and i.due_at <= $5) then 'invoice_past_due' end,
  case when exists (select 1 from invoices i where i.account_id = a.account_id and i.state in ('intended', 'draft')
                       and i.created_at <= $5 - interval '1 day') then 'invoice_not_made' end], null)`

/**
 * Accounts of the whole platform, newest first. `search`: part of a name or address, or an id. `after`: the account that the
 * page before ended with.
 */
export async function readAccounts({
  search,
  needsAttention,
  after,
  limit,
  at,
}: {
  search: string
  needsAttention: boolean
  after: string | null
  limit: number
  at: Date
}): Promise<ListedAccount[]> {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  return query<ListedAccount>(
    `select * from (
       select a.account_id as "accountId", a.name, a.currency, a.created_at as "createdAt", a.suspended_at as "suspendedAt",
              b.balance, b.held, a.credit_limit as "creditLimit", a.payment_paused_at as "paymentPausedAt",
              (select u.email from memberships m join users u on u.id = m.user_id
                where m.account_id = a.account_id and m.role = 'owner' order by m.created_at, u.id limit 1) as owner,
              exists (select 1 from payment_methods c where c.account_id = a.account_id and c.removed_at is null)
                as "hasPaymentMethod",
              exists (select 1 from budgets g join budget_periods q on q.account_id = g.account_id and q.budget_id = g.budget_id
                       where g.account_id = a.account_id and g.scope = 'account' and q.starts_at <= $5 and q.ends_at > $5
                         and g.limit_amount <= q.spent) as "isCapReached",
              ${attentionOf} as attention
         from accounts a join account_balances b on b.account_id = a.account_id
        where ($1 = '' or a.name ilike $2 or a.billing_email ilike $2 or a.account_id::text = lower($1)
               or exists (select 1 from memberships m join users u on u.id = m.user_id
                           where m.account_id = a.account_id and u.email ilike $2))
          and ($3::uuid is null or (a.created_at, a.account_id) <
               (select c.created_at, c.account_id from accounts c where c.account_id = $3))
     ) listed
     where not $4 or cardinality(attention) > 0
     order by "createdAt" desc, "accountId" desc limit $6`,
    [search, pattern, after, needsAttention, at, limit],
  )
}
