import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query } from '@/lib/edges/db'
import { aBudget, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGateProcess, type GateProcess } from '@/lib/testing/gate-process'
import { type Authorization, accountOfApiKey, PurseClient, PurseError, type UsageEvent } from './index'

const model = 'kimi-k2p7-code' // $0.95 in, $0.19 cached, $4.00 out for a million tokens

const database = aDatabaseInTest()
let gate: GateProcess
let client: PurseClient

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGateProcess(database.url)
  client = new PurseClient({ baseUrl: gate.url, apiKey: gate.key })
})

afterAll(async () => {
  await gate.kill()
  await expectBooksToAgree()
})

const refused = (facts: object) => expect.objectContaining(facts)

describe('one request', () => {
  test('is held, extended, reported and charged exactly', async () => {
    const { accountId } = await anAccount()
    const held = await client.authorize({ accountId, model, inputTokens: 1000, maxOutputTokens: 100 })
    expect(held).toMatchObject({ state: 'open', amount: '0.00135', available: '0.99865', charged: null })
    const extended = await client.extend(held.id, { inputTokens: 1000, maxOutputTokens: 500 })
    expect(extended.amount).toBe('0.00295')
    const reported = await client.reportProgress(held.id, { inputTokens: 1000, outputTokens: 300 })
    expect(reported.reported).toEqual({
      model,
      inputTokens: 1000,
      cachedInputTokens: 0,
      outputTokens: 300,
      cost: '0.00215',
    })
    const settled = await client.settle(held.id, { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 450 })
    expect(settled).toMatchObject({ state: 'settled', charged: '0.002446', available: '0.997554' })
    expect(await client.getAuthorization(held.id)).toMatchObject({ id: held.id, charged: '0.002446' })
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.997554', held: '0.00' })
  })

  test('is released without a charge', async () => {
    const { accountId } = await anAccount()
    const held = await client.authorize({ accountId, maxCost: '0.40' })
    expect(await client.release(held.id)).toMatchObject({ state: 'released', available: '1.00' })
  })

  test('a refusal says by code what would help', async () => {
    const { accountId } = await anAccount({ hasPaymentMethod: true })
    const asked = client.authorize({ accountId, maxCost: '1.50' })
    await expect(asked).rejects.toBeInstanceOf(PurseError)
    await expect(asked).rejects.toEqual(
      refused({ code: 'credits_exhausted', status: 402, maxAffordable: '1.00', isRetryable: false, isGateAway: false }),
    )
    await expect(client.authorize({ accountId, maxCost: '1,5' })).rejects.toEqual(
      refused({ code: 'invalid_request', status: 400, field: 'max_cost' }),
    )
  })

  test('the same key is the same hold; another request under it is a conflict', async () => {
    const { accountId } = await anAccount()
    const first = await client.authorize({ accountId, maxCost: '0.10', idempotencyKey: 'req-1' })
    expect((await client.authorize({ accountId, maxCost: '0.10', idempotencyKey: 'req-1' })).id).toBe(first.id)
    await expect(client.authorize({ accountId, maxCost: '0.20', idempotencyKey: 'req-1' })).rejects.toEqual(
      refused({ code: 'idempotency_conflict', status: 409, isRetryable: false }),
    )
  })
})

describe('usage in batches', () => {
  test('an array is answered event by event', async () => {
    const { accountId } = await anAccount()
    const event = { model, inputTokens: 1_000, outputTokens: 0 }
    const events = [{ ...event, id: 'a' }, { ...event, id: 'a' }, { ...event, id: 'b', model: 'none-such' }, event]
    const answer = await client.recordUsage(events, { accountId })
    expect(answer).toMatchObject({ accepted: 2, duplicates: 1, refused: 1 })
    expect(answer.results.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'refused', 'accepted'])
    expect(answer.results[2]).toMatchObject({ index: 2, code: 'unknown_model' })
  })

  test('an endless source is sent in batches, and only what was refused is kept', async () => {
    const { accountId } = await anAccount()
    async function* events(): AsyncGenerator<UsageEvent> {
      for (let number = 0; number < 2_500; number++) {
        yield { id: `e${number}`, model: number === 1_700 ? 'none-such' : model, inputTokens: 1, outputTokens: 0 }
      }
    }
    const answer = await client.recordUsage(events(), { accountId })
    expect(answer).toMatchObject({ accepted: 2_499, refused: 1, results: [{ index: 1_700, id: 'e1700' }] })
    expect((await client.balance(accountId)).balance).toBe('0.99762595')
  })
})

describe('a broken network', () => {
  test('an answer that is lost is asked for again under the same key, and nothing is held twice', async () => {
    const { accountId } = await anAccount()
    const lossy = await aLossyProxy(gate.url, 2)
    const patient = new PurseClient({ baseUrl: lossy.url, apiKey: gate.key, retries: 3 })
    const held = await patient.authorize({ accountId, maxCost: '0.30' })
    expect(lossy.lost()).toBe(2)
    expect(await client.balance(accountId)).toMatchObject({ held: '0.30' })
    await patient.settle(held.id, { model, inputTokens: 0, outputTokens: 1000 })
    expect((await client.balance(accountId)).balance).toBe('0.996')
    lossy.close()
  })

  test('a gate that cannot be reached admits nothing', async () => {
    const { accountId } = await anAccount()
    const lost = new PurseClient({ baseUrl: 'http://127.0.0.1:9', apiKey: gate.key, retries: 1, timeoutMs: 500 })
    await expect(lost.authorize({ accountId, maxCost: '0.10' })).rejects.toEqual(
      refused({ code: 'gate_unreachable', status: 0, isRetryable: true, isGateAway: true }),
    )
  })

  test('failOpen admits loudly, and the usage is recorded in full when the gate is back', async () => {
    const { accountId } = await anAccount()
    const admitted: Authorization[] = []
    const open = new PurseClient({
      baseUrl: gate.url,
      apiKey: gate.key,
      retries: 0,
      failOpen: true,
      onFailOpen: ({ authorization }) => admitted.push(authorization),
      onUnreported: ({ error }) => expect.unreachable(error.message),
    })
    await gate.kill()
    const unchecked = await open.authorize({ accountId, model, inputTokens: 1000, maxOutputTokens: 1_000_000 })
    const dropped = await open.authorize({ accountId, maxCost: '5.00' })
    expect(unchecked).toMatchObject({ isUnchecked: true, accountId, model })
    expect(admitted.map(({ id }) => id)).toEqual([unchecked.id, dropped.id])
    await open.release(dropped.id)
    await open.settle(unchecked.id, { inputTokens: 1000, outputTokens: 500_000 })
    await open.settle(unchecked.id, { inputTokens: 1000, outputTokens: 500_000 }) // said twice, charged once
    expect(open.unreported).toBe(2)
    await gate.restart()
    await open.flush()
    expect(open.unreported).toBe(0)
    // $2.00095 of usage on $1: beyond the credit, as nobody could check.
    expect((await client.balance(accountId)).balance).toBe('-1.00095')
  })

  test('failOpen does not open for a refusal', async () => {
    const { accountId } = await anAccount({ hasPaymentMethod: true })
    const open = new PurseClient({ baseUrl: gate.url, apiKey: gate.key, failOpen: true })
    await expect(open.authorize({ accountId, maxCost: '1.50' })).rejects.toEqual(refused({ code: 'credits_exhausted' }))
  })
})

test('a lease by hand is opened, charged, refilled and released', async () => {
  const { accountId } = await anAccount()
  const opened = await client.openLease({ accountId, amount: '0.50' })
  expect(opened).toMatchObject({ state: 'open', amount: '0.50', available: '0.50' })
  const event = { id: 'one', model, inputTokens: 0, outputTokens: 50_000 }
  const settled = await client.settleLease(opened.id, { events: [event], amount: '0.60' })
  expect(settled).toMatchObject({ accepted: 1, lease: { amount: '0.60', available: '0.20' }, refill: null })
  expect(await client.releaseLease(opened.id)).toMatchObject({ state: 'released', available: '0.80' })
  const [row] = await query<{ source: string }>('select source from usage_events where account_id = $1', [accountId])
  expect(row?.source).toBe('lease')
})

describe("a customer's API key", () => {
  const eventsOf = (accountId: string) =>
    query<{ key_id: string | null; tag: string | null; source: string | null }>(
      'select key_id, tag, source from usage_events where account_id = $1 order by tag',
      [accountId],
    )

  test('names the account and whose usage it is, in every call', async () => {
    const { accountId, userId } = await anAccount()
    const { keyId, secret } = await anApiKey(accountId, userId)
    const apiKeyHash = createHash('sha256').update(secret).digest('hex')
    expect(accountOfApiKey(secret)).toBe(accountId)
    expect(accountOfApiKey('sk-another')).toBeNull()
    const usage = { inputTokens: 1000, outputTokens: 10 }
    const held = await client.authorize({ apiKey: secret, model, inputTokens: 1000, maxOutputTokens: 10, tag: 'a' })
    expect(held).toMatchObject({ accountId, apiKeyId: keyId, tag: 'a' })
    await client.settle(held.id, usage)
    const byHash = await client.authorize({ accountId, apiKeyHash, maxCost: '0.10', tag: 'a' })
    expect(byHash.apiKeyId).toBe(keyId)
    await client.release(byHash.id)
    const { accepted } = await client.recordUsage([
      { ...usage, model, apiKey: secret, tag: 'b' },
      { ...usage, model, accountId, apiKeyHash, tag: 'c' },
    ])
    expect(accepted).toBe(2)
    const lease = await client.lease({ apiKey: secret, amount: '0.10', tag: 'd' })
    expect(lease.accountId).toBe(accountId)
    lease.settle(lease.authorize('0.01'), { ...usage, model })
    lease.settle(lease.authorize('0.01'), { ...usage, model }, { tag: 'e' })
    await lease.close()
    const shared = await client.lease({ accountId, amount: '0.10' })
    shared.settle(shared.authorize('0.01'), { ...usage, model }, { apiKeyHash, tag: 'f' })
    await shared.close()
    const sources = ['settle', null, null, 'lease', 'lease', 'lease']
    const tags = ['a', 'b', 'c', 'd', 'e', 'f']
    expect(await eventsOf(accountId)).toEqual(
      sources.map((source, place) => ({ key_id: keyId, tag: tags[place], source })),
    )

    const explained = await client.explain(accountId, held.id)
    expect(explained).toMatchObject({
      charged: '0.00099',
      apiKey: { id: keyId },
      lines: [{ tokenClass: 'input' }, {}, {}],
    })
    // Its own program may read the same.
    const own = new PurseClient({ baseUrl: gate.url, apiKey: secret })
    expect(await own.explain(accountId, held.id)).toEqual(explained)
    expect((await own.balance(accountId)).held).toBe('0.00')
    await expect(own.authorize({ accountId, maxCost: '0.10' })).rejects.toEqual(refused({ code: 'not_allowed' }))
  })

  test('that reaches its budget is refused with the budget', async () => {
    const { accountId, userId } = await anAccount()
    const { keyId, secret } = await anApiKey(accountId, userId)
    await aBudget(accountId, 'key', keyId, 'lifetime', '0.05')
    const error = await client.authorize({ apiKey: secret, maxCost: '0.10' }).catch((error) => error)
    expect(error).toBeInstanceOf(PurseError)
    expect(error).toMatchObject({
      code: 'budget_reached',
      maxAffordable: '0.05',
      resetsAt: undefined,
      isRetryable: false,
    })
    expect(error.facts.budget).toEqual({ scope: 'key', window: 'lifetime', subjectId: keyId, subjectName: 'CI' })
  })

  test('alone runs nothing unchecked; with the account, what ran counts for the key all the same', async () => {
    const { accountId, userId } = await anAccount()
    const { keyId, secret } = await anApiKey(accountId, userId)
    const apiKeyHash = createHash('sha256').update(secret).digest('hex')
    const settings = { baseUrl: gate.url, apiKey: gate.key, retries: 0, onFailOpen: () => {} }
    const open = new PurseClient({ ...settings, failOpen: true })
    await gate.kill()
    await expect(open.authorize({ apiKey: secret, maxCost: '0.10' })).rejects.toEqual(refused({ isGateAway: true }))
    const unchecked = await open.authorize({ accountId, apiKeyHash, maxCost: '0.10', model, tag: 'v1.5 %' })
    expect(unchecked).toMatchObject({ isUnchecked: true, accountId, model, tag: 'v1.5 %' })
    await open.settle(unchecked.id, { inputTokens: 1000, outputTokens: 0 })
    await gate.restart()
    await open.flush()
    expect(await eventsOf(accountId)).toEqual([{ key_id: keyId, tag: 'v1.5 %', source: null }])
  })
})

/** Passes every request on, and drops the first answers on the floor. */
async function aLossyProxy(target: string, losses: number) {
  let lost = 0
  const server = http.createServer((request, response) => {
    const passed = http.request(
      `${target}${request.url}`,
      { method: request.method, headers: request.headers },
      (answer) => {
        if (lost < losses) {
          lost += 1
          answer.resume().on('end', () => request.socket.destroy())
          return
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, lost: () => lost, close: () => server.close() }
}
