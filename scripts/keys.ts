/**
 * Service keys of the platform's gateway.
 *   npm run keys -- create NAME      prints a new key, once
 *   npm run keys -- revoke PUBLIC_ID ends it (the eight characters after purse_sk_)
 */
import { system } from '../lib/core/actor'
import { createServiceKey, revokeServiceKey } from '../lib/domain/api-keys'
import { closeDatabase } from '../lib/edges/db'
import { databaseUrl } from './database-url.mjs'

async function main(): Promise<void> {
  process.env.DATABASE_URL = databaseUrl()
  const [command, argument] = process.argv.slice(2)
  const actor = system('keys')
  if (command === 'create' && argument) {
    const { key } = await createServiceKey(actor, { name: argument, scopes: ['usage:write', 'balance:read'] })
    console.log(key)
    console.error('Keep it now: only its hash is stored.')
  } else if (command === 'revoke' && argument) {
    await revokeServiceKey(actor, { publicId: argument })
    console.log(`Revoked ${argument}.`)
  } else {
    throw new Error('Use: npm run keys -- create NAME, or npm run keys -- revoke PUBLIC_ID')
  }
}

main()
  .catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
  .finally(closeDatabase)
