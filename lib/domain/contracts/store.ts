/** Contracts' only SQL. */
import { type Money, money } from '@/lib/core/money'
import { query, type Tx } from '@/lib/edges/db'
import type { BillingMode, Collection, PostPaidRequestState, Terms } from './rules'

export interface ContractRow extends Terms {
  accountId: string
  contractId: string
  startedAt: Date
  startedBy: string
  billedUntil: Date
  billedSeq: bigint
  nextCloseAt: Date
  endedAt: Date | null
  endedBy: string | null
}

// biome-ignore lint/suspicious/noExplicitAny: one row of the table, read at this one place
const contractOf = (row: any): ContractRow => ({
  accountId: row.account_id,
  contractId: row.contract_id,
  creditLimit: money(row.credit_limit, row.currency),
  paymentTermsDays: row.payment_terms_days,
  collection: row.collection as Collection,
  poNumber: row.po_number,
  note: row.note,
  startedAt: row.started_at,
  startedBy: row.started_by,
  billedUntil: row.billed_until,
  billedSeq: row.billed_seq,
  nextCloseAt: row.next_close_at,
  endedAt: row.ended_at,
  endedBy: row.ended_by,
})

/** The contract in force. Under the balance lock nobody else changes it. */
export async function findContract(tx: Tx, accountId: string): Promise<ContractRow | null> {
  const { rows } = await tx.query('select * from contracts where account_id = $1 and ended_at is null', [accountId])
  return rows[0] ? contractOf(rows[0]) : null
}

/** Every contract of an account, newest first. */
export async function readContracts(tx: Tx, accountId: string): Promise<ContractRow[]> {
  const { rows } = await tx.query('select * from contracts where account_id = $1 order by started_at desc', [accountId])
  return rows.map(contractOf)
}

export async function insertContract(tx: Tx, row: Omit<ContractRow, 'endedAt' | 'endedBy'>): Promise<void> {
  await tx.query(
    `insert into contracts (account_id, contract_id, credit_limit, currency, payment_terms_days, collection, po_number, note,
                            started_at, started_by, billed_until, billed_seq, next_close_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.accountId,
      row.contractId,
      row.creditLimit.nanos,
      row.creditLimit.currency,
      row.paymentTermsDays,
      row.collection,
      row.poNumber,
      row.note,
      row.startedAt,
      row.startedBy,
      row.billedUntil,
      row.billedSeq,
      row.nextCloseAt,
    ],
  )
}

export async function saveTerms(tx: Tx, { accountId, contractId }: ContractRow, terms: Terms): Promise<void> {
  await tx.query(
    `update contracts set credit_limit = $3, payment_terms_days = $4, collection = $5, po_number = $6, note = $7
      where account_id = $1 and contract_id = $2`,
    [
      accountId,
      contractId,
      terms.creditLimit.nanos,
      terms.paymentTermsDays,
      terms.collection,
      terms.poNumber,
      terms.note,
    ],
  )
}

/** How far invoices have come. */
export async function saveBilled(
  tx: Tx,
  { accountId, contractId }: ContractRow,
  billed: { billedUntil: Date; billedSeq: bigint; nextCloseAt: Date },
): Promise<void> {
  await tx.query(
    `update contracts set billed_until = $3, billed_seq = $4, next_close_at = $5 where account_id = $1 and contract_id = $2`,
    [accountId, contractId, billed.billedUntil, billed.billedSeq, billed.nextCloseAt],
  )
}

/** Post-paid accounts whose billing month is over, the longest over first. */
export async function findToClose(at: Date, most: number): Promise<string[]> {
  const rows = await query<{ account_id: string }>(
    'select account_id from contracts where ended_at is null and next_close_at <= $1 order by next_close_at limit $2',
    [at, most],
  )
  return rows.map((row) => row.account_id)
}

/** The number of the account's latest transfer. */
export async function readLastSeq(tx: Tx, accountId: string): Promise<bigint> {
  const { rows } = await tx.query<{ last_seq: bigint }>('select last_seq from account_balances where account_id = $1', [
    accountId,
  ])
  return rows[0]!.last_seq
}

export async function closeContract(
  tx: Tx,
  { accountId, contractId }: ContractRow,
  end: { at: Date; by: string },
): Promise<void> {
  await tx.query(`update contracts set ended_at = $3, ended_by = $4 where account_id = $1 and contract_id = $2`, [
    accountId,
    contractId,
    end.at,
    end.by,
  ])
}

/** What the gate reads: under the balance lock, so that no decision is in between. */
export async function saveBillingMode(
  tx: Tx,
  accountId: string,
  { mode, creditLimit }: { mode: BillingMode; creditLimit: Money },
): Promise<void> {
  await tx.query('update accounts set billing_mode = $2, credit_limit = $3 where account_id = $1', [
    accountId,
    mode,
    creditLimit.nanos,
  ])
}

export interface AccountBilling {
  mode: BillingMode
  creditLimit: Money
  pausedForPaymentSince: Date | null
}

/** How an account is billed; null when there is no such account. */
export async function readAccountBilling(tx: Tx, accountId: string): Promise<AccountBilling | null> {
  const { rows } = await tx.query<{
    billing_mode: BillingMode
    credit_limit: bigint
    currency: string
    payment_paused_at: Date | null
  }>('select billing_mode, credit_limit, currency, payment_paused_at from accounts where account_id = $1', [accountId])
  const row = rows[0]
  return row
    ? {
        mode: row.billing_mode,
        creditLimit: money(row.credit_limit, row.currency),
        pausedForPaymentSince: row.payment_paused_at,
      }
    : null
}

export interface PostPaidRequestRow {
  accountId: string
  accountName: string
  requestId: string
  askedBy: string
  askedByName: string
  expectedMonthly: Money
  note: string
  state: PostPaidRequestState
  decidedAt: Date | null
  decisionNote: string | null
  createdAt: Date
}

const requestSelect = `
  select r.account_id, a.name as account_name, r.request_id, r.asked_by, coalesce(nullif(u.name, ''), u.email, '') as asked_by_name,
         r.expected_monthly, r.currency, r.note, r.state, r.decided_at, r.decision_note, r.created_at
    from postpaid_requests r
    join accounts a on a.account_id = r.account_id
    left join users u on u.id = r.asked_by`

// biome-ignore lint/suspicious/noExplicitAny: one row of the statement above, read at this one place
const requestOf = (row: any): PostPaidRequestRow => ({
  accountId: row.account_id,
  accountName: row.account_name,
  requestId: row.request_id,
  askedBy: row.asked_by,
  askedByName: row.asked_by_name,
  expectedMonthly: money(row.expected_monthly, row.currency),
  note: row.note,
  state: row.state,
  decidedAt: row.decided_at,
  decisionNote: row.decision_note,
  createdAt: row.created_at,
})

/** Opens a request. False: one waits already. */
export async function insertRequest(
  tx: Tx,
  row: Pick<PostPaidRequestRow, 'accountId' | 'requestId' | 'askedBy' | 'expectedMonthly' | 'note' | 'createdAt'>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into postpaid_requests (account_id, request_id, asked_by, expected_monthly, currency, note, state, created_at)
     values ($1, $2, $3, $4, $5, $6, 'open', $7) on conflict (account_id) where state = 'open' do nothing`,
    [
      row.accountId,
      row.requestId,
      row.askedBy,
      row.expectedMonthly.nanos,
      row.expectedMonthly.currency,
      row.note,
      row.createdAt,
    ],
  )
  return rowCount === 1
}

export async function findRequest(tx: Tx, accountId: string, requestId: string): Promise<PostPaidRequestRow | null> {
  const { rows } = await tx.query(`${requestSelect} where r.account_id = $1 and r.request_id = $2`, [
    accountId,
    requestId,
  ])
  return rows[0] ? requestOf(rows[0]) : null
}

export async function findLatestRequest(tx: Tx, accountId: string): Promise<PostPaidRequestRow | null> {
  const { rows } = await tx.query(`${requestSelect} where r.account_id = $1 order by r.created_at desc limit 1`, [
    accountId,
  ])
  return rows[0] ? requestOf(rows[0]) : null
}

/** Of every account, oldest first. */
export const readOpenRequests = async (most: number): Promise<PostPaidRequestRow[]> =>
  (await query(`${requestSelect} where r.state = 'open' order by r.created_at limit $1`, [most])).map(requestOf)

/** Approves the request that waits, if one does. */
export async function approveOpenRequest(
  tx: Tx,
  accountId: string,
  { by, at }: { by: string; at: Date },
): Promise<string | null> {
  const { rows } = await tx.query<{ request_id: string }>(
    `update postpaid_requests set state = 'approved', decided_by = $2, decided_at = $3
      where account_id = $1 and state = 'open' returning request_id`,
    [accountId, by, at],
  )
  return rows[0]?.request_id ?? null
}

/** Closes an open request. False: it was decided already, or there is none. */
export async function closeRequest(
  tx: Tx,
  close: {
    accountId: string
    requestId: string
    state: Exclude<PostPaidRequestState, 'open'>
    by: string
    note: string | null
    at: Date
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update postpaid_requests set state = $3, decided_by = $4, decision_note = $5, decided_at = $6
      where account_id = $1 and request_id = $2 and state = 'open'`,
    [close.accountId, close.requestId, close.state, close.by, close.note, close.at],
  )
  return rowCount === 1
}
