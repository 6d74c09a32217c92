// The database that Purse works on: yours, or the embedded one, looked after for as long as Purse runs.
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { databaseFile } from '../database-url.mjs'
import { capture } from './command.mjs'
import { dataFolder, logFolder, writeJson } from './folders.mjs'
import { isFree, listenerOn } from './ports.mjs'
import { isAlive } from './processes.mjs'
import { explain, lastLines, Problem, say } from './say.mjs'

const database = 'purse'
const watchSeconds = 1
const longestPauseSeconds = 30

/** Starts the embedded PostgreSQL, makes its database, and starts it again should it stop. */
export async function openEmbeddedDatabase(port) {
  const { startPostgres } = await import('../postgres.mjs')
  const start = () =>
    startPostgres({
      dataDirectory: path.join(dataFolder, 'postgres'),
      port,
      logFile: path.join(logFolder, 'postgres.log'),
      settings: { max_connections: 200 },
    })
  let server = await start().catch(async (error) => {
    if (/could not create any TCP|Address already in use/.test(error.message))
      throw portTaken('PostgreSQL', 'PGPORT_EMBEDDED', port)
    throw error
  })
  await makeDatabase(server.url('postgres'))
  const url = server.url(database)
  writeJson(databaseFile, { url }, 0o600)

  let isStopping = false
  const watch = (async () => {
    for (let pauseSeconds = watchSeconds; !isStopping; await wait(pauseSeconds * 1000)) {
      if (isStopping || isAlive(server.pid)) continue
      say('PostgreSQL stopped and is started again; no committed row is lost.')
      try {
        server = await start()
        pauseSeconds = watchSeconds
      } catch (error) {
        pauseSeconds = Math.min(pauseSeconds * 2, longestPauseSeconds)
        say(`${explain(error).split('\n')[0]} Trying again in ${pauseSeconds} s.`)
      }
    }
  })()
  return {
    url,
    isAdopted: server.isAdopted,
    stop: async () => {
      isStopping = true
      await watch
      await server.stop()
      fs.rmSync(databaseFile, { force: true })
    },
  }
}

/** A Problem that says who has the port and what to set instead. */
export function portTaken(what, variable, port) {
  const who = listenerOn(port)
  return new Problem(
    `Port ${port} is taken${who && ` by ${who}`}, and ${what} needs it. Stop that program, or set ${variable} to a free port.`,
  )
}

/** Throws a Problem if any of the ports is taken. Takes [what, variable, port, host] of each. */
export async function requireFreePorts(wanted) {
  for (const [what, variable, port, host] of wanted) {
    const isOurs = await isFree(port, host).catch((error) => {
      throw new Problem(`${what} cannot listen on ${host}:${port} (${error.code}). Set ${variable} to another port.`)
    })
    if (!isOurs) throw portTaken(what, variable, port)
  }
}

/** Brings the schema up to date and returns the names of the migrations applied. Problems name the host, never the password. */
export async function migrateDatabase(url) {
  const args = ['--import', 'tsx', 'scripts/migrate.ts']
  const { code, stdout, output } = await capture(process.execPath, args, { env: { ...process.env, DATABASE_URL: url } })
  if (code === 0) return stdout.split('\n').filter(Boolean)
  const { host, pathname, username } = new URL(url)
  const reason = lastLines(output, 5).replaceAll(url, '(DATABASE_URL)')
  throw new Problem(
    `The database ${pathname.slice(1)} at ${host} (user ${username || 'not given'}) cannot be used: ${reason}\n` +
      'Check DATABASE_URL, or leave it out to use the built-in PostgreSQL.',
  )
}

async function makeDatabase(adminUrl) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (rows.length === 0) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}
