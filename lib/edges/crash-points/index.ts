/** Named places at which a process can be told to die, to prove that dying there loses nothing and doubles nothing. */
import { env } from '@/lib/edges/env'

let passes = 0

/**
 * Ends the process as kill -9 does, when the demo runs with CRASH_AT=<name> or CRASH_AT=<name>:<n> (the nth pass).
 * Does nothing otherwise.
 */
export function crashPoint(name: string): void {
  const wanted = process.env.CRASH_AT
  if (!wanted || env().PURSE_MODE !== 'demo') return
  const [, point, count] = /^(.*?)(?::(\d+))?$/.exec(wanted)!
  if (point !== name) return
  passes += 1
  if (passes === Number(count ?? 1)) process.kill(process.pid, 'SIGKILL')
}
