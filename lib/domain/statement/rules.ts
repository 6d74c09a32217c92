/** What a statement shows and what is behind each of its lines. Pure; also runs in the browser. */
import { Refusal } from '@/lib/core/errors'
import { addDays, type DayKey, dayEnd, instantOf, isDay } from '@/lib/core/time'
import { type TransferKind, transferKinds } from '../ledger/rules'

/** The kinds as people filter by them. Every kind stands in one group. */
export const kindGroups = {
  added: ['signup_credit', 'purchase', 'auto_top_up', 'promotion', 'invoice_payment'],
  usage: ['usage'],
  refunds: ['refund', 'refund_reversed'],
  disputes: ['dispute_frozen', 'dispute_released', 'dispute_lost', 'dispute_won_back'],
  returned: ['promotion_returned', 'signup_credit_returned'],
  expired: ['expiry'],
} as const satisfies Record<string, readonly TransferKind[]>

export type KindGroup = keyof typeof kindGroups

/**
 * The kinds of a filter: names of kinds or of groups. None: every kind.
 * @throws Refusal `invalid_request` naming `kinds`
 */
export function parseKinds(names: string[]): TransferKind[] {
  const kinds = names.flatMap((name): readonly TransferKind[] => {
    if (Object.hasOwn(kindGroups, name)) return kindGroups[name as KindGroup]
    if (Object.hasOwn(transferKinds, name)) return [name as TransferKind]
    throw new Refusal('invalid_request', {
      field: 'kinds',
      message: `There are no movements of the kind "${name.slice(0, 40)}". Use ${Object.keys(kindGroups).join(', ')}, or ${Object.keys(transferKinds).join(', ')}.`,
    })
  })
  return [...new Set(kinds)]
}

/** The groups that a filter of kinds covers whole. */
export const groupsOf = (kinds: readonly TransferKind[]): KindGroup[] =>
  (Object.keys(kindGroups) as KindGroup[]).filter((group) =>
    kindGroups[group].every((kind) => (kinds as readonly string[]).includes(kind)),
  )

/**
 * The instants that the days of a statement begin and end at, both included, in the account's billing time zone.
 * @throws Refusal `invalid_request` naming `from` or `to`
 */
export function parseDays(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  zone: string,
): { startsAt: Date | null; endsAt: Date | null } {
  const startsAt = from ? dayEnd(addDays(requireDay(from, 'from'), -1), zone) : null
  const endsAt = to ? dayEnd(requireDay(to, 'to'), zone) : null
  if (startsAt && endsAt && endsAt <= startsAt) {
    throw new Refusal('invalid_request', { field: 'to', message: 'to is before from. Give the earlier day as from.' })
  }
  return { startsAt, endsAt }
}

function requireDay(text: string, field: string): DayKey {
  if (isDay(text) && text >= '2000-01-01' && text <= '2999-12-31') return text
  throw new Refusal('invalid_request', { field, message: `${field} must be a day such as 2026-11-21.` })
}

/**
 * The instant that a statement is as of: an instant with its offset, a wall-clock time in the billing time zone, or the end of a day.
 * @throws Refusal `invalid_request` naming `asOf`
 */
export function parseAsOf(text: string, zone: string): Date {
  if (isDay(text)) return new Date(dayEnd(requireDay(text, 'asOf'), zone).getTime() - 1)
  const instant = text.length <= 40 ? instantOf(text, zone) : null
  if (instant && instant.getTime() >= 0 && instant.getUTCFullYear() < 3000) return instant
  throw new Refusal('invalid_request', {
    field: 'asOf',
    message:
      'asOf must be a time such as 2026-11-21T14:30 (in the billing time zone) or 2026-11-21T14:30:00Z, or a day.',
  })
}

/** What made a movement, as far as its cause says. */
export type Behind =
  | { what: 'events'; model: string | null }
  | { what: 'purchase'; purchaseId: string }
  | { what: 'refund'; refundId: string }
  | { what: 'dispute'; disputeId: string }
  | { what: 'invoice'; invoiceId: string }
  | { what: 'grant'; grantId: string | null }
  | { what: 'unknown' }

/** Reads the cause of a movement: "purchase:<id>", "refund:<id>/<n>", "grant:<id>/<n>", "usage:<number>/<model>" … */
export function behindOf(kind: TransferKind, cause: string): Behind {
  const [, word = '', rest = ''] = /^([a-z_]+):(.*)$/.exec(cause) ?? []
  const id = rest.split('/')[0]!
  if (kind === 'usage') return { what: 'events', model: word === 'usage' ? rest.slice(id.length + 1) || null : null }
  if (word === 'purchase') return { what: 'purchase', purchaseId: id }
  if (word === 'refund') return { what: 'refund', refundId: id }
  if (word === 'invoice') return { what: 'invoice', invoiceId: id }
  if (word === 'dispute') return { what: 'dispute', disputeId: id }
  if (word === 'grant' || word === 'promotion') return { what: 'grant', grantId: id }
  if (word === 'signup') return { what: 'grant', grantId: null }
  return { what: 'unknown' }
}
