import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'

export type HoldState = 'open' | 'settled' | 'released' | 'expired'

export interface Hold {
  accountId: string
  holdId: string
  idempotencyKey: string
  requestHash: Buffer
  model: string | null
  amount: Money
  state: HoldState
  createdAt: Date
  expiresAt: Date
  closedAt: Date | null
  settleHash: Buffer | null
  charged: Money | null
}

interface HoldRow {
  account_id: string
  hold_id: string
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
}

const columns = `h.account_id, h.hold_id, h.idempotency_key, h.request_hash, h.model, h.amount, b.currency, h.state, h.created_at,
  h.expires_at, h.closed_at, h.settle_hash, h.charged`

const fromHolds = 'from holds h join account_balances b on b.account_id = h.account_id'

const readHold = (row: HoldRow): Hold => ({
  accountId: row.account_id,
  holdId: row.hold_id,
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
})

export async function findHold(tx: Tx, accountId: string, holdId: string): Promise<Hold | null> {
  const { rows } = await tx.query<HoldRow>(
    `select ${columns} ${fromHolds} where h.account_id = $1 and h.hold_id = $2`,
    [accountId, holdId],
  )
  return rows[0] ? readHold(rows[0]) : null
}

export async function findHoldByKey(tx: Tx, accountId: string, idempotencyKey: string): Promise<Hold | null> {
  const { rows } = await tx.query<HoldRow>(
    `select ${columns} ${fromHolds} where h.account_id = $1 and h.idempotency_key = $2`,
    [accountId, idempotencyKey],
  )
  return rows[0] ? readHold(rows[0]) : null
}

export async function insertHold(tx: Tx, hold: Hold): Promise<void> {
  await tx.query(
    `insert into holds (account_id, hold_id, idempotency_key, request_hash, model, amount, state, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      hold.accountId,
      hold.holdId,
      hold.idempotencyKey,
      hold.requestHash,
      hold.model,
      hold.amount.nanos,
      hold.state,
      hold.createdAt,
      hold.expiresAt,
    ],
  )
}

export async function closeHold(
  tx: Tx,
  hold: Hold,
  close: { state: Exclude<HoldState, 'open'>; at: Date; settleHash?: Buffer; charged?: Money },
): Promise<void> {
  await tx.query(
    `update holds set state = $3, closed_at = coalesce(closed_at, $4), settle_hash = $5, charged = $6
      where account_id = $1 and hold_id = $2`,
    [hold.accountId, hold.holdId, close.state, close.at, close.settleHash ?? null, close.charged?.nanos ?? null],
  )
}

/** The account's open holds whose time is over. */
export async function findOverdueHolds(tx: Tx, accountId: string, at: Date): Promise<Hold[]> {
  const { rows } = await tx.query<HoldRow>(
    `select ${columns} ${fromHolds} where h.account_id = $1 and h.state = 'open' and h.expires_at <= $2 order by h.expires_at`,
    [accountId, at],
  )
  return rows.map(readHold)
}

/** Accounts that have an open hold whose time is over. */
export async function findAccountsWithOverdueHolds(tx: Tx, at: Date, most: number): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select distinct account_id from holds where state = 'open' and expires_at <= $1 limit $2`,
    [at, most],
  )
  return rows.map((row) => row.account_id)
}
