/** A PostgreSQL of a case's own, which may be killed. */
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { databaseUrl, makeTemplate } from '@/lib/testing/template'
import { startPostgres } from '../scripts/postgres.mjs'
import { freePort } from '../scripts/run/ports.mjs'
import { makeScratchFolder } from '../scripts/run/scratch.mjs'

export interface OwnPostgres {
  url: string
  /** Kills one server process of the database with SIGKILL: all others end with it, and PostgreSQL recovers from its log. */
  crash: () => Promise<void>
  close: () => Promise<void>
}

export async function anOwnPostgres(): Promise<OwnPostgres> {
  const folder = await makeScratchFolder()
  const server = await startPostgres({
    dataDirectory: path.join(folder, 'postgres'),
    port: await freePort(),
    logFile: path.join(folder, 'postgres.log'),
  })
  const { template } = await makeTemplate(server.url('postgres'))
  const owner = new pg.Client({ connectionString: server.url('postgres') })
  await owner.connect()
  await owner.query(`create database own template ${template}`)
  await owner.end()
  return {
    url: databaseUrl(server.url('postgres'), 'own'),
    crash: () => crash(server.url('postgres')),
    close: async () => {
      await server.stop()
      fs.rmSync(server.dataDirectory, { recursive: true, force: true })
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function crash(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => {}) // it ends with all the others
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  process.kill(rows[0]!.pid, 'SIGKILL')
  await client.end().catch(() => {})
}
