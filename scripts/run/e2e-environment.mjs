import os from 'node:os'
import path from 'node:path'
import { freePort, isFree } from './ports.mjs'

/** Usual ones, so that the addresses in a failure's trace can be opened; away from those of `npm start`. */
const usualPorts = [3210, 3211, 3212, 3213]

/** What a run sets for its processes when somebody (another run, perhaps) already has the usual ports. */
export async function e2eElsewhere() {
  const areFree = await Promise.all(usualPorts.map((port) => isFree(port, '127.0.0.1')))
  if (areFree.every(Boolean)) return {}
  const ports = []
  while (ports.length < usualPorts.length) ports.push(await freePort())
  return { PURSE_E2E_PORTS: ports.join(','), PURSE_E2E_DIR: path.join(os.tmpdir(), `purse-e2e-${process.pid}`) }
}

/**
 * Where the browser tests run Purse: other ports than `npm start`, a data folder of their own, no keys from outside.
 * Called by each process of the test run; all of them get the same.
 */
export function e2eEnvironment() {
  const folder = process.env.PURSE_E2E_DIR || path.join(os.tmpdir(), `purse-e2e-${process.getuid?.() ?? 0}`)
  process.env.PURSE_E2E_DIR = folder
  const [web = '', gate = '', sandbox = '', postgres = ''] =
    process.env.PURSE_E2E_PORTS?.split(',') ?? usualPorts.map(String)
  return {
    PORT: web,
    GATE_PORT: gate,
    SANDBOX_PORT: sandbox,
    PGPORT_EMBEDDED: postgres,
    PURSE_DATA_DIR: folder,
    APP_URL: `http://localhost:${web}`,
    // Empty means not set: a developer's own settings must not reach the tests.
    DATABASE_URL: '',
    STRIPE_SECRET_KEY: '',
    STRIPE_WEBHOOK_SECRET: '',
    PURSE_SANDBOX: '',
    SMTP_URL: '',
    NODE_ENV: '',
    HOST: '',
    // People of the tests come from places of their own: no place may ask for many sign-in links.
    TRUSTED_PROXY_HOPS: '1',
    // The payment page with everything that it can ask.
    CHECKOUT_TAX: '1',
  }
}
