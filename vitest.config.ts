import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    include: ['{app,components,lib,scripts,prisma,bench}/**/*.test.{ts,tsx}'],
    globalSetup: 'lib/testing/global-setup.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
