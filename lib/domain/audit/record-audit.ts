import { type Actor, actorName } from '@/lib/core/actor'
import { isId } from '@/lib/core/ids'
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
  const { accountId, actor, action, before, after, at } = entry
  const ip = actor.kind === 'system' ? null : (actor.ip ?? null)
  const row = { accountId, actor: actorName(actor), ip, action, before, after, at }
  await insertAuditEntry(tx, row, actor.kind === 'user' && isId(actor.userId) ? actor.userId : null)
}
