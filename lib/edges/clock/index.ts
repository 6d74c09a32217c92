/** The clock that verbs read, once each. In the demo it can be moved, so that a month's end can be shown. */
import { query, type Tx } from '@/lib/edges/db'
import { isDemo } from '@/lib/edges/env'

const refreshMs = 250

let offsetMs = 0
let readAtMs = Number.NEGATIVE_INFINITY

/** The present instant. Outside the demo it is the machine's own. */
export async function now(): Promise<Date> {
  if (isDemo() && Date.now() - readAtMs > refreshMs) {
    const askedAtMs = Date.now()
    const [row] = await query<{ offset_ms: bigint }>('select offset_ms from clock where id = 1')
    // As old as its question: the answer may have been slow, and the clock may have been moved meanwhile.
    if (askedAtMs > readAtMs) {
      offsetMs = Number(row?.offset_ms ?? 0n)
      readAtMs = askedAtMs
    }
  }
  return new Date(Date.now() + offsetMs)
}

/** This instant by the database's own clock, which no one moves: it orders what processes have read of Stripe. */
export async function readInstant(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ instant: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as instant`)
  return rows[0]!.instant
}

/** Moves the demo's clock to `instant`, for every process. Throws outside the demo. */
export async function moveClock(instant: Date): Promise<void> {
  if (!isDemo()) throw new Error('the clock can be moved in the demo only')
  const movedBy = instant.getTime() - Date.now()
  await query('update clock set offset_ms = $1 where id = 1', [movedBy])
  offsetMs = movedBy
  readAtMs = Date.now()
}
