import { type Actor, actorName } from '@/lib/core/actor'
import type { Tx } from '@/lib/edges/db'
import { insertAuditEntry } from './store'

/**
 * Writes who did what, when, from where, before and after, in the transaction that does it: a change without its entry
 * cannot exist. `before` and `after` become JSON: money in them is a decimal string.
 */
export async function recordAudit(
  tx: Tx,
  entry: { accountId: string; actor: Actor; action: string; before?: unknown; after?: unknown; at: Date },
): Promise<void> {
  await insertAuditEntry(tx, {
    accountId: entry.accountId,
    actor: actorName(entry.actor),
    ip: entry.actor.kind === 'system' ? null : (entry.actor.ip ?? null),
    action: entry.action,
    before: entry.before,
    after: entry.after,
    at: entry.at,
  })
}
