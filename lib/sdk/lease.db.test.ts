import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGateProcess, type GateProcess } from '@/lib/testing/gate-process'
import { startProcess } from '@/lib/testing/processes'
import { PurseClient, type PurseError } from './index'
import { measureLeaseAuthorize } from './measure-lease'

const model = 'kimi-k2p7-code' // $0.95 in, $4.00 out for a million tokens
/** One cent of output. */
const cent = { model, inputTokens: 0, outputTokens: 2_500 }

const database = aDatabaseInTest()
let gate: GateProcess
let client: PurseClient
let accountId: string

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGateProcess(database.url)
  client = new PurseClient({ baseUrl: gate.url, apiKey: gate.key, retries: 0 })
})

beforeEach(async () => {
  ;({ accountId } = await anAccount({ hasPaymentMethod: true })) // with $1
})

afterAll(async () => {
  await gate.kill()
  await expectBooksToAgree()
})

const refused = (facts: object) => expect.objectContaining(facts)

async function usageOf(account: string): Promise<{ events: number; nanos: string }> {
  const [row] = await query<{ events: number; nanos: string }>(
    'select count(*)::int as events, coalesce(sum(amount), 0)::text as nanos from usage_events where account_id = $1',
    [account],
  )
  return row!
}

describe('promises out of memory', () => {
  test('never exceed what is held, and come back when they are taken back', async () => {
    const lease = await client.lease({ accountId, amount: '0.10', settleEveryMs: 60_000 })
    expect((await client.balance(accountId)).held).toBe('0.10')
    const first = lease.authorize('0.06')
    expect(() => lease.authorize('0.05')).toThrow(refused({ code: 'lease_exhausted', maxAffordable: '0.04' }))
    const second = lease.authorize({ model, inputTokens: 0, maxOutputTokens: 10_000 })
    expect(lease.free).toBe('0.00')
    lease.release(second)
    lease.settle(first, cent)
    expect(lease.free).toBe('0.09')
    expect(() => lease.settle(first, cent)).toThrow(refused({ code: 'ticket_closed' }))
    await lease.close()
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.99', held: '0.00' })
    expect(() => lease.authorize('0.01')).toThrow(refused({ code: 'lease_closed' }))
  })

  test('cost exactly what the gate charges, also for odd token counts', async () => {
    const lease = await client.lease({ accountId, amount: '0.50', settleEveryMs: 60_000 })
    let expected = 0n
    for (let number = 0; number < 700; number++) {
      const usage = { inputTokens: 7 * number + 1, cachedInputTokens: number * 3, outputTokens: number % 13 }
      lease.settle(lease.authorize({ model: 'gpt-oss-20b', inputTokens: 6000, maxOutputTokens: 13 }), usage)
      // In thousandths of a nano: $0.07, $0.035 and $0.30 for a million.
      const exact = BigInt(
        (usage.inputTokens - usage.cachedInputTokens) * 70 + usage.cachedInputTokens * 35 + usage.outputTokens * 300,
      )
      expected += exact
    }
    const free = lease.free
    await lease.flush()
    expect(lease.free).toBe('0.50') // refilled
    await lease.close()
    expect(await usageOf(accountId)).toEqual({ events: 700, nanos: String(expected) })
    expect(BigInt(Math.round(Number(free) * 1e9))).toBe(500_000_000n - expected)
  })

  test('a bad size or an unknown model is named', async () => {
    const lease = await client.lease({ accountId, amount: '0.10' })
    expect(() => lease.authorize('ten')).toThrow(refused({ code: 'invalid_request', field: 'maxCost' }))
    expect(() => lease.authorize({ model, inputTokens: 1.5, maxOutputTokens: 1 })).toThrow(
      refused({ field: 'inputTokens' }),
    )
    expect(() => lease.authorize({ model: 'none-such', inputTokens: 1, maxOutputTokens: 1 })).toThrow(
      refused({ code: 'unknown_model' }),
    )
    const ticket = lease.authorize('0.05')
    expect(() => lease.settle(ticket, { model, inputTokens: 1, cachedInputTokens: 2, outputTokens: 0 })).toThrow(
      refused({ field: 'cachedInputTokens' }),
    )
    lease.release(ticket)
    await lease.close()
  })

  test('are made at more than 300,000 a second', async () => {
    const { authorizesPerSecond } = await measureLeaseAuthorize({ seconds: 0.5 })
    expect(authorizesPerSecond).toBeGreaterThan(300_000)
  })
})

describe('in the background', () => {
  test('what is settled is reported, and the lease refilled until the account is dry', async () => {
    const errors: PurseError[] = []
    const lease = await client.lease({
      accountId,
      amount: '0.20',
      settleEveryMs: 50,
      onError: (error) => errors.push(error),
    })
    let spent = 0
    for (;;) {
      const ticket = await lease.authorizeOrWait('0.03').catch((error: PurseError) => error)
      if (!('nanos' in ticket)) {
        expect(ticket).toEqual(refused({ code: 'credits_exhausted', status: 402, maxAffordable: '0.01' }))
        break
      }
      lease.settle(ticket, { model, inputTokens: 0, outputTokens: 7_500 })
      spent += 1
    }
    expect(spent).toBe(33)
    expect(errors.at(0)).toEqual(refused({ code: 'credits_exhausted' }))
    await lease.close()
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.01', held: '0.00' })
  })

  test('a request larger than the lease enlarges it', async () => {
    const lease = await client.lease({ accountId, amount: '0.10' })
    const tickets = await Promise.all(['0.30', '0.30', '0.30'].map((size) => lease.authorizeOrWait(size)))
    expect((await client.balance(accountId)).held).toBe('0.90')
    for (const ticket of tickets) lease.release(ticket)
    await lease.close()
  })

  test('several leases of one account never promise more than it has', async () => {
    const open = () => client.lease({ accountId, amount: '0.25', settleEveryMs: 20 }).catch(() => null)
    const leases = (await Promise.all(Array.from({ length: 6 }, open))).filter((lease) => lease !== null)
    expect(leases).toHaveLength(4)
    let settled = 0
    await Promise.all(
      leases.map(async (lease) => {
        for (let tried = 0; tried < 60; tried++) {
          const ticket = await lease.authorizeOrWait('0.01').catch(() => null)
          if (!ticket) return
          lease.settle(ticket, cent)
          settled += 1
        }
      }),
    )
    await Promise.all(leases.map((lease) => lease.close()))
    expect(settled).toBe(100)
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.00', held: '0.00' })
  })

  test('a gate that is away for a while loses nothing and charges nothing twice', async () => {
    const lease = await client.lease({ accountId, amount: '0.50', settleEveryMs: 20 })
    lease.settle(lease.authorize('0.01'), cent)
    await gate.kill()
    for (let number = 0; number < 9; number++) lease.settle(lease.authorize('0.01'), cent)
    await wait(300)
    expect(lease.unreported).toBeGreaterThanOrEqual(9)
    expect(lease.free).toBe('0.40')
    await gate.restart()
    await lease.close()
    expect(await usageOf(accountId)).toEqual({ events: 10, nanos: '100000000' })
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.90', held: '0.00' })
  })

  test('a lease that expired meanwhile refuses, charges what was settled, and is drawn anew', async () => {
    const lease = await client.lease({ accountId, amount: '0.50', expiresInSeconds: 10, settleEveryMs: 60_000 })
    const { id } = lease
    await query("update holds set expires_at = now() - interval '1 second' where account_id = $1", [accountId])
    lease.settle(lease.authorize('0.01'), cent)
    await lease.flush()
    expect(lease.id).not.toBe(id)
    expect(lease.free).toBe('0.50')
    await lease.close()
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.99', held: '0.00' })
  }, 30_000)

  test('without the gate a lease promises nothing after its time', async () => {
    const lease = await client.lease({ accountId, amount: '0.50', expiresInSeconds: 10, settleEveryMs: 100 })
    await gate.kill()
    try {
      lease.authorize('0.01')
      await wait(10_100)
      expect(() => lease.authorize('0.01')).toThrow(refused({ code: 'lease_expired', isRetryable: true }))
    } finally {
      await gate.restart()
    }
    lease.release(await lease.authorizeOrWait('0.02'))
    await expect(lease.close({ waitMs: 100 })).resolves.toBeUndefined()
  }, 40_000)
})

test('with failOpen a lease goes on without the gate, loudly, and everything is charged in the end', async () => {
  const admitted: PurseError[] = []
  const open = new PurseClient({
    baseUrl: gate.url,
    apiKey: gate.key,
    retries: 0,
    failOpen: true,
    onFailOpen: ({ error }) => admitted.push(error),
  })
  const lease = await open.lease({ accountId, amount: '0.05', settleEveryMs: 20 })
  await gate.kill()
  lease.settle(lease.authorize('0.01'), cent)
  await expect(lease.flush()).rejects.toMatchObject({ code: 'gate_unreachable' })
  for (let number = 0; number < 149; number++) lease.settle(lease.authorize('0.01'), cent)
  expect(admitted).toHaveLength(145) // four more were covered
  await gate.restart()
  await lease.close()
  expect(await usageOf(accountId)).toEqual({ events: 150, nanos: '1500000000' })
  expect(await client.balance(accountId)).toMatchObject({ balance: '-0.50', held: '0.00' })
})

describe('the end of a process', () => {
  const args = () => [gate.url, gate.key, accountId]

  test('SIGTERM settles everything and returns the rest', async () => {
    const process = startProcess('lib/sdk/workers/lease-holder.ts', args())
    await process.line((line) => line === 'settled')
    await process.kill('SIGTERM')
    expect(await usageOf(accountId)).toEqual({ events: 5, nanos: '50000000' })
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.95', held: '0.00' })
  })

  test('a crash loses what was settled and not yet reported; the account loses nothing, and overspends nothing', async () => {
    const process = startProcess('lib/sdk/workers/lease-holder.ts', args())
    await process.line((line) => line === 'settled')
    await process.kill('SIGKILL')
    expect(await client.balance(accountId)).toMatchObject({ balance: '1.00', held: '0.50' })
    await query("update holds set expires_at = now() - interval '1 second' where account_id = $1", [accountId])
    await client.release((await client.authorize({ accountId, maxCost: '1.00' })).id)
    expect(await client.balance(accountId)).toMatchObject({ balance: '1.00', held: '0.00' })
  })

  test('a program that comes to its end does so too', async () => {
    const process = startProcess('lib/sdk/workers/lease-holder.ts', [...args(), 'end'])
    expect((await process.exit).code).toBe(0)
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.95', held: '0.00' })
  })
})
