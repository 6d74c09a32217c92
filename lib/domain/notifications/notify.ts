import type { Tx } from '@/lib/edges/db'
import type { NotificationFacts, NotificationKind } from './rules'
import { insertNotificationOnce } from './store'

/**
 * Tells the account something once per (kind, cause), whoever else says it too. The mail goes out after the caller's
 * transaction: it exists exactly when the fact does.
 */
export async function notify<Kind extends NotificationKind>(
  tx: Tx,
  notification: {
    accountId: string
    kind: Kind
    cause: string
    facts: NotificationFacts[Kind] & Record<string, unknown>
    at: Date
  },
): Promise<void> {
  await insertNotificationOnce(tx, notification)
}
