/** The bench's own PostgreSQL: durable, in a folder of its own, with one database made ready and a copy of it for each cell. */
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { resetEnv } from '@/lib/edges/env'
import { startPostgres } from '../scripts/postgres.mjs'
import { freePort } from '../scripts/run/ports.mjs'
import { makeScratchFolder } from '../scripts/run/scratch.mjs'

/**
 * Room enough that no checkpoint falls into a stretch that is measured; the soak shortens the time between checkpoints again.
 * Nothing that durability depends on is here.
 */
const settings = {
  max_connections: 200,
  shared_buffers: '2GB',
  max_wal_size: '12GB',
  checkpoint_timeout: '30min',
  autovacuum_naptime: '10s',
}

const durable = ['fsync', 'full_page_writes', 'synchronous_commit']
const template = 'bench_template'
const tmpfs = 0x01021994

export interface BenchPostgres {
  /** Where the template is made ready, before the first copy. */
  templateUrl: string
  /** A fresh copy of the template; `drop` once nobody is connected. */
  copy: () => Promise<{ url: string; drop: () => Promise<void> }>
  asAdmin: <Row extends pg.QueryResultRow>(sql: string) => Promise<Row[]>
  /** Ends the server without a checkpoint, as a power cut would, and starts it on the same files. */
  crash: () => Promise<void>
  restart: () => Promise<void>
  /** What the machine's answer to a commit depends on. */
  facts: () => Promise<Record<string, string>>
  stop: () => Promise<void>
  /** For a process that ends at once: kills the server and removes the folder. */
  stopNow: () => void
}

/** Starts it with an empty template database. @throws when a setting that durability depends on is off. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = await makeScratchFolder()
  const options = {
    dataDirectory: path.join(folder, 'postgres'),
    port: await freePort(),
    logFile: path.join(folder, 'postgres.log'),
    settings,
  }
  let server = await startPostgres(options)
  let copies = 0

  const remove = () => {
    fs.rmSync(server.dataDirectory, { recursive: true, force: true })
    fs.rmSync(folder, { recursive: true, force: true })
  }
  const asAdmin = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> =>
    withClient(server.url('postgres'), async (client) => (await client.query<Row>(sql)).rows)

  const postgres: BenchPostgres = {
    templateUrl: server.url(template),
    asAdmin,
    copy: async () => {
      copies += 1
      const name = `bench_${copies}`
      await asAdmin(`create database ${name} template ${template} strategy file_copy`)
      return { url: server.url(name), drop: async () => void (await asAdmin(`drop database ${name} with (force)`)) }
    },
    crash: async () => {
      process.kill(server.pid, 'SIGQUIT')
      while (isRunning(server.pid)) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    restart: async () => {
      server = await startPostgres(options)
    },
    facts: async () => ({
      ...(await readSettings(asAdmin)),
      filesystem: fs.statfsSync(server.dataDirectory).type === tmpfs ? 'memory (tmpfs): a flush costs nothing' : 'disk',
    }),
    stop: async () => {
      await server.stop()
      remove()
    },
    stopNow: () => {
      try {
        process.kill(server.pid, 'SIGQUIT')
      } catch {
        // it is gone already
      }
      remove()
    },
  }
  try {
    await requireDurability(asAdmin)
    await asAdmin(`create database ${template}`)
  } catch (error) {
    await postgres.stop()
    throw error
  }
  return postgres
}

async function requireDurability(asAdmin: BenchPostgres['asAdmin']): Promise<void> {
  const names = durable.map((name) => `'${name}'`).join(', ')
  const rows = await asAdmin<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in (${names})`,
  )
  const off = rows.filter(({ setting }) => setting !== 'on').map(({ name }) => name)
  if (rows.length === durable.length && off.length === 0) return
  throw new Error(
    `The bench measures durable commits only, and this PostgreSQL runs with ${off.join(', ')} off. Remove the setting and run it again.`,
  )
}

async function readSettings(asAdmin: BenchPostgres['asAdmin']): Promise<Record<string, string>> {
  const names = ['server_version', ...durable, 'wal_sync_method', ...Object.keys(settings)]
  const rows = await asAdmin<{ name: string; setting: string }>(
    `select name, current_setting(name) as setting from pg_settings where name in (${names.map((name) => `'${name}'`).join(', ')})`,
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** One connection as the owner, for as long as `body` runs. */
export async function withClient<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** So many open connections, used by number: caller n uses the n-th. */
export class Connections {
  private constructor(private readonly clients: pg.Client[]) {}

  static async open(url: string, count: number): Promise<Connections> {
    const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }))
    for (const client of clients) client.on('error', () => {})
    await Promise.all(clients.map((client) => client.connect()))
    return new Connections(clients)
  }

  at(number: number): pg.Client {
    return this.clients[number % this.clients.length]!
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end().catch(() => {})))
  }
}

/** Makes a database the one that the product's verbs use in this process from now on. Close what was open before. */
export function useDatabase(url: string): void {
  process.env.DATABASE_URL = url
  resetEnv()
}
