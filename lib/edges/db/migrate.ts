// Brings a database up to date by running prisma/migrations with nothing but `pg`: no engine to download, and the same
// bookkeeping table as Prisma's own command, which therefore agrees about what has been applied.
import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'

const defaultDirectory = path.join(import.meta.dirname, '../../../prisma/migrations')

/** The same number as Prisma's command uses, so that the two exclude each other. */
const lockId = 72707369
const lockTimeoutSeconds = 60

interface Migration {
  name: string
  sql: string
  checksum: string
}

/**
 * Applies what is missing, each migration in its own transaction, and returns the names applied now.
 * The queue's own tables come first, so that ours may refer to them. Run it as the owner of the database.
 *
 * Throws if an applied migration was edited since, if one failed half-way under another tool, or if one fails now
 * (it is then rolled back, and named with the line).
 */
export async function migrate(url: string, directory = defaultDirectory): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(`set lock_timeout = '${lockTimeoutSeconds}s'`)
    await client.query('select pg_advisory_lock($1)', [lockId])
    await migrateQueue(url)
    return await applyMissing(client, readMigrations(directory))
  } finally {
    await client.end()
  }
}

async function migrateQueue(url: string): Promise<void> {
  const quiet = new Logger(() => () => {})
  await runMigrations({ connectionString: url, logger: quiet })
}

function readMigrations(directory: string): Migration[] {
  return fs
    .readdirSync(directory)
    .filter((name) => fs.existsSync(path.join(directory, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = fs.readFileSync(path.join(directory, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

async function applyMissing(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  const recorded = await recordedChecksums(client)
  const missing = migrations.filter(({ name }) => !recorded.has(name))
  for (const { name, checksum } of migrations) {
    if (recorded.has(name) && recorded.get(name) !== checksum) {
      throw new Error(
        `Migration ${name} was edited after it had been applied to this database. Restore it and add a new one.`,
      )
    }
  }
  for (const migration of missing) await apply(client, migration)
  return missing.map(({ name }) => name)
}

async function recordedChecksums(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0)`)
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `select migration_name as name, checksum, finished_at is not null as finished
       from _prisma_migrations where rolled_back_at is null`,
  )
  const failed = rows.find((row) => !row.finished)
  if (failed) throw new Error(`Migration ${failed.name} failed half-way. Repair it with "prisma migrate resolve".`)
  return new Map(rows.map((row) => [row.name, row.checksum]))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
         values ($1, $2, now(), $3, 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${name}${lineOf(error, sql)} failed: ${(error as Error).message}`, { cause: error })
  }
}

function lineOf(error: unknown, sql: string): string {
  const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN
  return Number.isNaN(position) ? '' : ` (line ${sql.slice(0, position).split('\n').length})`
}
