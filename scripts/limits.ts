/**
 * How many requests an account may begin in a minute.
 *   npm run limits -- ACCOUNT_ID 60000    sets it ("owner" and "history" name the accounts of the demo)
 *   npm run limits -- ACCOUNT_ID usual    back to the rule: 10 without a payment method or without credit, 6,000 with both
 */
import { system } from '../lib/core/actor'
import { isId } from '../lib/core/ids'
import { setRequestLimit } from '../lib/domain/rate-limits'
import { closeDatabase } from '../lib/edges/db'
import { databaseUrl, readDemo } from './database-url.mjs'

async function main(): Promise<void> {
  process.env.DATABASE_URL = databaseUrl()
  const [name = '', limit = ''] = process.argv.slice(2)
  const accountId = readDemo()?.accounts?.[name] ?? name
  if (!isId(accountId) || !/^(usual|\d{1,10})$/.test(limit)) {
    throw new Error('Use: npm run limits -- ACCOUNT_ID REQUESTS_PER_MINUTE, or npm run limits -- ACCOUNT_ID usual')
  }
  const requestsPerMinute = limit === 'usual' ? null : Number(limit)
  await setRequestLimit(system('limits'), { accountId, requestsPerMinute })
  console.log(
    requestsPerMinute === null
      ? `${accountId} has the usual request limit.`
      : `${accountId} may begin ${requestsPerMinute} requests a minute.`,
  )
}

main()
  .catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
  .finally(closeDatabase)
