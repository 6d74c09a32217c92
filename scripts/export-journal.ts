/**
 * Writes the whole ledger as plain-text accounting: every account's transfers, from the house's side. docs/statement.md describes it.
 *   npm run export:journal -- --format hledger --out ledger.journal
 *   npm run export:journal -- --format beancount > ledger.beancount
 *   --database-url URL  another database than that of DATABASE_URL, or the embedded one while Purse runs
 * It is streamed: its size does not matter. Exit code: 0 written, 1 not.
 */
import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { system } from '../lib/core/actor'
import { closeDatabase } from '../lib/edges/db'
import { databaseUrl } from './database-url.mjs'

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'hledger' },
    out: { type: 'string' },
    'database-url': { type: 'string' },
  },
})

async function main(): Promise<void> {
  const { format, out } = values
  if (format !== 'hledger' && format !== 'beancount') {
    throw new Error(`There is no format "${format}". Use --format hledger or --format beancount.`)
  }
  process.env.DATABASE_URL = values['database-url'] ?? databaseUrl()
  const { exportWholeJournal } = await import('../lib/domain/statement')
  let accounts = 0
  const { chunks } = await exportWholeJournal(system('export:journal'), {
    format,
    onAccount: (count) => {
      accounts = count
    },
  })
  await pipeline(chunks, out === undefined ? process.stdout : fs.createWriteStream(out), { end: out !== undefined })
  console.error(`${accounts} accounts written${out === undefined ? '' : ` to ${out}`}.`)
}

main()
  .catch((error: Error) => {
    console.error(`The ledger could not be exported: ${error.message}`)
    process.exitCode = 1
  })
  .finally(() => closeDatabase())
