import type { MonthKey } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { monthsToRetire } from './rules'
import { readPartitions, readPresent } from './store'

/**
 * The months with a partition before `before`, oldest first, each with its number of events.
 * @throws Error that names the months that are too young; then none is to be retired.
 */
export async function planRetirement(
  tx: Tx,
  { before, evenYounger }: { before: MonthKey; evenYounger: boolean },
): Promise<{ month: MonthKey; events: bigint }[]> {
  const partitions = await readPartitions(tx)
  const at = await readPresent(tx)
  const months = monthsToRetire(
    partitions.map(({ month }) => month),
    { before, at, evenYounger },
  )
  return partitions.filter(({ month }) => months.includes(month))
}
