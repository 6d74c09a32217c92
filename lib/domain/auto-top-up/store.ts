/** Auto top-up's only SQL. The setting's row is the account's queue: who holds its lock decides and closes attempts alone. */
import { type Money, money, nanosPerCent } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { query, type Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { declinesCountedForMs } from './declines'
import type { PauseReason, TopUpMode, TopUpPlan, TopUpSetting } from './rules'

export interface SettingRow extends TopUpSetting {
  accountId: string
  pausedAt: Date | null
}

const settingColumns = `s.account_id, a.currency, s.is_on, s.minimum, s.mode, s.amount, s.target, s.monthly_limit,
  s.consecutive_declines, s.cooling_until, s.paused_reason, s.paused_at`

/** The account's setting with its lock; null when none was ever saved. */
export const lockSetting = (tx: Tx, accountId: string): Promise<SettingRow | null> =>
  findSetting(tx, accountId, 'for update of s')

export const readSetting = (tx: Tx, accountId: string): Promise<SettingRow | null> => findSetting(tx, accountId, '')

async function findSetting(tx: Tx, accountId: string, lock: string): Promise<SettingRow | null> {
  const { rows } = await tx.query(
    `select ${settingColumns} from auto_top_up_settings s join accounts a on a.account_id = s.account_id
      where s.account_id = $1 ${lock}`,
    [accountId],
  )
  const row = rows[0]
  return row
    ? {
        accountId: row.account_id,
        isOn: row.is_on,
        minimum: money(row.minimum, row.currency),
        mode: row.mode as TopUpMode,
        amount: money(row.amount, row.currency),
        target: money(row.target, row.currency),
        monthlyLimit: row.monthly_limit === null ? null : money(row.monthly_limit, row.currency),
        consecutiveDeclines: row.consecutive_declines,
        coolingUntil: row.cooling_until,
        pausedReason: row.paused_reason as PauseReason | null,
        pausedAt: row.paused_at,
      }
    : null
}

/** Makes the account's row, switched off, when there is none: so that there is something to lock. */
export async function insertSettingOnce(tx: Tx, accountId: string, plan: TopUpPlan, at: Date): Promise<void> {
  await tx.query(
    `insert into auto_top_up_settings (account_id, is_on, minimum, mode, amount, target, monthly_limit, updated_at)
     values ($1, false, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [accountId, ...planValues(plan), at],
  )
}

export async function savePlan(tx: Tx, accountId: string, plan: TopUpPlan, at: Date): Promise<void> {
  await tx.query(
    `update auto_top_up_settings
        set is_on = $2, minimum = $3, mode = $4, amount = $5, target = $6, monthly_limit = $7, updated_at = $8
      where account_id = $1`,
    [accountId, plan.isOn, ...planValues(plan), at],
  )
}

const planValues = (plan: TopUpPlan) => [
  plan.minimum.nanos,
  plan.mode,
  plan.amount.nanos,
  plan.target.nanos,
  plan.monthlyLimit?.nanos ?? null,
]

export interface Standing {
  consecutiveDeclines: number
  coolingUntil: Date | null
  pausedReason: PauseReason | null
}

/** No decline counted, no wait, no pause. */
export const cleared: Standing = { consecutiveDeclines: 0, coolingUntil: null, pausedReason: null }

export async function saveStanding(tx: Tx, accountId: string, standing: Standing, at: Date): Promise<void> {
  await tx.query(
    `update auto_top_up_settings
        set consecutive_declines = $2, cooling_until = $3, paused_reason = $4::text,
            paused_at = case when $4::text is null then null else $5::timestamptz end, updated_at = $5
      where account_id = $1`,
    [accountId, standing.consecutiveDeclines, standing.coolingUntil, standing.pausedReason, at],
  )
}

/**
 * Asks for a run when auto top-up may have something to do: one statement, for it is part of every charge of usage. Asks
 * too often rather than too seldom; the run decides on fresh facts, and the sweep ends waits that are over.
 */
export async function enqueueRunIfLow(tx: Tx, accountId: string, available: Money): Promise<void> {
  await tx.query(
    `select enqueue_job('run-auto-top-up', json_build_object('accountId', account_id), 'top-up:' || account_id, null)
       from auto_top_up_settings s
      where account_id = $1 and is_on and ${firesAt} >= $2 and cooling_until is null and paused_reason is null
        and not exists (select 1 from auto_top_up_attempts t where t.account_id = s.account_id and t.state in ${open})`,
    [accountId, available.nanos],
  )
}

/** The minimum, or the last fraction of a cent: that much counts as used up. */
const firesAt = `greatest(s.minimum, ${nanosPerCent - 1n})`

/** Asks for a run, whatever the balance. */
export const askForRun = (tx: Tx, accountId: string): Promise<void> =>
  enqueue(tx, 'run-auto-top-up', { accountId }, { key: `top-up:${accountId}` })

const open = `('charging', 'unknown', 'requires_action')`

export type AttemptState = 'charging' | 'unknown' | 'requires_action' | 'succeeded' | 'declined' | 'canceled'

export const isOpen = (state: AttemptState): boolean => ['charging', 'unknown', 'requires_action'].includes(state)

/** The order as it was first sent, to be sent again exactly so. Amounts as decimal strings. */
export interface StoredOrder {
  idempotencyKey: string
  customerId: string
  stripePaymentMethodId: string
  amount: string
  currency: string
  description: string
  receiptEmail: string
  metadata: Record<string, string>
}

/** Why an attempt ran, for the timeline. Amounts as decimal strings. */
export interface AttemptFacts {
  available: string
  minimum: string
  mode: TopUpMode
}

export interface Attempt {
  accountId: string
  attemptId: string
  purchaseId: string
  state: AttemptState
  amount: Money
  month: string
  stripePaymentMethodId: string
  facts: AttemptFacts
  request: StoredOrder
  paymentIntentId: string | null
  declineCode: string | null
  message: string | null
  tries: number
  nextTryAt: Date | null
  recoverySessionId: string | null
  recoveryUrl: string | null
  createdAt: Date
  closedAt: Date | null
  /** Somebody else may have learned that it is paid. */
  isPurchasePaid: boolean
  card: { brand: string; last4: string } | null
  receiptUrl: string | null
}

const attemptSelect = `
  select t.account_id, t.attempt_id, t.purchase_id, t.state, t.amount, t.currency, t.month, t.stripe_payment_method_id,
         t.facts, t.request, t.payment_intent_id, t.decline_code, t.message, t.tries, t.next_try_at,
         t.recovery_session_id, t.recovery_url, t.created_at, t.closed_at, p.state = 'paid' as is_paid, p.receipt_url,
         coalesce(p.card_brand, m.brand) as brand, coalesce(p.card_last4, m.last4) as last4
    from auto_top_up_attempts t
    join purchases p on p.account_id = t.account_id and p.purchase_id = t.purchase_id
    left join payment_methods m on m.account_id = t.account_id and m.stripe_payment_method_id = t.stripe_payment_method_id`

// biome-ignore lint/suspicious/noExplicitAny: one row of the statement above, read at this one place
const attemptOf = (row: any): Attempt => ({
  accountId: row.account_id,
  attemptId: row.attempt_id,
  purchaseId: row.purchase_id,
  state: row.state,
  amount: money(row.amount, row.currency),
  month: row.month,
  stripePaymentMethodId: row.stripe_payment_method_id,
  facts: row.facts,
  request: row.request,
  paymentIntentId: row.payment_intent_id,
  declineCode: row.decline_code,
  message: row.message,
  tries: row.tries,
  nextTryAt: row.next_try_at,
  recoverySessionId: row.recovery_session_id,
  recoveryUrl: row.recovery_url,
  createdAt: row.created_at,
  closedAt: row.closed_at,
  isPurchasePaid: row.is_paid,
  card: row.brand ? { brand: row.brand, last4: row.last4 } : null,
  receiptUrl: row.receipt_url,
})

/** The present instant as the database has it, the demo's moved clock counted: for steps, which cannot wait for a second connection. */
export async function readPresent(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ at: Date }>(
    `select clock_timestamp() + offset_ms * interval '1 millisecond' as at from clock where id = 1`,
  )
  return rows[0]!.at
}

/** The billing month that is open at an instant; empty when none is: then nothing was charged in it. */
export async function readMonthKey(tx: Tx, accountId: string, at: Date): Promise<string> {
  const { rows } = await tx.query<{ period: string }>(
    `select p.period from budget_periods p join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id
      where p.account_id = $1 and b.scope = 'account' and p.starts_at <= $2 and p.ends_at > $2`,
    [accountId, at],
  )
  return rows[0]?.period ?? ''
}

/** The attempt in flight, of which there is one at most. */
export async function findOpenAttempt(tx: Tx, accountId: string): Promise<Attempt | null> {
  const { rows } = await tx.query(`${attemptSelect} where t.account_id = $1 and t.state in ${open}`, [accountId])
  return rows[0] ? attemptOf(rows[0]) : null
}

export async function readAttempt(tx: Tx, accountId: string, attemptId: string): Promise<Attempt> {
  const { rows } = await tx.query(`${attemptSelect} where t.account_id = $1 and t.attempt_id = $2`, [
    accountId,
    attemptId,
  ])
  return attemptOf(rows[0])
}

/** Newest first. */
export async function readAttempts(tx: Tx, accountId: string, limit: number): Promise<Attempt[]> {
  const { rows } = await tx.query(
    `${attemptSelect} where t.account_id = $1 order by t.created_at desc, t.attempt_id desc limit $2`,
    [accountId, limit],
  )
  return rows.map(attemptOf)
}

export async function insertAttempt(
  tx: Tx,
  attempt: Pick<
    Attempt,
    'accountId' | 'attemptId' | 'purchaseId' | 'amount' | 'month' | 'stripePaymentMethodId' | 'facts' | 'request'
  > & { nextTryAt: Date; createdAt: Date },
): Promise<void> {
  await tx.query(
    `insert into auto_top_up_attempts (account_id, attempt_id, purchase_id, state, amount, currency, month,
                                       stripe_payment_method_id, facts, request, tries, next_try_at, created_at)
     values ($1, $2, $3, 'charging', $4, $5, $6, $7, $8, $9, 1, $10, $11)`,
    [
      attempt.accountId,
      attempt.attemptId,
      attempt.purchaseId,
      attempt.amount.nanos,
      attempt.amount.currency,
      attempt.month,
      attempt.stripePaymentMethodId,
      attempt.facts,
      attempt.request,
      attempt.nextTryAt,
      attempt.createdAt,
    ],
  )
}

/** Takes an open attempt until `until`: others leave it alone for so long. Returns it as it then is. */
export async function leaseAttempt(tx: Tx, { accountId, attemptId }: Attempt, until: Date): Promise<Attempt> {
  await tx.query(
    `update auto_top_up_attempts
        set tries = tries + 1, next_try_at = $3, state = case state when 'unknown' then 'charging' else state end
      where account_id = $1 and attempt_id = $2`,
    [accountId, attemptId, until],
  )
  return readAttempt(tx, accountId, attemptId)
}

/** Moves an open attempt to another open state; what is not given stays. */
export async function saveProgress(
  tx: Tx,
  { accountId, attemptId }: Attempt,
  progress: {
    state?: 'unknown' | 'requires_action'
    paymentIntentId?: string | null
    message?: string | null
    nextTryAt?: Date
    recovery?: { sessionId: string; url: string }
  },
): Promise<void> {
  await tx.query(
    `update auto_top_up_attempts
        set state = coalesce($3, state), payment_intent_id = coalesce($4, payment_intent_id),
            message = coalesce($5, message), next_try_at = coalesce($6, next_try_at),
            recovery_session_id = coalesce($7, recovery_session_id), recovery_url = coalesce($8, recovery_url)
      where account_id = $1 and attempt_id = $2 and state in ${open}`,
    [
      accountId,
      attemptId,
      progress.state ?? null,
      progress.paymentIntentId ?? null,
      progress.message ?? null,
      progress.nextTryAt ?? null,
      progress.recovery?.sessionId ?? null,
      progress.recovery?.url ?? null,
    ],
  )
}

export async function closeAttempt(
  tx: Tx,
  { accountId, attemptId }: Attempt,
  end: {
    state: 'succeeded' | 'declined' | 'canceled'
    at: Date
    paymentIntentId?: string | null
    declineCode?: string
    adviceCode?: string | null
    message?: string
  },
): Promise<void> {
  await tx.query(
    `update auto_top_up_attempts
        set state = $3, closed_at = $4, next_try_at = null, payment_intent_id = coalesce($5, payment_intent_id),
            decline_code = $6, advice_code = $7, message = $8
      where account_id = $1 and attempt_id = $2`,
    [
      accountId,
      attemptId,
      end.state,
      end.at,
      end.paymentIntentId ?? null,
      end.declineCode ?? null,
      end.adviceCode ?? null,
      end.message ?? null,
    ],
  )
}

export interface AccountFacts {
  isSuspended: boolean
  billingEmail: string
  /** Bought automatically in the month, charges in flight included. */
  chargedThisMonth: Money
  /** Purchases by hand that Stripe is processing. */
  pending: Money
  successes: Date[]
  isLatestSuccessCredited: boolean
  declinesOfCard: number
}

/** The facts of a decision that stand in rows, as one snapshot. */
export async function readAccountFacts(
  tx: Tx,
  {
    accountId,
    month,
    at,
    stripePaymentMethodId,
  }: {
    accountId: string
    month: string
    at: Date
    stripePaymentMethodId: string | null
  },
): Promise<AccountFacts> {
  const { rows } = await tx.query(
    `select a.currency, a.billing_email, a.suspended_at is not null as is_suspended,
            (select coalesce(sum(t.amount), 0)::bigint from auto_top_up_attempts t
              where t.account_id = a.account_id and t.month = $2 and (t.state in ${open} or t.state = 'succeeded')) as charged,
            (select coalesce(sum(p.amount), 0)::bigint from purchases p
              where p.account_id = a.account_id and p.origin = 'checkout' and p.state = 'processing') as pending,
            array(select t.closed_at from auto_top_up_attempts t
                   where t.account_id = a.account_id and t.state = 'succeeded' and t.closed_at > $3
                   order by t.closed_at desc) as successes,
            coalesce((select exists (select 1 from transfers x where x.account_id = t.account_id
                                        and x.kind = 'auto_top_up' and x.cause = 'purchase:' || t.purchase_id)
                        from auto_top_up_attempts t
                       where t.account_id = a.account_id and t.state = 'succeeded'
                       order by t.closed_at desc limit 1), true) as is_credited,
            (select count(*) from auto_top_up_attempts t
               left join payment_methods m on m.account_id = t.account_id and m.stripe_payment_method_id = t.stripe_payment_method_id
               left join payment_methods c on c.account_id = t.account_id and c.stripe_payment_method_id = $5
              where t.account_id = a.account_id and t.state = 'declined' and t.closed_at > $4
                and (t.stripe_payment_method_id = $5 or m.fingerprint = c.fingerprint)) as declines_of_card
       from accounts a where a.account_id = $1`,
    [
      accountId,
      month,
      new Date(at.getTime() - 30 * dayMs),
      new Date(at.getTime() - declinesCountedForMs),
      stripePaymentMethodId,
    ],
  )
  const row = rows[0]!
  return {
    isSuspended: row.is_suspended,
    billingEmail: row.billing_email,
    chargedThisMonth: money(row.charged, row.currency),
    pending: money(row.pending, row.currency),
    successes: row.successes,
    isLatestSuccessCredited: row.is_credited,
    declinesOfCard: Number(row.declines_of_card),
  }
}

/**
 * The card of the latest attempt that did not go through, and whether the customer has bought by hand since an instant
 * (null: since that attempt).
 */
export async function readSinceTrouble(
  tx: Tx,
  { accountId, since }: { accountId: string; since: Date | null },
): Promise<{ cardInTrouble: string | null; hasBoughtByHand: boolean }> {
  const { rows } = await tx.query<{ card: string | null; has_bought: boolean }>(
    `with trouble as (
       select stripe_payment_method_id as card, coalesce(closed_at, created_at) as since from auto_top_up_attempts
        where account_id = $1 and state <> 'succeeded' order by created_at desc, attempt_id desc limit 1)
     select (select card from trouble) as card,
            exists (select 1 from purchases where account_id = $1 and origin = 'checkout' and state = 'paid'
                       and paid_at > coalesce($2, (select since from trouble))) as has_bought`,
    [accountId, since],
  )
  return { cardInTrouble: rows[0]!.card, hasBoughtByHand: rows[0]!.has_bought }
}

/** Accounts for which a run has something to do: a wait is over, an attempt is due, or credit is low. */
export async function findDueAccounts(at: Date): Promise<string[]> {
  const rows = await query<{ account_id: string }>(
    `select s.account_id from auto_top_up_settings s
      where exists (select 1 from auto_top_up_attempts t
                     where t.account_id = s.account_id and t.state in ${open} and t.next_try_at <= $1)
     union
     select s.account_id from auto_top_up_settings s
       join account_balances b on b.account_id = s.account_id
      where s.is_on and s.paused_reason is null and (s.cooling_until is null or s.cooling_until <= $1)
        and b.balance - b.held <= ${firesAt}
        and not exists (select 1 from auto_top_up_attempts t where t.account_id = s.account_id and t.state in ${open})`,
    [at],
  )
  return rows.map((row) => row.account_id)
}

/** What usage cost on each of the days from `from` to `to` ("2026-11-21"), oldest first; days without usage are left out. */
export async function readDaysOfUsage(
  tx: Tx,
  { accountId, from, to }: { accountId: string; from: string; to: string },
): Promise<{ day: string; nanos: bigint }[]> {
  const { rows } = await tx.query<{ day: string; nanos: bigint }>(
    `select to_char(day, 'YYYY-MM-DD') as day, sum(amount)::bigint as nanos from usage_days
      where account_id = $1 and day between $2::date and $3::date group by day order by day`,
    [accountId, from, to],
  )
  return rows
}
