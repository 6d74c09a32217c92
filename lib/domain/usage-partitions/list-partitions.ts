import type { MonthKey } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { stateOf } from './rules'
import { readPartitions, readPresent, readRetired } from './store'

export interface PartitionLine {
  month: MonthKey
  events: bigint
  /** Of the table and its indexes, or of the archive. */
  bytes: bigint
  state: string
}

/** Every month of usage events, retired and live, oldest first. */
export async function listPartitions(tx: Tx): Promise<PartitionLine[]> {
  const at = await readPresent(tx)
  const retired = (await readRetired(tx)).map(({ month, events, archiveBytes, archive, retiredAt }) => ({
    month,
    events,
    bytes: archiveBytes,
    state: `retired on ${retiredAt.toISOString().slice(0, 10)} to ${archive}`,
  }))
  const live = (await readPartitions(tx)).map((row) => ({ ...row, state: stateOf(row.month, at) }))
  return [...retired, ...live].sort((a, b) => (a.month < b.month ? -1 : 1))
}
