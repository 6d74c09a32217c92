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
}

export const meanOf = (measured: readonly Measured[]): Measured => ({
  perSecond: mean(measured.map(({ perSecond }) => perSecond)),
  p50Ms: mean(measured.map(({ p50Ms }) => p50Ms)),
  p99Ms: mean(measured.map(({ p99Ms }) => p99Ms)),
})
