import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/run/chromium.mjs'
import { e2eEnvironment } from './scripts/run/e2e-environment.mjs'

const { executablePath, env } = findChromium()
const server = e2eEnvironment()
// Specs find the demo's log-ins and keys where the seed writes them.
process.env.PURSE_DATA_DIR = server.PURSE_DATA_DIR

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: false,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  outputDir: 'test-results',
  reporter: process.env.PURSE_E2E_REPORT
    ? [['list'], ['json', { outputFile: process.env.PURSE_E2E_REPORT }]]
    : [['list']],
  use: {
    baseURL: server.APP_URL,
    // Says early what was waited for, not at the end of the test's whole time.
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      env: { ...process.env, ...env } as Record<string, string>,
      // Needed as root and in small containers; and nothing is fetched behind the tests' back.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: 'node scripts/e2e-server.mjs',
    url: `${server.APP_URL}/sign-in`,
    env: server,
    timeout: 300_000,
    stdout: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
  },
})
