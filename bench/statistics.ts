/** The few figures a measurement is boiled down to. Pure. */

/** The middle value; of an even count, the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that `share` (0…1) of the sorted values do not exceed. 0 of nothing. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Operations in a second of one stretch of load, with how long they took. */
export interface Measured {
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** Cores that the process which asked was using: with the gate in the process, the gate's too. */
  ownCores: number
  /** Cores that were busy with anything. */
  allCores: number
}

const figures = ['perSecond', 'p50Ms', 'p99Ms', 'ownCores', 'allCores'] as const

/** Each figure by itself, of several measurements of the same work. */
export function combine(measured: readonly Measured[], how: (values: number[]) => number): Measured {
  const entries = figures.map((figure) => [figure, how(measured.map((one) => one[figure]))])
  return Object.fromEntries(entries) as unknown as Measured
}
