// Runs the PostgreSQL that comes with the project's dependencies, for those who have not set DATABASE_URL.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { canWrite, giveTo, isRoot, postgresAccount, systemFolder } from './postgres/account.mjs'
import { postgresPrograms } from './postgres/binaries.mjs'
import { commandOf, isAlive, untilGone } from './run/processes.mjs'
import { Problem } from './run/say.mjs'

const owner = 'purse'
const passwordFile = 'purse-password'
const readySeconds = 120
const stopSeconds = 30

/**
 * Starts PostgreSQL on 127.0.0.1, or adopts the one that a killed run left behind on the same data directory.
 * Durability stays at PostgreSQL's defaults (everything on) unless `settings` says otherwise.
 *
 * As root, a data directory that a system account cannot reach is replaced by a folder in /var/lib/purse whose name
 * is derived from the wanted path: the same at every start, so data is kept.
 *
 * @param {{ dataDirectory: string, port: number, logFile?: string, settings?: Record<string, string | number> }} options
 * @returns {Promise<{ pid: number, port: number, dataDirectory: string, isAdopted: boolean,
 *   url: (database: string) => string, stop: () => Promise<void> }>}
 */
export async function startPostgres({ dataDirectory: wanted, port, logFile, settings = {} }) {
  requireOwnFolder(wanted)
  const account = postgresAccount(wanted)
  const dataDirectory = reachableFolder(path.resolve(wanted), account)
  const programs = postgresPrograms(account)
  if (!fs.existsSync(path.join(dataDirectory, 'PG_VERSION'))) createCluster({ programs, dataDirectory, account })
  checkVersion(programs, dataDirectory)

  const running = await runningServer(dataDirectory)
  const server = running ?? (await launch({ programs, dataDirectory, account, port, logFile, settings }))
  const password = fs.readFileSync(path.join(dataDirectory, passwordFile), 'utf8').trim()
  const url = (database) => `postgresql://${owner}:${password}@127.0.0.1:${server.port}/${database}`
  if (running) await untilReady(url('postgres'), running, dataDirectory)
  return {
    pid: server.pid,
    port: server.port,
    dataDirectory,
    isAdopted: running !== null,
    url,
    stop: () => stop(server.pid),
  }
}

function requireOwnFolder(folder) {
  if (!fs.existsSync(folder) || fs.existsSync(path.join(folder, 'PG_VERSION'))) return
  if (fs.readdirSync(folder).length === 0) return
  throw new Problem(
    `${folder} holds files but no PostgreSQL data. Move them away, or set PURSE_DATA_DIR to another folder.`,
  )
}

/** The folder itself if the account can work in it; otherwise one that it can, the same each time. */
function reachableFolder(wanted, account) {
  if (prepare(wanted, account)) return wanted
  if (isRoot()) {
    const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
    const other = path.join(systemFolder, name)
    if (prepare(other, account)) return other
  }
  throw new Problem(
    `PostgreSQL cannot write to ${wanted}: the folder belongs to another user. Start Purse as that user, or set PURSE_DATA_DIR to another folder.`,
  )
}

function prepare(folder, account) {
  try {
    fs.mkdirSync(folder, { recursive: true })
    if (account.uid !== undefined && fs.statSync(folder).uid !== account.uid) giveTo(account, folder)
    return canWrite(folder, account)
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return false
    throw error
  }
}

/** Made in a folder beside it and moved in place when complete, so that a run killed half-way leaves nothing to trip on. */
function createCluster({ programs, dataDirectory, account }) {
  const parent = path.dirname(dataDirectory)
  const prefix = 'new-postgres-'
  for (const name of fs.readdirSync(parent).filter((name) => name.startsWith(prefix))) {
    fs.rmSync(path.join(parent, name), { recursive: true, force: true }) // left by a run that was killed right here
  }
  const scratch = fs.mkdtempSync(path.join(parent, prefix))
  fs.chmodSync(scratch, 0o711)
  const cluster = path.join(scratch, 'data')
  const password = path.join(scratch, 'password')
  try {
    fs.mkdirSync(cluster, { mode: 0o700 })
    fs.writeFileSync(password, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
    giveTo(account, scratch)
    // Byte order and UTF-8 case rules from PostgreSQL itself: the same on every system.
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8']
    const access = ['-U', owner, '-A', 'scram-sha-256', `--pwfile=${password}`]
    const made = spawnSync(path.join(programs, 'initdb'), ['-D', cluster, ...access, ...locale], {
      ...account,
      cwd: '/',
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Problem(`PostgreSQL could not create its data directory: ${reasonIn(made.stderr)}`)
    fs.renameSync(password, path.join(cluster, passwordFile))
    fs.rmdirSync(dataDirectory)
    fs.renameSync(cluster, dataDirectory)
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
}

function checkVersion(programs, dataDirectory) {
  const version = spawnSync(path.join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout
  const program = /(\d+)\./.exec(version)?.[1]
  const data = fs.readFileSync(path.join(dataDirectory, 'PG_VERSION'), 'utf8').trim()
  if (program !== data) {
    throw new Problem(
      `${dataDirectory} was made by PostgreSQL ${data}; this one is ${program}. Upgrade it with pg_upgrade first.`,
    )
  }
}

/** The server that already runs on this data directory, if one does. Clears a lock file whose server is gone. */
async function runningServer(dataDirectory) {
  const lockFile = path.join(dataDirectory, 'postmaster.pid')
  for (const deadline = Date.now() + stopSeconds * 1000; Date.now() < deadline; await wait(100)) {
    if (!fs.existsSync(lockFile)) return null
    const [pid, , , port, , , , status] = fs.readFileSync(lockFile, 'utf8').split('\n')
    if (!isAlive(Number(pid)) || !commandOf(Number(pid)).includes('postgres')) {
      fs.rmSync(lockFile, { force: true }) // its pid may belong to somebody else by now, and PostgreSQL would then refuse
      return null
    }
    if (port && status?.trim() !== 'stopping') return { pid: Number(pid), port: Number(port) }
  }
  throw new Problem(`The PostgreSQL on ${dataDirectory} does not finish stopping.`)
}

async function launch({ programs, dataDirectory, account, port, logFile, settings }) {
  const fixed = { listen_addresses: '127.0.0.1', unix_socket_directories: '', timezone: 'UTC', log_timezone: 'UTC' }
  const options = Object.entries({ ...fixed, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const ownLog = logFile ?? path.join(os.tmpdir(), `purse-postgres-${process.pid}.log`)
  try {
    for (let attempt = 1; ; attempt++) {
      const log = fs.openSync(ownLog, 'a')
      const logStart = fs.fstatSync(log).size
      // Detached: Ctrl-C reaches the whole terminal group, and PostgreSQL must be the last to stop.
      const child = spawn(path.join(programs, 'postgres'), ['-D', dataDirectory, '-p', String(port), ...options], {
        ...account,
        cwd: '/',
        stdio: ['ignore', log, log],
        detached: true,
      })
      fs.closeSync(log)
      child.unref()
      const server = { pid: child.pid, port }
      const password = fs.readFileSync(path.join(dataDirectory, passwordFile), 'utf8').trim()
      const isReady = await untilReady(
        `postgresql://${owner}:${password}@127.0.0.1:${port}/postgres`,
        server,
        dataDirectory,
      )
      if (isReady) return server

      const said = fs.readFileSync(ownLog, 'utf8').slice(logStart)
      // After a kill -9 the old server's children need a moment to notice and leave.
      if (said.includes('is still in use') && attempt < 40) await wait(250)
      else throw new Problem(`PostgreSQL did not start: ${reasonIn(said)}`)
    }
  } finally {
    if (!logFile) fs.rmSync(ownLog, { force: true })
  }
}

/** True once the server answers from this data directory, false if it exits before. */
async function untilReady(url, server, dataDirectory) {
  let lastProblem = ''
  for (const deadline = Date.now() + readySeconds * 1000; Date.now() < deadline; await wait(25)) {
    if (!isAlive(server.pid)) return false
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
    try {
      await client.connect()
      const { rows } = await client.query("select current_setting('data_directory') as folder")
      if (fs.realpathSync(rows[0].folder) === fs.realpathSync(dataDirectory)) return true
    } catch (error) {
      if (error.code === '28P01')
        throw new Problem(`PostgreSQL on ${dataDirectory} does not accept its own password file.`)
      lastProblem = error.message
    } finally {
      await client.end().catch(() => {})
    }
  }
  throw new Problem(`PostgreSQL did not answer within ${readySeconds} seconds (${lastProblem}).`)
}

async function stop(pid) {
  if (!isAlive(pid)) return
  process.kill(pid, 'SIGINT') // "fast": rolls open transactions back, writes a checkpoint
  if (await untilGone(pid, stopSeconds)) return
  process.kill(pid, 'SIGQUIT') // "immediate": the next start recovers from the write-ahead log
  await untilGone(pid, stopSeconds)
}

/** What went wrong, out of all that PostgreSQL's programs say. */
function reasonIn(text) {
  const lines = (text ?? '').trim().split('\n')
  const telling = lines.filter((line) => /FATAL|ERROR|PANIC|could not|No space left/.test(line))
  return (telling.length > 0 ? telling : lines).slice(-4).join('\n')
}
