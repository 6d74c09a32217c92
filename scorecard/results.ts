/** What came of the scorecard, for people. */
export interface ScoredCase {
  id: string
  passed: boolean
  seed: string
  note: string
}

/** One row for each case; the seeds that failed are named, so that they can be played again. */
export function resultsTable(cases: ScoredCase[]): string {
  const ids = [...new Set(cases.map(({ id }) => id))].sort()
  const rows = ids.map((id) => {
    const runs = cases.filter((scored) => scored.id === id)
    const failed = runs.filter(({ passed }) => !passed)
    const result = failed.length === 0 ? `passed ${runs.length}×` : `FAILED with seed ${failed.map(({ seed }) => seed)}`
    return [id, result, (failed[0] ?? runs[0])!.note]
  })
  const width = Math.max(...rows.map(([, result]) => result!.length))
  const lines = rows.map(([id, result, what]) => `${id!.padEnd(4)}  ${result!.padEnd(width)}  ${what}`)
  const failedIds = ids.filter((id) => cases.some((scored) => scored.id === id && !scored.passed))
  const summary =
    failedIds.length === 0
      ? `${ids.length} cases passed with every seed.`
      : `${ids.length - failedIds.length} cases passed with every seed, ${failedIds.length} did not: ${failedIds.join(', ')}.`
  return `${lines.join('\n')}\n${summary}`
}
