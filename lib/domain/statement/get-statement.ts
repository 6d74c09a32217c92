import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../budgets'
import type { GrantSource } from '../grants/rules'
import { noAccount } from '../ledger'
import { signedAmount, type TransferKind, transferKinds } from '../ledger/rules'
import { requireRole } from '../members'
import { readModelNames } from '../prices'
import type { ShownBook } from './proof/rules'
import { type Behind, behindOf, parseAsOf, parseDays, parseKinds } from './rules'
import {
  type BookHead,
  type MovementRow,
  readAccountOf,
  readBalanceAfter,
  readBookHead,
  readDrawn,
  readMovements,
  readPaymentsBehind,
  readSeqAt,
  readTotals,
} from './store'

export interface StatementLine {
  seq: string
  kind: TransferKind
  cause: string
  /** What made it; of a refund or a dispute also the purchase, or the invoice, whose payment it is of; of usage what its model is called. */
  behind: Behind & { purchaseId?: string; invoiceId?: string; modelName?: string }
  /** Where the credit had come from that expired; null for other movements. */
  source: GrantSource | null
  /** With its sign. */
  amount: string
  balanceAfter: string
  postedAt: string
}

export interface GrantThen {
  grantId: string
  source: GrantSource
  amount: string
  left: string
  grantedAt: string
  expiresAt: string | null
}

export interface StatementDto {
  accountName: string
  timeZone: string
  currency: string
  /** Whether the account ever had a movement. */
  hasMovements: boolean
  /** The instant that the statement is as of; null: now. */
  asOf: string | null
  /** The balance at that instant, by the ledger alone. */
  balance: string
  /** The last movement until then; "0" when there was none. */
  seq: string
  /** What each grant had left at that instant: those that had something, oldest first. */
  grants: GrantThen[]
  /** The movements of the range, whatever their kind: what it began with, what came and went, and what it ended with. */
  range: {
    from: string | null
    to: string | null
    opening: string
    moneyIn: string
    moneyOut: string
    closing: string
    count: number
    kinds: { kind: TransferKind; count: number; amount: string }[]
  }
  lines: StatementLine[]
  /** Pass it on as `cursor` for the lines that follow; null at the end. */
  next: string | null
  /** The books of this moment: what a proof that is made from now on must lead to. */
  book: ShownBook
}

const mostLines = 1000

export interface StatementInput {
  accountId: string
  /** "2026-11-21T14:30" in the billing time zone, an instant with its offset, or a day (its end). */
  asOf?: string | undefined
  /** Days in the billing time zone, both included. */
  from?: string | undefined
  to?: string | undefined
  /** Kinds or groups of them; none: all. */
  kinds?: string[] | undefined
  cursor?: string | undefined
  order?: 'newest' | 'oldest' | undefined
  limit?: number | undefined
}

/**
 * The account's movements with the balance after each, what the range began and ended with, and what every grant had left at
 * any past moment.
 * @throws Refusal `invalid_request` naming the field; `not_found`, `not_allowed`, `sign_in_required`
 */
export async function getStatement(actor: Actor, input: StatementInput): Promise<StatementDto> {
  const { accountId } = input
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [zone, account, head] = await Promise.all([
    billingZone(pool(), accountId, at),
    readAccountOf(accountId),
    readBookHead(accountId),
  ])
  if (!account || !head) throw noAccount(accountId)

  const kinds = parseKinds(input.kinds ?? [])
  const asOf = input.asOf ? parseAsOf(input.asOf, zone) : null
  const { startsAt, endsAt } = parseDays(input, zone)
  const lastSeq = asOf ? await readSeqAt(accountId, asOf) : head.seq
  const [after, upTo] = await Promise.all([
    startsAt ? readSeqAt(accountId, justBefore(startsAt)) : 0n,
    endsAt ? readSeqAt(accountId, justBefore(endsAt)) : lastSeq,
  ])
  const last = least(upTo, lastSeq)
  const first = least(after, last)

  const order = input.order ?? 'newest'
  const limit = Math.min(Math.max(input.limit ?? 50, 1), mostLines)
  const bounds = { above: first, below: last + 1n }
  if (input.cursor !== undefined) bounds[order === 'newest' ? 'below' : 'above'] = parseCursor(input.cursor, bounds)
  const [rows, drawn, balance, range] = await Promise.all([
    readMovements(accountId, { ...bounds, kinds, order, limit: limit + 1 }),
    lastSeq === head.seq ? null : readDrawn(accountId, lastSeq, head),
    lastSeq === head.seq ? head.balance : readBalanceAfter(accountId, lastSeq),
    readRange(accountId, { first, last, currency: head.currency }),
  ])
  const shown = rows.slice(0, limit)
  const text = (nanos: bigint) => formatMoney(money(nanos, head.currency))
  return {
    accountName: account.name,
    timeZone: zone,
    currency: head.currency,
    hasMovements: head.seq > 0n,
    asOf: asOf?.toISOString() ?? null,
    balance: text(balance),
    seq: lastSeq.toString(),
    grants: grantsThen(head, lastSeq, drawn),
    range: { from: input.from ?? null, to: input.to ?? null, ...range },
    lines: await linesOf(accountId, shown, head),
    next: rows.length > limit ? shown.at(-1)!.seq.toString() : null,
    book: {
      seq: Number(head.seq),
      hash: head.hash,
      balance: head.balance.toString(),
      grants: head.grants
        .filter(({ left }) => left !== 0n)
        .map(({ grantId, left }) => ({ grant: grantId, left: left.toString() })),
    },
  }
}

const justBefore = (instant: Date): Date => new Date(instant.getTime() - 1)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

function parseCursor(text: string, { above, below }: { above: bigint; below: bigint }): bigint {
  const seq = /^\d{1,18}$/.test(text) ? BigInt(text) : -1n
  if (seq > above && seq < below) return seq
  throw new Refusal('invalid_request', {
    field: 'cursor',
    message: 'cursor is not of this statement. Begin again without it.',
  })
}

/**
 * What the range adds up to. Usage is what is left when everything else is taken from the difference of the balances: it may be
 * millions of transfers, and numbers and running balances say the same.
 */
async function readRange(
  accountId: string,
  { first, last, currency }: { first: bigint; last: bigint; currency: string },
): Promise<Omit<StatementDto['range'], 'from' | 'to'>> {
  const [opening, closing, totals] = await Promise.all([
    readBalanceAfter(accountId, first),
    readBalanceAfter(accountId, last),
    readTotals(accountId, first, last),
  ])
  const others = totals.reduce((sum, { kind, nanos }) => sum + signedAmount(kind, nanos), 0n)
  const usage = {
    kind: 'usage' as const,
    count: Number(last - first) - totals.reduce((sum, { count }) => sum + count, 0),
    nanos: opening + others - closing,
  }
  const all = [...(usage.count > 0 ? [usage] : []), ...totals]
  const text = (nanos: bigint) => formatMoney(money(nanos, currency))
  const sumOf = (isIn: boolean) =>
    all.filter(({ kind }) => (transferKinds[kind][1] === 'credit') === isIn).reduce((sum, { nanos }) => sum + nanos, 0n)
  const order = Object.keys(transferKinds)
  return {
    opening: text(opening),
    moneyIn: text(sumOf(true)),
    moneyOut: text(sumOf(false)),
    closing: text(closing),
    count: Number(last - first),
    kinds: all
      .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
      .map(({ kind, count, nanos }) => ({ kind, count, amount: text(signedAmount(kind, nanos)) })),
  }
}

function grantsThen(head: BookHead, lastSeq: bigint, drawn: Map<string, bigint> | null): GrantThen[] {
  const text = (nanos: bigint) => formatMoney(money(nanos, head.currency))
  return head.grants
    .filter(({ transferSeq }) => transferSeq <= lastSeq)
    .map((grant) => ({ ...grant, left: drawn ? grant.amount - (drawn.get(grant.grantId) ?? 0n) : grant.left }))
    .filter(({ left }) => left !== 0n)
    .map((grant) => ({
      grantId: grant.grantId,
      source: grant.source,
      amount: text(grant.amount),
      left: text(grant.left),
      grantedAt: grant.grantedAt.toISOString(),
      expiresAt: grant.expiresAt?.toISOString() ?? null,
    }))
}

/** The rows as lines, each with what is behind it. */
export async function linesOf(accountId: string, rows: MovementRow[], head: BookHead): Promise<StatementLine[]> {
  const causes = rows.map(({ kind, cause }) => behindOf(kind, cause))
  const ids = causes.flatMap((behind) =>
    behind.what === 'refund' ? [behind.refundId] : behind.what === 'dispute' ? [behind.disputeId] : [],
  )
  const [payments, names] = await Promise.all([readPaymentsBehind(accountId, [...new Set(ids)]), readModelNames()])
  const sources = new Map(head.grants.map(({ grantId, source }) => [grantId, source]))
  const bySeq = new Map(head.grants.map((grant) => [grant.transferSeq, grant]))
  return rows.map((row, index) => {
    let behind: StatementLine['behind'] = causes[index]!
    const of = behind.what === 'refund' ? behind.refundId : behind.what === 'dispute' ? behind.disputeId : null
    if (of !== null) behind = { ...behind, ...payments.get(of) }
    if (behind.what === 'events' && behind.model) {
      behind = { ...behind, modelName: names.get(behind.model) ?? behind.model }
    }
    if (behind.what === 'grant' && behind.grantId === null) {
      behind = { what: 'grant', grantId: bySeq.get(row.seq)?.grantId ?? null }
    }
    const grantId = behind.what === 'grant' ? behind.grantId : null
    return {
      seq: row.seq.toString(),
      kind: row.kind,
      cause: row.cause,
      behind,
      source: row.kind === 'expiry' && grantId ? (sources.get(grantId) ?? null) : null,
      amount: formatMoney(money(signedAmount(row.kind, row.amount), row.currency)),
      balanceAfter: formatMoney(money(row.balanceAfter, row.currency)),
      postedAt: row.postedAt.toISOString(),
    }
  })
}
