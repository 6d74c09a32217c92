/** The database of a running demo, in the hands of somebody who owns its tables: for tests of what they cannot hide. */
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'

/** Runs one statement with every trigger and foreign key asleep. `dataFolder`: where the demo keeps what it writes down. */
export async function tamper(dataFolder: string, sql: string, values: unknown[]): Promise<void> {
  const file = path.join(dataFolder, 'run', 'database.json')
  const { url } = JSON.parse(fs.readFileSync(file, 'utf8')) as { url: string }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('set session_replication_role = replica')
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
