/**
 * Derives every figure of the books again and names each difference.
 *   npm run check:books                        the database of DATABASE_URL, or the embedded one while it runs
 *   npm run check:books -- --database-url URL  any other
 *   npm run check:books -- --only I22,B02      some invariants
 *   npm run check:books -- --json FILE         writes the result to a file as well
 * Exit code: 0 the books agree, 1 they do not, 2 they could not be read.
 */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { type CheckResult, invariants } from '../lib/domain/books'
import { checkWithProgress } from './books/check-with-progress'
import { databaseUrl } from './database-url.mjs'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { 'database-url': { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } },
  })
  const only = values.only?.split(',').map((id) => id.trim())
  const unknown = only?.find((wanted) => !invariants.some(({ id }) => id === wanted))
  if (unknown !== undefined)
    throw new Error(`There is no invariant ${unknown}. There are ${invariants.map(({ id }) => id).join(', ')}.`)

  const url = values['database-url'] ?? databaseUrl()
  const startedAt = Date.now()
  const results = await checkWithProgress(url, only)
  const broken = results.filter(({ count }) => count > 0)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  console.log(
    broken.length === 0
      ? `The books agree: ${results.length} invariants hold (${seconds} s).`
      : `The books do not agree: ${broken.map(({ invariant }) => invariant.id).join(', ')} (${seconds} s).`,
  )
  if (values.json) fs.writeFileSync(values.json, `${JSON.stringify(asJson(results, Number(seconds)), null, 2)}\n`)
  return broken.length === 0 ? 0 : 1
}

const asJson = (results: CheckResult[], seconds: number) => ({
  agree: results.every(({ count }) => count === 0),
  seconds,
  invariants: results.map(({ invariant: { id, title }, count, first }) => ({ id, title, violations: count, first })),
})

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`The books could not be read: ${error.message}`)
    process.exit(2)
  },
)
