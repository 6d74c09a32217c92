import { afterAll, beforeAll } from 'vitest'
import { closeDatabase } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { aDatabase, type TestDatabase } from './database'

/**
 * Gives the tests of a file a migrated, empty database of their own, to which our code connects. Call it at the top of the file: hooks
 * that come after it find the database, and their clean-up is done before it is dropped. `url` is known once the tests begin.
 */
export function aDatabaseInTest({ mode }: { mode?: 'demo' } = {}): { readonly url: string } {
  let database: TestDatabase | undefined
  beforeAll(async () => {
    database = await aDatabase()
    process.env.DATABASE_URL = database.url
    if (mode) process.env.PURSE_MODE = mode
    resetEnv()
  })
  afterAll(async () => {
    await closeDatabase()
    await database?.close()
  })
  return {
    get url() {
      if (!database) throw new Error('The database is there from the first beforeAll on.')
      return database.url
    },
  }
}
