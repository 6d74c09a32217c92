import { nanosPerCent } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { plainColumn } from '@/lib/edges/db/columns'
import { type BudgetRow, type BudgetState, budgetColumns, budgetJoins, latestPeriodJoin, readBudget } from '../budgets'
import { readOwnTokens } from '../tiers'
import { type ReachedTier, type Tier, tierOf } from '../tiers/rules'
import type { TokenCounts } from '../token-limits/rules'

/** What the gate must know of an account besides its book and its budgets. */
export interface AccountState {
  accountId: string
  isSuspended: boolean
  /** Usage is paused until an invoice is paid. */
  isPaymentPaused: boolean
  /** How far usage may go beyond credit, in nanos; 0 for prepaid. Changed under the account's lock alone. */
  creditLimit: bigint
  /** The operator's own request limit; null: the rule. */
  ownRequestLimit: number | null
  hasPaymentMethod: boolean
  tier: Tier
  /** The operator's own token limits; null: the rule. */
  ownTokens: TokenCounts | null
  /** Whether auto top-up is on; `topsUpAt` is the available credit, in nanos, at which it asks for a run. */
  isTopUpOn: boolean
  topsUpAt: bigint | null
}

/** What is known of accounts besides their books, in one statement. */
export async function readAccounts(
  tx: Tx,
  accountIds: string[],
): Promise<Map<string, { state: AccountState; budget: BudgetState }>> {
  const { rows } = await tx.query<StateRow & BudgetRow>(
    `select ${budgetColumns}, a.suspended_at is not null as is_suspended, a.payment_paused_at is not null as is_payment_paused,
            a.credit_limit, a.requests_per_minute, a.tier, a.unlimited_since,
            a.prompt_tokens_per_minute, a.uncached_tokens_per_minute, a.generated_tokens_per_minute,
            c.account_id is not null as has_payment_method,
            coalesce(s.is_on, false) as is_on, s.cooling_until is null and s.paused_reason is null as is_ready, s.minimum
       from unnest($1::uuid[]) as w(account_id)
       join lateral (select * from accounts a where a.account_id = w.account_id limit 1) a on true
       ${budgetJoins}
       left join lateral (select * from auto_top_up_settings s where s.account_id = a.account_id limit 1) s on true
       left join lateral (
         select account_id from payment_methods c where c.account_id = a.account_id and c.removed_at is null limit 1
       ) c on true`,
    [plainColumn(accountIds)],
  )
  return new Map(rows.map((row) => [row.account_id, { state: readState(row), budget: readBudget(row) }]))
}

interface StateRow {
  account_id: string
  is_suspended: boolean
  is_payment_paused: boolean
  credit_limit: bigint
  requests_per_minute: number | null
  tier: ReachedTier
  unlimited_since: Date | null
  prompt_tokens_per_minute: bigint | null
  uncached_tokens_per_minute: bigint | null
  generated_tokens_per_minute: bigint | null
  has_payment_method: boolean
  is_on: boolean
  is_ready: boolean
  minimum: bigint | null
}

const readState = (row: StateRow): AccountState => ({
  accountId: row.account_id,
  isSuspended: row.is_suspended,
  isPaymentPaused: row.is_payment_paused,
  creditLimit: row.credit_limit,
  ownRequestLimit: row.requests_per_minute,
  hasPaymentMethod: row.has_payment_method,
  tier: tierOf({ tier: row.tier, isUnlimited: row.unlimited_since !== null }),
  ownTokens: readOwnTokens(row),
  // Post-paid needs none: it rests until the contract ends.
  isTopUpOn: row.is_on && row.credit_limit === 0n,
  topsUpAt:
    row.is_on && row.is_ready && row.minimum !== null && row.credit_limit === 0n ? atLeastACent(row.minimum) : null,
})

/** The last fraction of a cent counts as used up. */
const atLeastACent = (minimum: bigint) => (minimum > nanosPerCent - 1n ? minimum : nanosPerCent - 1n)

/** Keys and members whose budgets are needed; and the holds whose keys and members are not known yet. */
export interface WantedSubjects {
  subjects: { accountId: string; scope: 'key' | 'member'; subjectId: string }[]
  holds: { accountId: string; holdId: string }[]
}

const subjectsOf = `cross join lateral (values ('key', h.key_id), ('member', h.member_id)) s (scope, subject_id)`

/**
 * The budgets of keys and members: of those that are wanted, of those of the wanted holds, and of those whose holds are overdue.
 * Accounts without such budgets cost one look: `exists` is asked once for all of them, before anything else.
 */
export async function readSubjectBudgets(
  tx: Tx,
  { subjects, holds }: WantedSubjects,
  accountIds: string[],
  at: Date,
): Promise<BudgetState[]> {
  const { rows } = await tx.query<BudgetRow & { subject_name: string | null }>(
    `select ${budgetColumns}, coalesce(k.name, nullif(u.name, ''), u.email) as subject_name
       from (
         select account_id, scope, subject_id from unnest($1::uuid[], $2::text[], $3::uuid[]) as r (account_id, scope, subject_id)
         union all
         select h.account_id, s.scope, s.subject_id
           from unnest($4::uuid[], $5::uuid[]) as w (account_id, hold_id)
           join lateral (select * from holds h where h.account_id = w.account_id and h.hold_id = w.hold_id limit 1) h on true
           ${subjectsOf}
         union all
         select h.account_id, s.scope, s.subject_id
           from unnest($6::uuid[]) as w (account_id)
           join lateral (
             select * from holds h where h.account_id = w.account_id and h.state = 'open' and h.expires_at <= $7 offset 0
           ) h on true
           ${subjectsOf}
       ) w
       join lateral (
         select * from budgets b where b.account_id = w.account_id and b.scope = w.scope and b.subject_id = w.subject_id limit 4
       ) b on true
       join lateral (select * from accounts a where a.account_id = b.account_id limit 1) a on true
       ${latestPeriodJoin}
       left join lateral (
         select name from api_keys k where b.scope = 'key' and k.account_id = b.account_id and k.key_id = b.subject_id limit 1
       ) k on true
       left join lateral (select name, email from users u where b.scope = 'member' and u.id = b.subject_id limit 1) u on true
      where exists (select 1 from budgets where account_id = any($6::uuid[]) and subject_id is not null)`,
    [
      plainColumn(subjects.map((s) => s.accountId)),
      plainColumn(subjects.map((s) => s.scope)),
      plainColumn(subjects.map((s) => s.subjectId)),
      plainColumn(holds.map((h) => h.accountId)),
      plainColumn(holds.map((h) => h.holdId)),
      plainColumn(accountIds),
      at,
    ],
  )
  // Several holds may be of one subject.
  const budgets = new Map(rows.map((row) => [row.budget_id, { ...readBudget(row), subjectName: row.subject_name }]))
  return [...budgets.values()]
}

/** The number of the latest grant's transfer: what "since credit was last added" is measured from. */
export async function readLatestCredit(tx: Tx, accountId: string): Promise<bigint> {
  const { rows } = await tx.query<{ seq: bigint }>(
    'select coalesce(max(transfer_seq), 0) as seq from grants where account_id = $1',
    [accountId],
  )
  return rows[0]?.seq ?? 0n
}
