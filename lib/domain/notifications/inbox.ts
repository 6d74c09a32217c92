import type { Actor } from '@/lib/core/actor'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { requireRole } from '../members'
import { kindsOf, type NotificationKind, topics, wants } from './rules'
import { readInbox, readListeners, readReadUntil, saveReadUntil } from './store'

export interface InboxItemDto {
  notificationId: string
  kind: NotificationKind
  facts: Record<string, unknown>
  at: string
  isNew: boolean
}

export interface InboxDto {
  items: InboxItemDto[]
  newCount: number
}

const mostItems = 50
const keptDays = 90

/** What the signed-in member was told of this account in the last 90 days, by the topics they want here, newest first. */
export async function listInbox(actor: Actor, { accountId }: { accountId: string }): Promise<InboxDto> {
  await requireRole(actor, accountId, 'account:read')
  if (actor.kind !== 'user') return { items: [], newCount: 0 }
  const { userId } = actor
  const at = await now()
  const [[listener], readUntil] = await Promise.all([
    readListeners(accountId, userId),
    readReadUntil(accountId, userId),
  ])
  if (!listener) return { items: [], newCount: 0 }
  const kinds = topics.filter((topic) => wants(listener, topic, 'in_app')).flatMap((topic) => kindsOf(topic))
  const since = new Date(at.getTime() - keptDays * dayMs)
  const rows = await readInbox(accountId, { userId, kinds, since, limit: mostItems })
  const items = rows.map(({ notificationId, kind, facts, createdAt }) => ({
    notificationId,
    kind,
    facts: facts as Record<string, unknown>,
    at: createdAt.toISOString(),
    isNew: readUntil === null || createdAt > readUntil,
  }))
  return { items, newCount: items.filter(({ isNew }) => isNew).length }
}

/** Notes that the signed-in member has seen what there was until an instant. */
export async function markInboxRead(
  actor: Actor,
  { accountId, until }: { accountId: string; until: string },
): Promise<InboxDto> {
  await requireRole(actor, accountId, 'account:read')
  if (actor.kind === 'user') await saveReadUntil(accountId, actor.userId, new Date(until))
  return listInbox(actor, { accountId })
}
