/** Auto top-up's only SQL. The setting's row is the account's queue: who holds its lock decides and closes attempts alone. */
import { newId } from '@/lib/core/ids'
import { type Money, money, nanosPerCent } from '@/lib/core/money'
import { dayMs, minuteMs } from '@/lib/core/time'
import { query, type Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { declinesCountedForMs } from './declines'
import type { PauseReason, SkipReason, Standing, TopUpMode, TopUpPlan, TopUpSetting } from './rules'

export interface SettingRow extends TopUpSetting {
  accountId: string
  /** Since when it waits or is paused; null when it does neither. */
  inTroubleSince: Date | null
}

const settingColumns = `s.account_id, a.currency, s.is_on, s.minimum, s.mode, s.amount, s.target, s.monthly_limit,
  s.consecutive_declines, s.cooling_until, s.paused_reason, s.card_in_trouble, s.in_trouble_since`

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
        cardInTrouble: row.card_in_trouble,
        inTroubleSince: row.in_trouble_since,
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

/** Saves where the setting stands. The time of the trouble is that of its latest news. */
export async function saveStanding(tx: Tx, accountId: string, standing: Standing, at: Date): Promise<void> {
  const { consecutiveDeclines, coolingUntil, pausedReason, cardInTrouble } = standing
  await tx.query(
    `update auto_top_up_settings
        set consecutive_declines = $2, cooling_until = $3, paused_reason = $4::text, card_in_trouble = $6::text,
            paused_at = case when $4::text is null then null else $5::timestamptz end,
            in_trouble_since = case when $7 then $5::timestamptz end, updated_at = $5
      where account_id = $1`,
    [
      accountId,
      consecutiveDeclines,
      coolingUntil,
      pausedReason,
      at,
      cardInTrouble,
      pausedReason !== null || consecutiveDeclines > 0,
    ],
  )
}

/** Ends a wait that is over; what was declined stays counted. */
export async function endCooling(tx: Tx, accountId: string): Promise<void> {
  await tx.query('update auto_top_up_settings set cooling_until = null where account_id = $1', [accountId])
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
  /** The card that is charged, as `cardOf` tells cards apart. */
  cardIdentity: string
  facts: AttemptFacts
  request: StoredOrder
  paymentIntentId: string | null
  declineCode: string | null
  adviceCode: string | null
  networkAdviceCode: string | null
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
         t.card, t.facts, t.request, t.payment_intent_id, t.decline_code, t.advice_code, t.network_advice_code, t.message, t.tries, t.next_try_at,
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
  cardIdentity: row.card,
  facts: row.facts,
  request: row.request,
  paymentIntentId: row.payment_intent_id,
  declineCode: row.decline_code,
  adviceCode: row.advice_code,
  networkAdviceCode: row.network_advice_code,
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

export async function insertAttempt(
  tx: Tx,
  attempt: Pick<
    Attempt,
    | 'accountId'
    | 'attemptId'
    | 'purchaseId'
    | 'amount'
    | 'month'
    | 'stripePaymentMethodId'
    | 'cardIdentity'
    | 'facts'
    | 'request'
  > & { nextTryAt: Date; createdAt: Date },
): Promise<void> {
  await tx.query(
    `insert into auto_top_up_attempts (account_id, attempt_id, purchase_id, state, amount, currency, month,
                                       stripe_payment_method_id, facts, request, tries, next_try_at, created_at,
                                       card)
     values ($1, $2, $3, 'charging', $4, $5, $6, $7, $8, $9, 1, $10, $11, $12)`,
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
      attempt.cardIdentity,
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
    networkAdviceCode?: string | null
    message?: string
  },
): Promise<void> {
  await tx.query(
    `update auto_top_up_attempts
        set state = $3, closed_at = $4, next_try_at = null, payment_intent_id = coalesce($5, payment_intent_id),
            decline_code = $6, advice_code = $7, message = $8, network_advice_code = $9
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
      end.networkAdviceCode ?? null,
    ],
  )
}

export interface AccountFacts {
  isSuspended: boolean
  isPostPaid: boolean
  hasAskingInvoice: boolean
  billingEmail: string
  /** Bought automatically in the month, charges in flight and payments put aside included. */
  chargedThisMonth: Money
  /** Purchases by hand that Stripe is processing. */
  pending: Money
  successes: Date[]
  isLatestSuccessCredited: boolean
  declinesOfCard: number
  chargesOfCardInFlight: number
  /** The cardholder has gone to the bank about an automatic charge, and the bank has not decided. */
  hasOpenDispute: boolean
}

/** An amount in the month `$2`: what was paid, or may still be. Refunds give nothing of it back. */
const countsInMonth = `t.month = $2 and (t.state in ${open} or t.state = 'succeeded' or exists (
  select 1 from purchases q where q.account_id = t.account_id and q.purchase_id = t.purchase_id and q.state = 'quarantined'))`

/** The facts of a decision that stand in rows, as one snapshot. */
export async function readAccountFacts(
  tx: Tx,
  { accountId, month, at, card }: { accountId: string; month: string; at: Date; card: string | null },
): Promise<AccountFacts> {
  const { rows } = await tx.query(
    `select a.currency, a.billing_email, a.suspended_at is not null as is_suspended,
            a.billing_mode = 'postpaid' as is_post_paid,
            exists (select 1 from invoices i where i.account_id = a.account_id and i.state not in ('paid', 'void')) as has_asking_invoice,
            (select coalesce(sum(t.amount), 0)::bigint from auto_top_up_attempts t
              where t.account_id = a.account_id and ${countsInMonth}) as charged,
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
            (select count(*)::int from card_declines c where c.fingerprint = $5 and c.at > $4) as declines,
            (select count(*)::int from auto_top_up_attempts t
              where t.card = $5 and t.state in ('charging', 'unknown') and t.account_id <> a.account_id) as in_flight,
            exists (select 1 from disputes d
                      join purchases q on q.account_id = d.account_id and q.purchase_id = d.purchase_id
                     where d.account_id = a.account_id and q.origin = 'auto_top_up' and d.closed_at is null) as has_dispute
       from accounts a where a.account_id = $1`,
    [accountId, month, new Date(at.getTime() - 30 * dayMs), new Date(at.getTime() - declinesCountedForMs), card],
  )
  const row = rows[0]!
  return {
    isSuspended: row.is_suspended,
    isPostPaid: row.is_post_paid,
    hasAskingInvoice: row.has_asking_invoice,
    billingEmail: row.billing_email,
    chargedThisMonth: money(row.charged, row.currency),
    pending: money(row.pending, row.currency),
    successes: row.successes,
    isLatestSuccessCredited: row.is_credited,
    declinesOfCard: row.declines,
    chargesOfCardInFlight: row.in_flight,
    hasOpenDispute: row.has_dispute,
  }
}

/** What counts against the limit of a month. */
export async function readChargedIn(tx: Tx, accountId: string, month: string, currency: string): Promise<Money> {
  const { rows } = await tx.query<{ charged: bigint }>(
    `select coalesce(sum(t.amount), 0)::bigint as charged from auto_top_up_attempts t
      where t.account_id = $1 and ${countsInMonth}`,
    [accountId, month],
  )
  return money(rows[0]!.charged, currency)
}

/** Lets one account at a time decide on a card: the limit on its declines holds over all accounts. */
export async function lockCard(tx: Tx, card: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('auto-top-up card ' || $1, 0))`, [card])
}

export async function insertCardDecline(tx: Tx, { attemptId, cardIdentity }: Attempt, at: Date): Promise<void> {
  await tx.query('insert into card_declines (fingerprint, attempt_id, at) values ($1, $2, $3) on conflict do nothing', [
    cardIdentity,
    attemptId,
    at,
  ])
}

const rateWindowMs = 5 * minuteMs

/**
 * Automatic charges of all accounts: in the last five minutes, and the most in any five minutes of the week before them.
 * The peak is looked up only when there were at least `floor` lately.
 */
export async function readChargeRate(
  tx: Tx,
  { at, floor }: { at: Date; floor: number },
): Promise<{ recent: number; peak: number }> {
  const windowStart = new Date(at.getTime() - rateWindowMs)
  const { rows } = await tx.query<{ recent: number }>(
    'select count(*)::int as recent from auto_top_up_attempts where created_at > $1',
    [windowStart],
  )
  const { recent } = rows[0]!
  if (recent < floor) return { recent, peak: 0 }
  const { rows: peaks } = await tx.query<{ peak: number }>(
    `select coalesce(max(n), 0)::int as peak
       from (select count(*) over (order by created_at range between interval '5 minutes' preceding and current row) as n
               from auto_top_up_attempts where created_at > $1 and created_at <= $2) as windows`,
    [new Date(windowStart.getTime() - 7 * dayMs), windowStart],
  )
  return { recent, peak: peaks[0]!.peak }
}

/** Why nothing was charged, or what ended a wait, as the timeline keeps it. */
export interface Note {
  accountId: string
  noteId: string
  reason: SkipReason | 'resumed'
  amount: Money | null
  at: Date
}

const latestNews = `(select reason, at from auto_top_up_notes where account_id = $1
  union all select 'attempt', created_at from auto_top_up_attempts where account_id = $1 order by at desc limit 1)`

/** Adds a note unless the timeline's latest entry says the same and is younger than `repeatAfterMs`. */
export async function insertNoteOnce(
  tx: Tx,
  { accountId, reason, amount, at }: Omit<Note, 'noteId'>,
  repeatAfterMs: number,
): Promise<void> {
  await tx.query(
    `insert into auto_top_up_notes (account_id, note_id, reason, amount, currency, at)
     select account_id, $2, $3, $4, currency, $5 from accounts
      where account_id = $1 and not exists (select 1 from ${latestNews} n where n.reason = $3 and n.at > $6)`,
    [accountId, newId(), reason, amount?.nanos ?? null, at, new Date(at.getTime() - repeatAfterMs)],
  )
}

/** Notes of an account, or of all, newest first. */
export async function readNotes(
  tx: Tx,
  { accountId, before, limit }: { accountId: string | null; before: Date | null; limit: number },
): Promise<Note[]> {
  const { rows } = await tx.query(
    `select account_id, note_id, reason, amount, currency, at from auto_top_up_notes
      where ($1::uuid is null or account_id = $1) and ($2::timestamptz is null or at < $2)
      order by at desc, note_id desc limit $3`,
    [accountId, before, limit],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    noteId: row.note_id,
    reason: row.reason,
    amount: row.amount === null ? null : money(row.amount, row.currency),
    at: row.at,
  }))
}

/** Attempts of all accounts, or of one, newest first. */
export async function readActivity(
  tx: Tx,
  { accountId, before, limit }: { accountId: string | null; before: Date | null; limit: number },
): Promise<Attempt[]> {
  const { rows } = await tx.query(
    `${attemptSelect} where ($1::uuid is null or t.account_id = $1) and ($2::timestamptz is null or t.created_at < $2)
      order by t.created_at desc, t.attempt_id desc limit $3`,
    [accountId, before, limit],
  )
  return rows.map(attemptOf)
}

export async function readAccountNames(tx: Tx, accountIds: string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ account_id: string; name: string }>(
    'select account_id, name from accounts where account_id = any($1)',
    [accountIds],
  )
  return new Map(rows.map(({ account_id, name }) => [account_id, name]))
}

/** Whether the customer has bought by hand since an instant. */
export async function hasBoughtByHandSince(tx: Tx, accountId: string, since: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select 1 from purchases where account_id = $1 and origin = 'checkout' and state = 'paid' and paid_at > $2 limit 1`,
    [accountId, since],
  )
  return rowCount === 1
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
        and not exists (select 1 from accounts a where a.account_id = s.account_id and a.billing_mode = 'postpaid')
        and not exists (select 1 from auto_top_up_attempts t where t.account_id = s.account_id and t.state in ${open})`,
    [at],
  )
  return rows.map((row) => row.account_id)
}
