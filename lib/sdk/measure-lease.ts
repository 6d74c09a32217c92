/**
 * How fast a lease promises out of memory. `node --import tsx lib/sdk/measure-lease.ts` measures against a canned gate
 * (no promise of a lease asks the gate, so that it makes no difference which one); the benchmark gives its own lease.
 */
import { pathToFileURL } from 'node:url'
import { PurseClient } from './client.js'
import type { Lease } from './lease.js'

export interface LeaseSpeed {
  /** Promises and their release in one second of one process. */
  authorizesPerSecond: number
  /** Promises and their settlement, with the event that is kept for the gate. */
  settledPerSecond: number
}

const batch = 1_000

/** Measures on a lease of its own, or on one that is given: it is left as full as it was, but for what is settled. */
export async function measureLeaseAuthorize({
  lease,
  seconds = 1,
}: {
  lease?: Lease
  seconds?: number
} = {}): Promise<LeaseSpeed> {
  const measured = lease ?? (await aCannedLease())
  const size = { model: 'gpt-oss-20b', inputTokens: 1200, maxOutputTokens: 400 }
  const authorizesPerSecond = await perSecond(seconds, () => measured.release(measured.authorize(size)))
  const usage = { inputTokens: 1200, outputTokens: 87 }
  const settledPerSecond = lease ? 0 : await perSecond(seconds, () => measured.settle(measured.authorize(size), usage))
  if (!lease) await measured.close()
  return { authorizesPerSecond, settledPerSecond }
}

async function perSecond(seconds: number, work: () => void): Promise<number> {
  const until = performance.now() + seconds * 1000
  const startedAt = performance.now()
  let done = 0
  while (performance.now() < until) {
    for (let i = 0; i < batch; i++) work()
    done += batch
    await new Promise((resolve) => setImmediate(resolve)) // background work is part of the price
  }
  return Math.round((done / (performance.now() - startedAt)) * 1000)
}

async function aCannedLease(): Promise<Lease> {
  const fetch = async (url: unknown, init?: RequestInit) => Response.json(cannedAnswer(String(url), String(init?.body)))
  const client = new PurseClient({ baseUrl: 'http://canned', apiKey: 'none', fetch: fetch as typeof globalThis.fetch })
  return client.lease({ accountId: 'canned', amount: '1000000.00' })
}

function cannedAnswer(url: string, body: string): unknown {
  if (url.endsWith('/prices')) return { prices: [cannedPrice] }
  const lease = { id: 'lease_canned', account_id: 'canned', state: 'open', amount: '1000000.00' }
  if (!url.endsWith('/settle')) return lease
  const { events } = JSON.parse(body) as { events: { id: string }[] }
  const results = events.map(({ id }, index) => ({ index, id, status: 'accepted' }))
  return { lease, accepted: events.length, duplicates: 0, refused: 0, results, refill: null }
}

const cannedPrice = {
  model: 'gpt-oss-20b',
  name: 'GPT OSS 20B',
  currency: 'usd',
  input_per_million: '0.07',
  cached_input_per_million: '0.035',
  output_per_million: '0.30',
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { authorizesPerSecond, settledPerSecond } = await measureLeaseAuthorize({ seconds: 3 })
  console.log(`authorize + release: ${authorizesPerSecond.toLocaleString('en')}/s`)
  console.log(`authorize + settle:  ${settledPerSecond.toLocaleString('en')}/s`)
}
