import { newId } from '@/lib/core/ids'
import { query, type Tx } from '@/lib/edges/db'
import type { Role } from '../members/rules'
import type { Channel, Choice, NotificationKind } from './rules'

/**
 * Inserts the notification with the job that sends it, unless the account was told of this cause before. One statement, so
 * that it may travel with a transaction's last writes.
 */
export async function insertNotificationOnce(
  tx: Tx,
  row: { accountId: string; kind: NotificationKind; cause: string; facts: unknown; at: Date },
): Promise<void> {
  await tx.query(
    `with told as (
       insert into notifications (account_id, notification_id, kind, cause, facts, created_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (account_id, kind, cause) do nothing
       returning account_id, notification_id
     )
     select enqueue_job('send-notification', json_build_object('accountId', account_id, 'notificationId', notification_id), null, null)
       from told`,
    [row.accountId, newId(), row.kind, row.cause, JSON.stringify(row.facts), row.at],
  )
}

export interface NotificationRow {
  kind: NotificationKind
  facts: unknown
  createdAt: Date
  sentAt: Date | null
  accountName: string
  timeZone: string
}

export async function readNotification(accountId: string, notificationId: string): Promise<NotificationRow | null> {
  const rows = await query<NotificationRow>(
    `select n.kind, n.facts, n.created_at as "createdAt", n.sent_at as "sentAt", a.name as "accountName",
            a.time_zone as "timeZone"
       from notifications n join accounts a on a.account_id = n.account_id
      where n.account_id = $1 and n.notification_id = $2`,
    [accountId, notificationId],
  )
  return rows[0] ?? null
}

export async function saveSent(tx: Tx, accountId: string, notificationId: string, at: Date): Promise<void> {
  await tx.query(
    'update notifications set sent_at = $3 where account_id = $1 and notification_id = $2 and sent_at is null',
    [accountId, notificationId, at],
  )
}

/** A member who may be told, with what they chose. */
export interface Listener {
  userId: string
  email: string
  /** The language that they chose, else the one that their browser asked for. */
  locale: string | null
  role: Role
  choices: Choice[]
  /** Where their own messages go; null: nowhere, or given up. */
  webhookUrl: string | null
}

/** The account's members, or one of them, in a fixed order. */
export async function readListeners(accountId: string, onlyUserId: string | null): Promise<Listener[]> {
  return query<Listener>(
    `select m.user_id as "userId", u.email, coalesce(u.locale, u.browser_locale) as locale, m.role,
            coalesce((select json_agg(json_build_object('topic', c.topic, 'channel', c.channel, 'isOn', c.is_on))
                        from notification_choices c where c.account_id = m.account_id and c.user_id = m.user_id), '[]') as choices,
            (select w.url from notification_webhooks w
              where w.account_id = m.account_id and w.user_id = m.user_id and w.stopped_at is null) as "webhookUrl"
       from memberships m join users u on u.id = m.user_id
      where m.account_id = $1 and ($2::uuid is null or m.user_id = $2) order by u.email`,
    [accountId, onlyUserId],
  )
}

export async function saveChoices(tx: Tx, accountId: string, userId: string, choices: Choice[]): Promise<void> {
  await tx.query(
    `insert into notification_choices (account_id, user_id, topic, channel, is_on)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::boolean[])
     on conflict (account_id, user_id, topic, channel) do update set is_on = excluded.is_on`,
    [accountId, userId, choices.map((c) => c.topic), choices.map((c) => c.channel), choices.map((c) => c.isOn)],
  )
}

/** The member whose usage a budget limits: the member themselves, or the one that the key belongs to. */
export async function readLimitedUser(
  accountId: string,
  { scope, subjectId }: { scope: 'key' | 'member'; subjectId: string },
): Promise<string | null> {
  if (scope === 'member') return subjectId
  const rows = await query<{ userId: string | null }>(
    'select member_user_id as "userId" from api_keys where account_id = $1 and key_id = $2',
    [accountId, subjectId],
  )
  return rows[0]?.userId ?? null
}

/** Whether a budget of their own, or of a key of theirs, limits the member. */
export async function readIsLimited(accountId: string, userId: string): Promise<boolean> {
  const rows = await query(
    `select 1 from budgets b left join api_keys k on b.scope = 'key' and k.account_id = b.account_id and k.key_id = b.subject_id
      where b.account_id = $1 and $2 = case b.scope when 'member' then b.subject_id else k.member_user_id end limit 1`,
    [accountId, userId],
  )
  return rows.length > 0
}

/** Which deliveries of a notification are known to have arrived, as "user channel". */
export async function readDeliveries(accountId: string, notificationId: string): Promise<Set<string>> {
  const rows = await query<{ user_id: string; channel: Channel }>(
    'select user_id, channel from notification_deliveries where account_id = $1 and notification_id = $2',
    [accountId, notificationId],
  )
  return new Set(rows.map((row) => deliveryKey(row.user_id, row.channel)))
}

export const deliveryKey = (userId: string, channel: Channel): string => `${userId} ${channel}`

export async function saveDelivery(
  tx: Tx,
  row: { accountId: string; notificationId: string; userId: string; channel: Channel; at: Date },
): Promise<void> {
  await tx.query(
    `insert into notification_deliveries (account_id, notification_id, user_id, channel, sent_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [row.accountId, row.notificationId, row.userId, row.channel, row.at],
  )
}

export interface WebhookRow {
  url: string
  failures: number
  lastError: string | null
  lastTriedAt: Date | null
  stoppedAt: Date | null
}

export async function readWebhook(accountId: string, userId: string): Promise<WebhookRow | null> {
  const rows = await query<WebhookRow>(
    `select url, failures, last_error as "lastError", last_tried_at as "lastTriedAt", stopped_at as "stoppedAt"
       from notification_webhooks where account_id = $1 and user_id = $2`,
    [accountId, userId],
  )
  return rows[0] ?? null
}

/** Saving an address begins anew with it. */
export async function saveWebhookUrl(
  tx: Tx,
  row: { accountId: string; userId: string; url: string; at: Date },
): Promise<void> {
  await tx.query(
    `insert into notification_webhooks (account_id, user_id, url, created_at) values ($1, $2, $3, $4)
     on conflict (account_id, user_id) do update set
       url = excluded.url, failures = 0, last_error = null, last_tried_at = null, stopped_at = null`,
    [row.accountId, row.userId, row.url, row.at],
  )
}

/** Returns whether there was one. */
export async function deleteWebhook(tx: Tx, accountId: string, userId: string): Promise<boolean> {
  const { rows } = await tx.query(
    'delete from notification_webhooks where account_id = $1 and user_id = $2 returning user_id',
    [accountId, userId],
  )
  return rows.length > 0
}

/** Notes what came of a message, of the address that it went to: after `mostFailures` in a row the address is given up. */
export async function saveTry(
  tx: Tx,
  row: { accountId: string; userId: string; url: string; error: string | null; mostFailures: number; at: Date },
): Promise<void> {
  await tx.query(
    `update notification_webhooks set
       last_error = $4, last_tried_at = $6,
       failures = case when $4::text is null then 0 else failures + 1 end,
       stopped_at = case when $4::text is not null and failures + 1 >= $5 then coalesce(stopped_at, $6) end
      where account_id = $1 and user_id = $2 and url = $3`,
    [row.accountId, row.userId, row.url, row.error, row.mostFailures, row.at],
  )
}

export interface InboxRow {
  notificationId: string
  kind: NotificationKind
  facts: unknown
  createdAt: Date
}

/** The latest notifications of some kinds, newest first, that are for everybody or for the user. */
export async function readInbox(
  accountId: string,
  wanted: { userId: string; kinds: NotificationKind[]; since: Date; limit: number },
): Promise<InboxRow[]> {
  return query<InboxRow>(
    `select notification_id as "notificationId", kind, facts, created_at as "createdAt" from notifications
      where account_id = $1 and kind = any($2) and created_at >= $3
        and (facts->>'toUserId' is null or facts->>'toUserId' = $4)
      order by created_at desc, notification_id desc limit $5`,
    [accountId, wanted.kinds, wanted.since, wanted.userId, wanted.limit],
  )
}

export async function readReadUntil(accountId: string, userId: string): Promise<Date | null> {
  const rows = await query<{ at: Date }>(
    'select read_until as at from notification_reads where account_id = $1 and user_id = $2',
    [accountId, userId],
  )
  return rows[0]?.at ?? null
}

export async function saveReadUntil(accountId: string, userId: string, at: Date): Promise<void> {
  await query(
    `insert into notification_reads (account_id, user_id, read_until) values ($1, $2, $3)
     on conflict (account_id, user_id) do update set read_until = greatest(notification_reads.read_until, excluded.read_until)`,
    [accountId, userId, at],
  )
}

const usualThreshold = 5_000_000_000n

export interface Watch {
  threshold: bigint | null
  isLow: boolean | null
  crossings: number
}

/** Whether a contract lets the account's usage go beyond its credit. */
export async function readIsPostPaid(tx: Tx, accountId: string): Promise<boolean> {
  const { rows } = await tx.query<{ isPostPaid: boolean }>(
    `select credit_limit > 0 as "isPostPaid" from accounts where account_id = $1`,
    [accountId],
  )
  return rows[0]?.isPostPaid ?? false
}

/** The account's watch; as it is before anybody looked, when there is none. */
export async function readWatch(tx: Tx, accountId: string): Promise<Watch> {
  const { rows } = await tx.query<Watch>(
    `select threshold, is_low as "isLow", crossings from low_balance_watches where account_id = $1`,
    [accountId],
  )
  return rows[0] ?? { threshold: usualThreshold, isLow: null, crossings: 0 }
}

export async function saveWatch(tx: Tx, accountId: string, watch: Watch & { isLow: boolean }): Promise<void> {
  await tx.query(
    `insert into low_balance_watches (account_id, threshold, is_low, crossings) values ($1, $2, $3, $4)
     on conflict (account_id) do update set
       threshold = excluded.threshold, is_low = excluded.is_low, crossings = excluded.crossings`,
    [accountId, watch.threshold, watch.isLow, watch.crossings],
  )
}

/** Accounts whose credit has crossed their threshold, up or down, since it was last looked at. */
export async function readCrossed(limit: number): Promise<string[]> {
  const rows = await query<{ account_id: string }>(
    `select b.account_id from account_balances b left join low_balance_watches w on w.account_id = b.account_id
      where w.account_id is null or (w.threshold is not null and b.balance <= w.threshold) <> w.is_low limit $1`,
    [limit],
  )
  return rows.map((row) => row.account_id)
}

export async function readIsToppingUp(tx: Tx, accountId: string): Promise<boolean> {
  const { rows } = await tx.query<{ is_on: boolean }>(
    'select is_on and paused_reason is null as is_on from auto_top_up_settings where account_id = $1',
    [accountId],
  )
  return rows[0]?.is_on ?? false
}
