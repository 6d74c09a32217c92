/** Makes the template: migrations, prices, accounts, a service key, and the tables of the baselines. */
import fs from 'node:fs'
import path from 'node:path'
import { system } from '@/lib/core/actor'
import { createServiceKey } from '@/lib/domain/api-keys'
import { publishPrices } from '@/lib/domain/prices'
import { closeDatabase } from '@/lib/edges/db'
import { migrate } from '@/lib/edges/db/migrate'
import { insertBenchAccounts } from './accounts'
import type { PairLedger } from './baselines/pairs'
import { useDatabase, withClient } from './postgres'

const root = path.join(import.meta.dirname, '..')

/** Returns the service key that every copy knows. */
export async function prepareTemplate(url: string, pairs: PairLedger): Promise<{ serviceKey: string }> {
  await migrate(url)
  await withClient(url, async (client) => {
    await client.query(fs.readFileSync(path.join(import.meta.dirname, 'baselines/schema.sql'), 'utf8'))
    await insertBenchAccounts(client)
    await pairs.install(client)
  })
  useDatabase(url)
  const actor = system('bench')
  const csv = fs.readFileSync(path.join(root, 'data/prices.csv'), 'utf8')
  await publishPrices(actor, { csv, effectiveFrom: new Date('2020-01-01T00:00:00Z') })
  const { key } = await createServiceKey(actor, { name: 'bench', scopes: ['usage:write', 'balance:read'] })
  await closeDatabase()
  await withClient(url, (client) => client.query('vacuum analyze'))
  return { serviceKey: key }
}
