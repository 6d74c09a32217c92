/**
 * Derives every figure of the books again and names each difference.
 *   npm run check:books                       the database of DATABASE_URL, or the embedded one while it runs
 *   npm run check:books -- --database-url URL any other
 * Exit code: 0 the books agree, 1 they do not, 2 they could not be read.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { checkBooks } from '../lib/domain/books'
import { databaseUrl } from './database-url.mjs'

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { 'database-url': { type: 'string' } } })
  const client = new pg.Client({ connectionString: values['database-url'] ?? databaseUrl() })
  await client.connect()
  try {
    // One snapshot for all invariants, so that books in use do not look broken.
    await client.query('begin isolation level repeatable read read only')
    const results = await checkBooks(client, ({ invariant, count, first }) => {
      console.log(`${count === 0 ? 'ok  ' : 'FAIL'} ${invariant.id} ${invariant.title}`)
      for (const { accountId, detail } of first)
        console.log(`       ${accountId ? `account ${accountId}: ` : ''}${detail}`)
      if (count > first.length) console.log(`       … and ${count - first.length} more`)
    })
    const broken = results.filter(({ count }) => count > 0)
    console.log(
      broken.length === 0
        ? `The books agree: ${results.length} invariants hold.`
        : `The books do not agree: ${broken.map(({ invariant }) => invariant.id).join(', ')}.`,
    )
    return broken.length === 0 ? 0 : 1
  } finally {
    await client.end()
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`The books could not be read: ${error.message}`)
    process.exit(2)
  },
)
