import { stringify } from 'csv-stringify/sync'
import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { formatMoney, money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../budgets'
import { noAccount } from '../ledger'
import { requireRole } from '../members'
import type { ProofTransfer } from './proof/rules'
import { parseDays, parseKinds } from './rules'
import { historyUpTo, readBookHead, readSeqAt } from './store'

export const csvColumns = [
  'number',
  'posted_at',
  'kind',
  'cause',
  'from',
  'to',
  'amount',
  'currency',
  'balance_after',
  'hash',
] as const

/**
 * The movements of a range as CSV (RFC 4180, UTF-8), oldest first: exact amounts with their sign, and the balance after each. A
 * text that a spreadsheet would take for a formula gets an apostrophe before it.
 * @throws Refusal `invalid_request` naming `from`, `to` or `kinds`; `not_found`, `not_allowed`, `sign_in_required`
 */
export async function exportCsv(
  actor: Actor,
  input: { accountId: string; from?: string | undefined; to?: string | undefined; kinds?: string[] | undefined },
): Promise<Download> {
  const { accountId } = input
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [zone, head] = await Promise.all([billingZone(pool(), accountId, at), readBookHead(accountId)])
  if (!head) throw noAccount(accountId)
  const kinds = new Set<string>(parseKinds(input.kinds ?? []))
  const { startsAt, endsAt } = parseDays(input, zone)
  const [after, upTo] = await Promise.all([
    startsAt ? readSeqAt(accountId, new Date(startsAt.getTime() - 1)) : 0n,
    endsAt ? readSeqAt(accountId, new Date(endsAt.getTime() - 1)) : head.seq,
  ])
  return {
    fileName: `purse-statement-${input.from ?? 'start'}-${input.to ?? at.toISOString().slice(0, 10)}.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: csvChunks(accountId, { after, upTo }, kinds),
  }
}

async function* csvChunks(
  accountId: string,
  { after, upTo }: { after: bigint; upTo: bigint },
  kinds: Set<string>,
): AsyncGenerator<string> {
  yield stringify([[...csvColumns]], { record_delimiter: 'windows' })
  for await (const transfers of historyUpTo(accountId, upTo, after + 1n)) {
    const wanted = kinds.size === 0 ? transfers : transfers.filter(({ kind }) => kinds.has(kind))
    if (wanted.length > 0) yield stringify(wanted.map(csvRow), { record_delimiter: 'windows' })
  }
}

function csvRow(t: ProofTransfer): string[] {
  const text = (nanos: bigint) => formatMoney(money(nanos, t.currency))
  const amount = BigInt(t.amount)
  return [
    String(t.seq),
    t.at,
    harmless(t.kind),
    harmless(t.cause),
    harmless(t.from),
    harmless(t.to),
    text(t.to === 'credit' ? amount : -amount),
    t.currency,
    text(BigInt(t.balance)),
    t.hash,
  ]
}

/** Spreadsheets take a text that begins so for a formula and run it. Figures are ours, and stay figures. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
