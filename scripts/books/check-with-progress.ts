/** Runs the books check on several connections that share one snapshot, and shows how far it is. */
import { MultiBar, type SingleBar } from 'cli-progress'
import pg from 'pg'
import { type CheckResult, checkBooks } from '../../lib/domain/books'

/** Each works on one part at a time with some hundred MB of its own; PostgreSQL's own workers stay out of it. */
const connectionsAtOnce = 2

/** Shares of a table are larger than the planner believes: it must not look rows up one by one. */
const session = `set local work_mem = '64MB'; set local max_parallel_workers_per_gather = 0;
  set local jit = off; set local enable_nestloop = off`

/** Without a terminal, a long check says this often where it is. */
const sayEveryMs = 5_000

/** Every result is printed as it is known. Throws when the books cannot be read. */
export async function checkWithProgress(url: string, only?: string[]): Promise<CheckResult[]> {
  const connections = Array.from({ length: connectionsAtOnce }, () => new pg.Client({ connectionString: url }))
  const progress = showProgress()
  try {
    await shareSnapshot(connections)
    return await checkBooks(connections, { only, onPart: progress.part, onResult: progress.result })
  } finally {
    progress.stop()
    await Promise.all(connections.map((connection) => connection.end().catch(() => {})))
  }
}

/** One snapshot for all invariants on all connections, so that books in use do not look broken. */
async function shareSnapshot(connections: pg.Client[]): Promise<void> {
  const [first, ...others] = connections as [pg.Client, ...pg.Client[]]
  await first.connect()
  await first.query('begin isolation level repeatable read read only')
  await first.query(session)
  const { rows } = await first.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot')
  for (const other of others) {
    await other.connect()
    await other.query('begin isolation level repeatable read read only')
    await other.query(`set transaction snapshot '${rows[0]?.snapshot}'`)
    await other.query(session)
  }
}

/** A bar below the results in a terminal; lines elsewhere. */
function showProgress() {
  const bars = new MultiBar({
    format: '{bar} {value}/{total} parts · {what} · {duration_formatted} so far',
    clearOnComplete: true,
    hideCursor: true,
    forceRedraw: true,
  })
  const isTerminal = process.stderr.isTTY
  let bar: SingleBar | undefined
  let saidAtMs = Date.now()
  return {
    part({ done, parts, invariant }: { done: number; parts: number; invariant: CheckResult['invariant'] }) {
      if (isTerminal) {
        bar ??= bars.create(parts, 0, { what: '' })
        bar.update(done, { what: invariant.id })
      } else if (Date.now() - saidAtMs > sayEveryMs) {
        saidAtMs = Date.now()
        console.log(`     part ${done} of ${parts} (${invariant.id})`)
      }
    },
    result(result: CheckResult) {
      saidAtMs = Date.now()
      const text = linesOf(result).join('\n')
      if (isTerminal) bars.log(`${text}\n`)
      else console.log(text)
    },
    stop() {
      if (!bar) return
      bars.update() // writes the results that it still keeps for the next drawing
      bars.stop()
    },
  }
}

function linesOf({ invariant, count, first }: CheckResult): string[] {
  return [
    `${count === 0 ? 'ok  ' : 'FAIL'} ${invariant.id} ${invariant.title}`,
    ...first.map(({ accountId, detail }) => `       ${accountId ? `account ${accountId}: ` : ''}${detail}`),
    ...(count > first.length ? [`       … and ${count - first.length} more`] : []),
  ]
}
