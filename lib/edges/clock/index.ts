/** The clock that verbs read, once each. In the demo it can be moved, so that a month's end can be shown. */
import { query } from '@/lib/edges/db'
import { isDemo } from '@/lib/edges/env'

const refreshMs = 250

let offsetMs = 0
let readAtMs = Number.NEGATIVE_INFINITY

/** The present instant. Outside the demo it is the machine's own. */
export async function now(): Promise<Date> {
  if (isDemo() && Date.now() - readAtMs > refreshMs) {
    const [row] = await query<{ offset_ms: bigint }>('select offset_ms from clock where id = 1')
    offsetMs = Number(row?.offset_ms ?? 0n)
    readAtMs = Date.now()
  }
  return new Date(Date.now() + offsetMs)
}

/** Moves the demo's clock to `instant`, for every process. Throws outside the demo. */
export async function moveClock(instant: Date): Promise<void> {
  if (!isDemo()) throw new Error('the clock can be moved in the demo only')
  offsetMs = instant.getTime() - Date.now()
  await query('update clock set offset_ms = $1 where id = 1', [offsetMs])
  readAtMs = Date.now()
}
