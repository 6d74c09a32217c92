/** Closed-loop load: so many callers, each of whom asks again as soon as it is answered. */
import os from 'node:os'
import { type Measured, percentile } from './statistics'

/** One call. Resolves with how many operations it was, when they are answered. */
export type Operation = (caller: number) => Promise<number>

/** Runs for a while and says what it measured. */
export type Work = (seconds: number) => Promise<Measured>

const warmShare = 0.2

/**
 * Keeps `inFlight` calls going. A fifth of the time goes before, to warm up. What is answered within the time counts, whenever it
 * was asked: a slow server would otherwise be counted as slower than it is. Rejects with the first error of a call, once all of them have ended.
 */
export async function closedLoop(inFlight: number, seconds: number, operation: Operation): Promise<Measured> {
  const begin = performance.now()
  const counted = begin + seconds * warmShare * 1000
  const end = counted + seconds * 1000
  const latenciesMs: number[] = []
  let operations = 0
  let failure: unknown
  let atFirst: CpuTime | undefined
  const caller = async (number: number) => {
    for (let asked = performance.now(); asked < end && !failure; asked = performance.now()) {
      const done = await operation(number)
      const answered = performance.now()
      if (answered < counted || answered > end) continue
      atFirst ??= cpuTime()
      operations += done
      latenciesMs.push(answered - asked)
    }
  }
  const guarded = (number: number) =>
    caller(number).catch((error: unknown) => {
      failure ??= error
    })
  await Promise.all(Array.from({ length: inFlight }, (_, number) => guarded(number)))
  if (failure) throw failure
  return { perSecond: operations / seconds, ...latency(latenciesMs), ...coresSince(atFirst) }
}

interface CpuTime {
  atMs: number
  ownMs: number
  allMs: number
}

function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage()
  const busyMs = os.cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return { atMs: performance.now(), ownMs: (user + system) / 1000, allMs: busyMs.reduce((a, b) => a + b, 0) }
}

function coresSince(before: CpuTime | undefined): { ownCores: number; allCores: number } {
  if (!before) return { ownCores: 0, allCores: 0 }
  const after = cpuTime()
  const tookMs = after.atMs - before.atMs
  return { ownCores: (after.ownMs - before.ownMs) / tookMs, allCores: (after.allMs - before.allMs) / tookMs }
}

function latency(latenciesMs: number[]): { p50Ms: number; p99Ms: number } {
  const sorted = Float64Array.from(latenciesMs).sort()
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) }
}
