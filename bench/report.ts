/** The report as text. Pure. */
import { warningsFor } from './machine'
import type { BenchReport } from './run'
import { median } from './statistics'
import { figure, rateTable, targetTable } from './table'
import { targets as allTargets, type Evaluation } from './targets'

export function reportText(report: BenchReport): string {
  const { machine, cells, targets } = report
  const { server_version, wal_sync_method, fsync, synchronous_commit, full_page_writes } = machine.postgres
  const quickNote = report.isQuick
    ? `QUICK RUN: ${report.roundsWanted} round of ${report.secondsPerStretch} s a stretch, and less data. A glance, not a measurement.`
    : `${report.roundsWanted} valid rounds a cell, ${report.secondsPerStretch} s a stretch.`
  const head = [
    `Purse bench, ${machine.date.slice(0, 10)}: ${machine.cores} cores (${machine.processor}), ${machine.memoryGigabytes} GB, Node ${machine.node}, PostgreSQL ${server_version}`,
    `fsync ${fsync}, full_page_writes ${full_page_writes}, synchronous_commit ${synchronous_commit}, ${wal_sync_method}, data on ${machine.postgres.filesystem}`,
    quickNote,
    ...warningsFor(machine),
  ]
  const sections = cells.map(({ cell, title, rates, samples, notes, problems, books }) =>
    [
      `${cell}  ${title}`,
      ...(rates ? [rateTable(rates)] : []),
      ...withoutTarget(samples),
      ...notes.map((note) => `  ${note}`),
      ...(books && problems.length === 0 ? [`  Books: ${books.invariants} invariants and every sum hold.`] : []),
      ...problems.map((problem) => `  BROKEN: ${problem}`),
    ].join('\n'),
  )
  return [head.join('\n'), ...sections, targetTable(targets), ...misses(targets), tail(report)].join('\n\n')
}

/** Ratios that are told but not aimed at. */
function withoutTarget(samples: Record<string, number[]>): string[] {
  const aimedAt = new Set(allTargets.map(({ name }) => name))
  return Object.entries(samples)
    .filter(([name, values]) => !aimedAt.has(name) && values.length > 0)
    .map(([name, values]) => `  ${name}: ${figure(median(values), undefined)}`)
}

function misses(targets: readonly Evaluation[]): string[] {
  const lines = targets.flatMap(({ name, met, cost, notRun }) => {
    if (notRun) return [`Not run: ${name} (${notRun}).`]
    if (met) return []
    return [`Missed: ${name}. ${cost ?? 'What it costs is not known yet.'}`]
  })
  return lines.length > 0 ? [lines.join('\n')] : []
}

function tail({ targets, seconds, cells }: BenchReport): string {
  const measured = targets.filter(({ met }) => met !== null)
  const met = measured.filter((target) => target.met).length
  const broken = cells.filter(({ problems }) => problems.length > 0).map(({ cell }) => cell)
  const books = broken.length > 0 ? `Something is BROKEN in ${broken.join(', ')}.` : 'The books agree in every cell.'
  return `${met} of ${measured.length} targets met, in ${seconds.toFixed(0)} s. ${books}`
}

/** What `--json` writes: amounts of rows and times are plain numbers. */
export const reportJson = (report: BenchReport): string => `${JSON.stringify(report, null, 2)}\n`
