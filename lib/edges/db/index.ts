/** The one door to PostgreSQL: a pool, transactions, and Prisma over the same pool. */
import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Refusal } from '@/lib/core/errors'
import { env } from '@/lib/edges/env'
import { PrismaClient } from '@/prisma/client/client'

/** Where a step's statements go: the transaction it is part of (or, for reads alone, the pool). */
export interface Tx {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>
}

/** bigint columns come back as bigint: a float never touches an amount. Counts (`count(*)`) are int8 too. */
export const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (oid === 20 && format !== 'binary') return (text: string) => BigInt(text)
    return pg.types.getTypeParser(oid, format as never)
  },
} as pg.CustomTypesConfig

/** How long a request waits for the database. Without a limit it would wait for ever while the database is away. */
export const waitMs = (): number => Number(process.env.DATABASE_CONNECT_MS || 2500)

let shared: { pool: pg.Pool; prisma: PrismaClient } | undefined

function open() {
  if (!shared) {
    const pool = new pg.Pool({
      connectionString: env().DATABASE_URL,
      // The role that owns nothing: see prisma/migrations/0002_guards.
      options:
        '-c role=purse_app -c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=15000',
      max: Number(process.env.DATABASE_POOL_SIZE || 10),
      connectionTimeoutMillis: waitMs(),
      types,
      // Statements that are sent together travel together: a lock is held for fewer round trips.
      pipeline: true,
    } as pg.PoolConfig)
    // A connection that breaks is replaced on the next use, and whoever used it hears of it by their statement. Without a
    // listener, on the pool for those that are idle and on each that is in use, it would end the process.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    shared = { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) }
  }
  return shared
}

export const pool = (): pg.Pool => open().pool
export const prisma = (): PrismaClient => open().prisma

const others = new Set<() => Promise<void>>()

/** Has `close` called when this process lets go of the database: for connections outside the pool. */
export function alsoClose(close: () => Promise<void>): void {
  others.add(close)
}

/** Closes every connection of this process; the next use opens new ones. */
export async function closeDatabase(): Promise<void> {
  const closing = shared
  shared = undefined
  await Promise.all([...others].map((close) => close()))
  if (!closing) return
  await closing.prisma.$disconnect().catch(() => {})
  if (!closing.pool.ended) await closing.pool.end()
}

/** A transaction that PostgreSQL ended to keep the others right: safe to run again from its start. */
export const isRetryable = (error: unknown): boolean =>
  ['40001', '40P01'].includes((error as { code?: string }).code ?? '')

// 55P03 and 57014: a lock or a statement took too long, because others were busy. Nothing was written.
const connectionLost = new Set([
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08001',
  '08003',
  '08006',
  '53300',
  '53100',
])

/** Whether an error means that the database is away, full or too busy, not that the statement was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (connectionLost.has(code) || /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND)$/.test(code)) return true
  return /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/.test(
    message,
  )
}

/**
 * Settings for statements that find their rows by key, whatever the statistics say. A plan that changes its mind under load is
 * what makes such a statement a hundred times slower.
 */
export const pinned = [
  ['enable_seqscan', 'off'],
  ['enable_bitmapscan', 'off'],
  ['enable_hashjoin', 'off'],
  ['enable_mergejoin', 'off'],
  ['enable_sort', 'off'],
  ['enable_material', 'off'],
  ['enable_memoize', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['jit', 'off'],
] as const

const pin = `select ${pinned.map(([name, value]) => `set_config('${name}', '${value}', true)`).join(', ')}`

/** A transaction whose plans are pinned. @throws as inTransaction */
export const inPinnedTransaction = <T>(body: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction((tx) => {
    void tx.query(pin)
    return body(tx)
  })

/**
 * Runs `body` in one transaction. It contains SQL and nothing else, for it may run again after a deadlock.
 * @throws Refusal `temporarily_unavailable` when the database is away: nothing was written, or the caller's own key
 *   tells a repeat apart.
 */
export async function inTransaction<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
  const mostTries = 5
  for (let tried = 1; ; tried++) {
    const client = await connect()
    let isBroken = false
    try {
      const result = await body(begin(client))
      await client.query('commit')
      return result
    } catch (error) {
      isBroken = isDatabaseAway(error) || !(await rollBack(client))
      if (isRetryable(error) && tried < mostTries) continue
      throw isDatabaseAway(error) ? databaseAway() : error
    } finally {
      client.release(isBroken)
    }
  }
}

/**
 * Begins a transaction without waiting for the answer: `begin` travels with the first statements. Nobody sees a result
 * before the beginning is known to have worked.
 */
export function begin(client: pg.ClientBase): Tx {
  const begun = client.query('begin')
  begun.catch(() => {}) // it is reported with the first statement's result
  const send = async (text: string, values?: unknown[]) => {
    const [, result] = await Promise.all([begun, client.query(prepared(text, values))])
    return result as never
  }
  return {
    query: (text, values) => {
      const sent = send(text, values)
      sent.catch(() => {}) // whoever waits for it hears of it; a write that nobody waits for any more must not end the process
      return sent
    },
  }
}

const statementNames = new Map<string, string>()

/** The same text is parsed and planned once for each connection: most of a short statement's time. */
function prepared(text: string, values: unknown[] | undefined): pg.QueryConfig {
  let name = statementNames.get(text)
  if (!name) {
    name = createHash('sha256').update(text).digest('hex').slice(0, 32)
    statementNames.set(text, name)
  }
  return { name, text, values }
}

/** Whether the connection can be used again. */
async function rollBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

/** Statements outside a transaction, each on any connection; prepared as those in one. */
export const preparedReads: Tx = { query: (text, values) => pool().query(prepared(text, values)) }

/** One statement outside a transaction. */
export async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  try {
    return (await pool().query<Row>(prepared(text, values))).rows
  } catch (error) {
    throw isDatabaseAway(error) ? databaseAway() : error
  }
}

async function connect(): Promise<pg.PoolClient> {
  try {
    return await pool().connect()
  } catch (error) {
    throw isDatabaseAway(error) ? databaseAway() : error
  }
}

export const databaseAway = (): Refusal =>
  new Refusal('temporarily_unavailable', {
    message: 'The database cannot be reached just now. No money moved. Try again in a few seconds.',
    retry_after_seconds: 2,
  })
