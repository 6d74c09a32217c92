import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { type AccountBook, openBook, saveBook } from '../ledger'
import { closeHold, findAccountsWithOverdueHolds, findOverdueHolds } from './store'

const accountsPerSweep = 500

/**
 * Frees the holds whose time is over: their requests never said what they used. A settle that arrives later is charged
 * all the same. Run every minute.
 */
export async function expireHolds(actor: Actor): Promise<{ expired: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Holds expire by the worker alone.' })
  const at = await now()
  let expired = 0
  for (const accountId of await findAccountsWithOverdueHolds(pool(), at, accountsPerSweep)) {
    expired += await inTransaction(async (tx) => {
      const book = await openBook(tx, accountId)
      const count = await expireOverdue(tx, book, at)
      await saveBook(tx, book)
      return count
    })
  }
  return { expired }
}

/** Frees an account's overdue holds in its open book; the caller saves it. Returns how many. */
export async function expireOverdue(tx: Tx, book: AccountBook, at: Date): Promise<number> {
  const overdue = await findOverdueHolds(tx, book.accountId, at)
  for (const hold of overdue) {
    book.free(hold.amount)
    await closeHold(tx, hold, { state: 'expired', at })
  }
  return overdue.length
}
