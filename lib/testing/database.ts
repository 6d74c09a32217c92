import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { closeDatabase } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { asAdmin, databaseUrl, type TestCluster } from './template'

// Who had the signup credit is hashed with it: every process that works on one database has the same.
process.env.NEXTAUTH_SECRET ??= 'a-secret-that-only-tests-have-and-know'

export interface TestDatabase {
  /** As the application connects. */
  url: string
  /** Drops the database, whoever is still connected. */
  close: () => Promise<void>
}

/** A migrated, empty database of one's own, on real PostgreSQL. Call it in `beforeAll` and `close` it in `afterAll`. */
export async function aDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = await testCluster()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(adminUrl, `create database ${name} template ${template}`)
  return {
    url: databaseUrl(adminUrl, name),
    close: () => asAdmin(adminUrl, `drop database if exists ${name} with (force)`),
  }
}

/**
 * From now on this process works on another database. The address changes first: whoever connects while the old connections
 * close would else stay with the old one for good.
 */
export async function moveToDatabase(url: string): Promise<void> {
  process.env.DATABASE_URL = url
  resetEnv()
  await closeDatabase()
}

/** An address at which no database answers. */
export const noDatabaseUrl = 'postgres://postgres@127.0.0.1:1/nowhere'

async function testCluster(): Promise<TestCluster> {
  const response = await fetch(inject('testClusterUrl'))
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as TestCluster
}
