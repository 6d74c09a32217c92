/** A gateway for tests: settles five cents out of a lease and then waits for its end, or has come to it. */
import { PurseClient } from '../index.js'

const [baseUrl = '', apiKey = '', accountId = '', ending] = process.argv.slice(2)
const client = new PurseClient({ baseUrl, apiKey })
const lease = await client.lease({ accountId, amount: '0.50', settleEveryMs: 60_000, closeOnExit: true })
for (let number = 0; number < 5; number++) {
  lease.settle(lease.authorize('0.02'), { model: 'kimi-k2p7-code', inputTokens: 0, outputTokens: 2_500 })
}
console.log('settled')
if (ending !== 'end') setInterval(() => {}, 1000)
