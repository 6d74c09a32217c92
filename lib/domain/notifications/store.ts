import { newId } from '@/lib/core/ids'
import { query, type Tx } from '@/lib/edges/db'
import type { NotificationKind } from './rules'

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
  /** The address of the one member whom the facts name; null: nobody, or they left. */
  toEmail: string | null
}

export async function readNotification(accountId: string, notificationId: string): Promise<NotificationRow | null> {
  const rows = await query<NotificationRow>(
    `select n.kind, n.facts, n.created_at as "createdAt", n.sent_at as "sentAt", a.name as "accountName",
            a.time_zone as "timeZone",
            (select u.email from memberships m join users u on u.id = m.user_id
              where m.account_id = n.account_id and m.user_id = (n.facts->>'toUserId')::uuid) as "toEmail"
       from notifications n join accounts a on a.account_id = n.account_id
      where n.account_id = $1 and n.notification_id = $2`,
    [accountId, notificationId],
  )
  return rows[0] ?? null
}

export async function saveSent(accountId: string, notificationId: string, at: Date): Promise<void> {
  await query(
    'update notifications set sent_at = $3 where account_id = $1 and notification_id = $2 and sent_at is null',
    [accountId, notificationId, at],
  )
}
