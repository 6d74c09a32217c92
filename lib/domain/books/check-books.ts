import type { Tx } from '@/lib/edges/db'
import { type Invariant, invariants } from './invariants'
import { usualBytesPerShare } from './parts'
import { findViolations, readExtent, type Violation } from './store'

export interface CheckResult {
  invariant: Invariant
  count: number
  first: Violation[]
}

export interface CheckOptions {
  /** Only the invariants of these ids. */
  only?: string[] | undefined
  /** How much of a large table is worked on at once. */
  bytesPerShare?: number
  /** Hears of each invariant as it is done, in order. */
  onResult?: (result: CheckResult) => void
  /** Hears of each part of the work as it is done. */
  onPart?: (progress: { done: number; parts: number; invariant: Invariant }) => void
}

const mostNamed = 20

/**
 * Runs every invariant against a database, on one connection or on several at once. The caller provides one snapshot (a
 * repeatable-read transaction, shared by all of the connections), so that books in use do not look broken.
 */
export async function checkBooks(
  connections: Tx | Tx[],
  { only, bytesPerShare = usualBytesPerShare, onResult = () => {}, onPart = () => {} }: CheckOptions = {},
): Promise<CheckResult[]> {
  const workers = [connections].flat()
  const extent = await readExtent(workers[0]!, bytesPerShare)
  const wanted = invariants.filter(({ id }) => !only || only.includes(id))
  const results = wanted.map((invariant) => ({ invariant, count: 0, first: [] as Violation[], waiting: 0 }))
  const parts = results.flatMap((result) => {
    const queries = result.invariant.queries(extent)
    result.waiting = queries.length
    return queries.map((sql) => ({ result, sql }))
  })

  let done = 0
  let reported = 0
  const queue = parts.values()
  const work = async (tx: Tx) => {
    for (const { result, sql } of queue) {
      const { count, first } = await findViolations(tx, sql, mostNamed)
      result.count += count
      result.first.push(...first.slice(0, mostNamed - result.first.length))
      result.waiting -= 1
      done += 1
      onPart({ done, parts: parts.length, invariant: result.invariant })
      for (let next = results[reported]; next?.waiting === 0; next = results[++reported]) onResult(next)
    }
  }
  await Promise.all(workers.map(work))
  return results.map(({ invariant, count, first }) => ({ invariant, count, first }))
}
