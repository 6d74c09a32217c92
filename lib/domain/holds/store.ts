import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import { availableColumn } from '../ledger'
import type { Hold, HoldKind, HoldState } from './rules'

interface HoldRow {
  account_id: string
  hold_id: string
  kind: HoldKind
  idempotency_key: string
  request_hash: Buffer
  model: string | null
  amount: bigint
  currency: string
  state: HoldState
  created_at: Date
  expires_at: Date
  closed_at: Date | null
  settle_hash: Buffer | null
  charged: bigint | null
  reported_model: string | null
  reported_input_tokens: number | null
  reported_cached_input_tokens: number | null
  reported_output_tokens: number | null
  extend_key: string | null
  extend_hash: Buffer | null
  key_id: string | null
  member_id: string | null
  tag: string | null
  reserved_minute: Date | null
  reserved_prompt: bigint | null
  reserved_uncached: bigint | null
  reserved_generated: bigint | null
}

const columns = `h.account_id, h.hold_id, h.kind, h.idempotency_key, h.request_hash, h.model, h.amount, h.state, h.created_at,
  (select currency from accounts a where a.account_id = h.account_id) as currency, h.expires_at, h.closed_at, h.settle_hash, h.charged, h.reported_model, h.reported_input_tokens,
  h.reported_cached_input_tokens, h.reported_output_tokens, h.extend_key, h.extend_hash, h.key_id, h.member_id, h.tag,
  h.reserved_minute, h.reserved_prompt, h.reserved_uncached, h.reserved_generated`

const readHold = (row: HoldRow): Hold => ({
  accountId: row.account_id,
  holdId: row.hold_id,
  kind: row.kind,
  idempotencyKey: row.idempotency_key,
  requestHash: row.request_hash,
  model: row.model,
  amount: money(row.amount, row.currency),
  state: row.state,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  closedAt: row.closed_at,
  settleHash: row.settle_hash,
  charged: row.charged === null ? null : money(row.charged, row.currency),
  reported:
    row.reported_model === null
      ? null
      : {
          model: row.reported_model,
          inputTokens: BigInt(row.reported_input_tokens ?? 0),
          cachedInputTokens: BigInt(row.reported_cached_input_tokens ?? 0),
          outputTokens: BigInt(row.reported_output_tokens ?? 0),
        },
  extendKey: row.extend_key,
  extendHash: row.extend_hash,
  keyId: row.key_id,
  memberId: row.member_id,
  tag: row.tag,
  reserved: row.reserved_minute && {
    minute: row.reserved_minute,
    counts: {
      prompt: Number(row.reserved_prompt),
      uncached: Number(row.reserved_uncached),
      generated: Number(row.reserved_generated),
    },
  },
})

/** Overdue holds that one request closes; the next ones close the rest. */
const mostExpired = 1000

/** The holds of these ids, and the open ones of their accounts whose time is over. */
export async function readHolds(
  tx: Tx,
  wanted: { accountId: string; holdId: string }[],
  accountIds: string[],
  at: Date,
): Promise<Hold[]> {
  const { rows } = await tx.query<HoldRow>(
    `select ${columns}
       from unnest($1::uuid[], $2::uuid[]) as w(account_id, hold_id)
       join lateral (
         select * from holds h where h.account_id = w.account_id and h.hold_id = w.hold_id limit 1
       ) h on true
     union all
     select ${columns}
       from unnest($3::uuid[]) as w(account_id)
       join lateral (
         select * from holds h where h.account_id = w.account_id and h.state = 'open' and h.expires_at <= $4
          order by h.expires_at limit ${mostExpired}
       ) h on true`,
    [
      plainColumn(wanted.map((w) => w.accountId)),
      plainColumn(wanted.map((w) => w.holdId)),
      plainColumn(accountIds),
      at,
    ],
  )
  return rows.map(readHold)
}

/** Writes new holds, and what may change of the others. Returns the write on its way. */
export const saveHolds = (tx: Tx, holds: Hold[]): Promise<unknown> =>
  tx.query(
    `insert into holds (account_id, hold_id, kind, idempotency_key, request_hash, model, amount, state, created_at, expires_at,
                        closed_at, settle_hash, charged, reported_model, reported_input_tokens, reported_cached_input_tokens,
                        reported_output_tokens, extend_key, extend_hash, key_id, member_id, tag,
                        reserved_minute, reserved_prompt, reserved_uncached, reserved_generated)
     select account_id, hold_id, kind, idempotency_key, decode(request_hash, 'hex'), model, amount, state, created_at, expires_at,
            closed_at, decode(settle_hash, 'hex'), charged, reported_model, reported_input, reported_cached, reported_output,
            extend_key, decode(extend_hash, 'hex'), key_id, member_id, tag, reserved_minute, reserved_prompt, reserved_uncached,
            reserved_generated
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                   $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::bigint[], $14::text[], $15::int[],
                   $16::int[], $17::int[], $18::text[], $19::text[], $20::uuid[], $21::uuid[], $22::text[],
                   $23::timestamptz[], $24::bigint[], $25::bigint[], $26::bigint[])
         as n(account_id, hold_id, kind, idempotency_key, request_hash, model, amount, state, created_at, expires_at, closed_at,
              settle_hash, charged, reported_model, reported_input, reported_cached, reported_output, extend_key, extend_hash,
              key_id, member_id, tag, reserved_minute, reserved_prompt, reserved_uncached, reserved_generated)
     on conflict (account_id, hold_id) do update set
       amount = excluded.amount, state = excluded.state, expires_at = excluded.expires_at, closed_at = excluded.closed_at,
       settle_hash = excluded.settle_hash, charged = excluded.charged, reported_model = excluded.reported_model,
       reported_input_tokens = excluded.reported_input_tokens,
       reported_cached_input_tokens = excluded.reported_cached_input_tokens,
       reported_output_tokens = excluded.reported_output_tokens,
       extend_key = excluded.extend_key, extend_hash = excluded.extend_hash,
       reserved_minute = excluded.reserved_minute, reserved_prompt = excluded.reserved_prompt,
       reserved_uncached = excluded.reserved_uncached, reserved_generated = excluded.reserved_generated`,
    [
      plainColumn(holds.map((h) => h.accountId)),
      plainColumn(holds.map((h) => h.holdId)),
      plainColumn(holds.map((h) => h.kind)),
      textColumn(holds.map((h) => h.idempotencyKey)),
      plainColumn(holds.map((h) => hex(h.requestHash))),
      textColumn(holds.map((h) => h.model)),
      plainColumn(holds.map((h) => h.amount.nanos)),
      plainColumn(holds.map((h) => h.state)),
      timeColumn(holds.map((h) => h.createdAt)),
      timeColumn(holds.map((h) => h.expiresAt)),
      timeColumn(holds.map((h) => h.closedAt)),
      plainColumn(holds.map((h) => h.settleHash && hex(h.settleHash))),
      plainColumn(holds.map((h) => h.charged?.nanos ?? null)),
      textColumn(holds.map((h) => h.reported?.model ?? null)),
      plainColumn(holds.map((h) => h.reported?.inputTokens ?? null)),
      plainColumn(holds.map((h) => h.reported?.cachedInputTokens ?? null)),
      plainColumn(holds.map((h) => h.reported?.outputTokens ?? null)),
      textColumn(holds.map((h) => h.extendKey)),
      plainColumn(holds.map((h) => h.extendHash && hex(h.extendHash))),
      plainColumn(holds.map((h) => h.keyId)),
      plainColumn(holds.map((h) => h.memberId)),
      textColumn(holds.map((h) => h.tag)),
      timeColumn(holds.map((h) => h.reserved?.minute ?? null)),
      plainColumn(holds.map((h) => h.reserved?.counts.prompt ?? null)),
      plainColumn(holds.map((h) => h.reserved?.counts.uncached ?? null)),
      plainColumn(holds.map((h) => h.reserved?.counts.generated ?? null)),
    ],
  )

const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/** Accounts that have an open hold whose time is over. */
export async function findAccountsWithOverdueHolds(tx: Tx, at: Date, most: number): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select distinct account_id from holds where state = 'open' and expires_at <= $1 limit $2`,
    [at, most],
  )
  return rows.map((row) => row.account_id)
}

/** A hold without a lock, with what its account has left. */
export async function readHoldNow(
  tx: Tx,
  accountId: string,
  holdId: string,
): Promise<{ hold: Hold; available: Money } | null> {
  const { rows } = await tx.query<HoldRow & { available: bigint }>(
    `select ${columns}, ${availableColumn} as available
       from holds h join account_balances b on b.account_id = h.account_id
      where h.account_id = $1 and h.hold_id = $2`,
    [accountId, holdId],
  )
  const row = rows[0]
  return row ? { hold: readHold(row), available: money(row.available, row.currency) } : null
}
