import { defineConfig } from 'prisma/config'

// Prisma's command would download an engine at its first use, though `generate` and `validate` never run it: any
// program will do. Migrations are applied by lib/edges/db/migrate.ts and compared by scripts/check-schema.mjs.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath
process.env.CHECKPOINT_DISABLE ??= '1'

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://127.0.0.1:5432/purse' },
})
