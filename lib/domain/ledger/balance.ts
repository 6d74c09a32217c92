import { Refusal } from '@/lib/core/errors'
import { type Money, subtract } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { type BalanceFigures, lockBalanceRow, readBalanceRow, readBalanceRows } from './store'

/**
 * Balance, what open holds have set aside, and what is left for a new request (PRODUCT "The ledger"). Credit whose time is over
 * is not counted, also in the moment before its expiry is posted.
 */
export interface Balance {
  balance: Money
  held: Money
  available: Money
  /** How far usage may go beyond credit, by contract; nothing for prepaid. */
  creditLimit: Money
}

export const noAccount = (accountId: string) =>
  new Refusal('not_found', { message: `There is no account ${accountId}.` })

const withAvailable = (row: BalanceFigures): Balance => ({
  ...row,
  available: subtract(row.balance, row.held),
})

/** An account's figures of this moment. @throws Refusal `not_found` */
export async function readBalance(tx: Tx, accountId: string): Promise<Balance> {
  const row = await readBalanceRow(tx, accountId)
  if (!row) throw noAccount(accountId)
  return withAvailable(row)
}

/** The figures of many accounts; those that do not exist are missing. */
export async function readBalances(tx: Tx, accountIds: string[]): Promise<Map<string, Balance>> {
  const [only] = accountIds
  if (only !== undefined && accountIds.length === 1) {
    const row = await readBalanceRow(tx, only)
    return new Map(row ? [[only, withAvailable(row)]] : [])
  }
  const rows = await readBalanceRows(tx, accountIds)
  return new Map([...rows].map(([accountId, row]) => [accountId, withAvailable(row)]))
}

/** The same, and nobody else changes them until the transaction ends. @throws Refusal `not_found` */
export async function lockBalance(tx: Tx, accountId: string): Promise<Balance> {
  const row = await lockBalanceRow(tx, accountId)
  if (!row) throw noAccount(accountId)
  return withAvailable(row)
}
