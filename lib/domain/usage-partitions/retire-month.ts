import { setTimeout as wait } from 'node:timers/promises'
import type { MonthKey } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { verifyArchive } from './archive'
import { ageInMonths, alwaysKeptMonths, difference } from './rules'
import { dropMonth, insertRetiredMonth, insertRetiredUsage, lockMonth, readPresent } from './store'

const mostTries = 20
const pauseMs = 1_000
const lockNotAvailable = '55P03'

/**
 * Retires a month whose archive stands in `folder`: reads the archive back, and then, in one transaction, writes down what
 * the events add up to for each account and drops them. The connection is the database owner's, outside a transaction.
 * @throws Error when the archive is not whole or not of these events, or the month is too young; nothing is dropped then.
 */
export async function retireMonth(
  connection: Tx,
  { month, folder, onEvents }: { month: MonthKey; folder: string; onEvents?: (events: number) => void },
): Promise<void> {
  if (ageInMonths(month, await readPresent(connection)) < alwaysKeptMonths) {
    throw new Error(`${month} cannot be retired: the current month and the two before it stay.`)
  }
  const archive = await verifyArchive({ month, folder, ...(onEvents ? { onEvents } : {}) })
  await connection.query('begin')
  try {
    await connection.query(`set local work_mem = '256MB'`)
    await lockMonth(connection, month)
    const sums = await insertRetiredUsage(connection, month)
    const differs = difference(archive.sums, sums)
    if (differs) throw new Error(`The archive of ${month} is not of the events in the database (${differs}).`)
    await insertRetiredMonth(connection, month, sums, archive.manifest, await readPresent(connection))
    await dropWhenFree(connection, month)
    await connection.query('commit')
  } catch (error) {
    await connection.query('rollback')
    throw error
  }
}

/** Tries again while requests are under way: one that waited for longer would make the next ones wait behind it. */
async function dropWhenFree(tx: Tx, month: MonthKey): Promise<void> {
  for (let tried = 1; ; tried++) {
    await tx.query('savepoint before_drop')
    try {
      return await dropMonth(tx, month)
    } catch (error) {
      if ((error as { code?: string }).code !== lockNotAvailable || tried === mostTries) throw error
      await tx.query('rollback to savepoint before_drop')
      await wait(pauseMs)
    }
  }
}
