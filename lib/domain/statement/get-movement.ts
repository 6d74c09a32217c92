import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../budgets'
import type { GrantSource } from '../grants/rules'
import { noAccount } from '../ledger'
import { requireRole } from '../members'
import { readModelNames } from '../prices'
import { linesOf, type StatementLine } from './get-statement'
import { noHash } from './proof/rules'
import { readBookHead, readEventsOf, readHistory, readMovements } from './store'

export interface MovementDetailDto extends StatementLine {
  timeZone: string
  fromBucket: string
  toBucket: string
  balanceBefore: string
  hash: string
  previousHash: string
  /** The grant that it brought. */
  grant: { grantId: string; source: GrantSource; amount: string } | null
  /** What it took from grants; below zero: what it gave back. */
  draws: { grantId: string; source: GrantSource; amount: string }[]
  /** What no grant covered (it became a debt), or below zero: what of an older debt it paid. */
  beyondGrants: string
  /** The events that it charged, in a fixed order. Empty for other movements, and where the month's events are archived. */
  events: {
    eventKey: string
    eventId: string | null
    /** What its model is called. */
    modelName: string
    inputTokens: number
    cachedInputTokens: number
    outputTokens: number
    amount: string
    at: string
  }[]
  /** Pass it on as `after` for the events that follow; null at the end. */
  nextEvent: string | null
}

const eventsAtOnce = 100

/**
 * One movement with everything behind it: its purchase, refund, dispute or events, and the grants that it moved.
 * @throws Refusal `not_found`, `invalid_request` naming `after`; `not_allowed`, `sign_in_required`
 */
export async function getMovement(
  actor: Actor,
  { accountId, seq: text, after }: { accountId: string; seq: string; after?: string | undefined },
): Promise<MovementDetailDto> {
  await requireRole(actor, accountId, 'account:read')
  if (after !== undefined && !isId(after)) {
    throw new Refusal('invalid_request', { field: 'after', message: 'after is not the key of an event.' })
  }
  const seq = /^[1-9]\d{0,17}$/.test(text) ? BigInt(text) : 0n
  const [zone, head, history, rows] = await Promise.all([
    billingZone(pool(), accountId, await now()),
    readBookHead(accountId),
    readHistory(accountId, seq - 1n, seq),
    readMovements(accountId, { above: seq - 1n, below: seq + 1n, kinds: [], order: 'newest', limit: 1 }),
  ])
  if (!head) throw noAccount(accountId)
  const entry = history.find((each) => each.seq === Number(seq))
  const row = rows[0]
  if (!entry || !row) throw new Refusal('not_found', { message: `There is no movement ${text.slice(0, 20)}.` })
  const previous = history.find((each) => each.seq === Number(seq) - 1)

  const [[line], names, events] = await Promise.all([
    linesOf(accountId, [row], head),
    readModelNames(),
    row.kind === 'usage' ? readEventsOf(accountId, row, { after: after ?? null, limit: eventsAtOnce + 1 }) : [],
  ])
  const sources = new Map(head.grants.map(({ grantId, source }) => [grantId, source]))
  const amountOf = (nanos: bigint) => formatMoney(money(nanos, row.currency))
  const signed = row.balanceAfter - BigInt(previous?.balance ?? 0)
  const drawn = entry.draws.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  return {
    ...line!,
    timeZone: zone,
    fromBucket: entry.from,
    toBucket: entry.to,
    balanceBefore: amountOf(BigInt(previous?.balance ?? 0)),
    hash: entry.hash,
    previousHash: previous?.hash ?? noHash,
    grant: entry.grant && {
      grantId: entry.grant.id,
      source: entry.grant.source as GrantSource,
      amount: amountOf(BigInt(entry.grant.amount)),
    },
    draws: entry.draws.map(({ grant, amount }) => ({
      grantId: grant,
      source: sources.get(grant) ?? 'adjustment',
      amount: amountOf(BigInt(amount)),
    })),
    beyondGrants: amountOf(BigInt(entry.grant?.amount ?? 0) - drawn - signed),
    events: events.slice(0, eventsAtOnce).map(({ model, amount, at, ...event }) => ({
      ...event,
      modelName: names.get(model) ?? model,
      amount: amountOf(amount),
      at: at.toISOString(),
    })),
    nextEvent: events.length > eventsAtOnce ? events[eventsAtOnce - 1]!.eventKey : null,
  }
}
