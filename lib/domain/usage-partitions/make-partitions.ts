import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import type { MonthKey } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import type { Tx } from '@/lib/edges/db'
import { monthOf, monthsFrom } from './rules'
import { makePartition, makePartitionAsProgram, readPresent } from './store'

const monthsAhead = 2

/** Makes the partitions of this month and the next two. Run daily: a month is then always there before its first event. */
export async function makePartitionsAhead(actor: Actor): Promise<{ made: MonthKey[] }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Partitions are made by the worker.' })
  const made: MonthKey[] = []
  for (const month of monthsFrom(monthOf(await now()), 1 + monthsAhead)) {
    if (await makePartitionAsProgram(month)) made.push(month)
  }
  return { made }
}

/** Makes the partitions of this month and `ahead` after it. Those that are there stay as they are. */
export async function makePartitions(tx: Tx, { ahead }: { ahead: number }): Promise<{ made: MonthKey[] }> {
  const made: MonthKey[] = []
  for (const month of monthsFrom(monthOf(await readPresent(tx)), 1 + ahead)) {
    if (await makePartition(tx, month)) made.push(month)
  }
  return { made }
}
