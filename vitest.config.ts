import os from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      '@': import.meta.dirname,
      // As in next.config.js: messages come parsed.
      'use-intl/format-message': 'use-intl/format-message/format-only',
    },
  },
  test: {
    server: { deps: { inline: ['use-intl'] } },
    include: ['{app,components,lib,scripts,prisma,bench,scorecard}/**/*.test.{ts,tsx}', 'scorecard/cases/*.score.ts'],
    globalSetup: 'lib/testing/global-setup.ts',
    // Much of a test is waiting for PostgreSQL and for processes: a file more than there are cores.
    maxWorkers: os.availableParallelism() + 1,
    // A busy machine is no broken database: tests wait longer for a connection than a request may.
    env: { DATABASE_CONNECT_MS: '20000' },
    testTimeout: 40_000,
    hookTimeout: 60_000,
  },
})
