import path from 'node:path'
import { dataFolder, readJson } from './run/folders.mjs'

/** Where the running embedded PostgreSQL is written down by the start script. */
export const databaseFile = path.join(dataFolder, 'run', 'database.json')

/**
 * The database to work on: DATABASE_URL, or the embedded one while Purse runs.
 * @returns {string}
 */
export function databaseUrl() {
  const url = process.env.DATABASE_URL || readJson(databaseFile)?.url
  if (!url) throw new Error('There is no database to read: set DATABASE_URL, or run npm start first.')
  return url
}

/**
 * What the demo's seed wrote down: log-ins, accounts by name, a service key. Null before the first start.
 * @returns {{ logins: { email: string, what: string }[], accounts: Record<string, string>, serviceKey: string, gateUrl: string } | null}
 */
export function readDemo() {
  return readJson(path.join(dataFolder, 'demo.json'))
}

/** The port of the running demo's Stripe sandbox, or null while none runs. @returns {number | null} */
export const runningSandboxPort = () => readJson(path.join(dataFolder, 'run', 'start.json'))?.sandboxPort ?? null
