import type { Tx } from '@/lib/edges/db'
import { type Invariant, invariants } from './invariants'
import { findViolations, type Violation } from './store'

export interface CheckResult {
  invariant: Invariant
  count: number
  first: Violation[]
}

const mostNamed = 20

/**
 * Runs every invariant against a database. `onResult` hears of each as it is done. The caller provides one snapshot (a
 * repeatable-read transaction), so that books in use do not look broken.
 */
export async function checkBooks(tx: Tx, onResult: (result: CheckResult) => void = () => {}): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const invariant of invariants) {
    const result = { invariant, ...(await findViolations(tx, invariant, mostNamed)) }
    results.push(result)
    onResult(result)
  }
  return results
}
