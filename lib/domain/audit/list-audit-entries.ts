import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { dayEnd, dayStart, isDay } from '@/lib/core/time'
import { requireRole } from '../members'
import { type AuditFilters, type AuditPlace, readActors, readEntries, readTimeZone, type StoredEntry } from './store'

export interface AuditQuery {
  accountId: string
  /** "user:<id>", or "system" for what no person did. */
  actor?: string | undefined
  /** An action such as "member.removed", or all of a kind: "member". */
  action?: string | undefined
  /** The first and the last day, "2026-11-21", in the account's billing time zone. */
  from?: string | undefined
  to?: string | undefined
}

export interface AuditEntryDto {
  entryId: string
  at: string
  /**
   * person: a member, or one who was; operator: one of the platform's staff, unnamed; system: the product itself, `name` says
   * which part.
   */
  actor:
    | { kind: 'person'; userId: string; email: string | null }
    | { kind: 'operator' }
    | { kind: 'system'; name: string }
  action: string
  before: unknown
  after: unknown
  ip: string | null
}

export interface AuditPageDto {
  entries: AuditEntryDto[]
  /** Where the next page begins; null: this is the last. */
  next: string | null
}

const pageLength = 50

/**
 * What was changed on the account, by whom, when and from where: the newest first, fifty at a time.
 * @throws Refusal `not_allowed`, `invalid_request` naming the filter that cannot be
 */
export async function listAuditEntries(
  actor: Actor,
  { accountId, before, ...asked }: AuditQuery & { before?: string | undefined },
): Promise<AuditPageDto> {
  await requireRole(actor, accountId, 'audit:read')
  const filters = await filtersOf({ accountId, ...asked })
  const rows = await readEntries(accountId, filters, { after: placeOf(before), limit: pageLength + 1 })
  const shown = rows.slice(0, pageLength)
  const last = shown.at(-1)
  return {
    entries: shown.map(toDto),
    next: rows.length > pageLength && last ? `${last.at.toISOString()}_${last.entryId}` : null,
  }
}

/** The people who stand in the log, for choosing one. */
export async function listAuditActors(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ actor: string; email: string }[]> {
  await requireRole(actor, accountId, 'audit:read')
  return readActors(accountId)
}

/** @throws Refusal `invalid_request` */
export async function filtersOf({ accountId, actor, action, from, to }: AuditQuery): Promise<AuditFilters> {
  if (actor && !/^(system|user:[0-9a-f-]{36})$/.test(actor)) throw wrong('actor', 'a person of the log, or "system"')
  if (action && !/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/.test(action)) throw wrong('action', 'an action of the log')
  if (from && !isDay(from)) throw wrong('from', 'a day such as 2026-11-21')
  if (to && !isDay(to)) throw wrong('to', 'a day such as 2026-11-21')
  const zone = from || to ? await readTimeZone(accountId) : 'UTC'
  return {
    actor: actor || null,
    action: action || null,
    from: from ? dayStart(from, zone) : null,
    until: to ? dayEnd(to, zone) : null,
  }
}

export function toDto(row: StoredEntry): AuditEntryDto {
  const { entryId, at, action, before, after } = row
  // Where the platform's staff works from is no business of the customer's.
  const ip = row.isOperator ? null : row.ip
  return { entryId, at: at.toISOString(), actor: actorOf(row), action, before, after, ip }
}

function actorOf({ actor, actorEmail, isOperator }: StoredEntry): AuditEntryDto['actor'] {
  const [kind, ...rest] = actor.split(':')
  const name = rest.join(':')
  if (kind !== 'user') return { kind: 'system', name: name || actor }
  return isOperator ? { kind: 'operator' } : { kind: 'person', userId: name, email: actorEmail }
}

function placeOf(before: string | undefined): AuditPlace | null {
  if (!before) return null
  const [at = '', entryId = ''] = before.split('_')
  const instant = new Date(at)
  if (Number.isNaN(instant.getTime()) || !isId(entryId)) throw wrong('before', 'the `next` of the page before')
  return { at: instant, entryId }
}

const wrong = (field: string, wanted: string): Refusal =>
  new Refusal('invalid_request', { field, message: `${field} must be ${wanted}.` })
