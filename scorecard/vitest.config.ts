import path from 'node:path'
import { defineConfig } from 'vitest/config'

const root = path.join(import.meta.dirname, '..')

/** The whole scorecard, or what SCORECARD_FILES names instead. `npm test` runs a small part of it (vitest.config.ts). */
export default defineConfig({
  root,
  resolve: { alias: { '@': root } },
  test: {
    include: [process.env.SCORECARD_FILES ?? 'scorecard/cases/*.score.ts'],
    globalSetup: 'lib/testing/global-setup.ts',
    env: { DATABASE_CONNECT_MS: '20000' },
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
