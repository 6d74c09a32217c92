import pg from 'pg'
import { migrate } from '@/lib/edges/db/migrate'

/** Where tests find their PostgreSQL, and the migrated database that each of them copies. */
export interface TestCluster {
  adminUrl: string
  template: string
}

/** Makes and migrates the template once per run. Takes the administrator's address of an empty cluster. */
export async function makeTemplate(adminUrl: string): Promise<TestCluster> {
  const template = 'purse_template'
  await asAdmin(adminUrl, `create database ${template}`)
  await migrate(databaseUrl(adminUrl, template))
  await asAdmin(adminUrl, `alter database ${template} with is_template true allow_connections false`)
  return { adminUrl, template }
}

/** One statement outside any database of the tests. */
export async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The same server and account, another database. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}
