/** Plain text tables. Pure. */
import type { Measured } from './statistics'
import type { Evaluation, Target } from './targets'

/** Columns as wide as their widest cell; the first is set left, the others right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width)))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** A figure as its target counts it. */
export function figure(value: number, unit: Target['unit']): string {
  if (unit === 'one over') return `1/${Math.round(1 / value).toLocaleString('en')}`
  if (unit === 'count') return String(value)
  if (unit === 'per second') return `${Math.round(value).toLocaleString('en')}/s`
  const text = value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
  return unit ? `${text} ${unit === 'bytes' ? 'B' : unit}` : text
}

export function targetTable(evaluations: readonly Evaluation[]): string {
  const rows = evaluations.map((evaluation) => {
    const { name, ratio, least, most, direction, target, unit, met } = evaluation
    const bound = `${direction === 'at least' ? '≥' : '≤'} ${figure(target, unit)}`
    if (ratio === null || least === null || most === null) return [name, '-', '', bound, 'not run']
    const spread = least === most ? '' : `${figure(least, unit)} … ${figure(most, unit)}`
    return [name, figure(ratio, unit), spread, bound, met ? 'met' : 'MISSED']
  })
  return textTable(['measure', 'median', 'least … most', 'target', ''], rows)
}

export function rateTable(rates: Record<string, Measured>): string {
  const rows = Object.entries(rates).map(([name, { perSecond, p50Ms, p99Ms, ownCores, allCores }]) => [
    name,
    Math.round(perSecond).toLocaleString('en'),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    ownCores.toFixed(1),
    allCores.toFixed(1),
  ])
  const table = textTable(
    ['work (median over valid rounds)', 'operations/s', 'p50 ms', 'p99 ms', 'cores: own', 'all'],
    rows,
  )
  return table.replaceAll(/^/gm, '  ')
}
