import os from 'node:os'
import path from 'node:path'

/** Fixed, so that the addresses in a failure's trace can be opened; away from those of `npm start`. */
const ports = { PORT: '3210', GATE_PORT: '3211', SANDBOX_PORT: '3212', PGPORT_EMBEDDED: '3213' }

/**
 * Where the browser tests run Purse: other ports than `npm start`, a data folder of their own, no keys from outside.
 * Called by each process of the test run; all of them get the same.
 */
export function e2eEnvironment() {
  const folder = process.env.PURSE_E2E_DIR || path.join(os.tmpdir(), `purse-e2e-${process.getuid?.() ?? 0}`)
  process.env.PURSE_E2E_DIR = folder
  return {
    ...ports,
    PURSE_DATA_DIR: folder,
    APP_URL: `http://localhost:${ports.PORT}`,
    // Empty means not set: a developer's own settings must not reach the tests.
    DATABASE_URL: '',
    STRIPE_SECRET_KEY: '',
    STRIPE_WEBHOOK_SECRET: '',
    PURSE_SANDBOX: '',
    SMTP_URL: '',
    NODE_ENV: '',
    HOST: '',
  }
}
