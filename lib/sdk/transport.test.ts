// The stand-in here is the network: it loses, delays and breaks answers. What the gate decides is tested against the gate.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { PurseClient, type PurseClientOptions, PurseError } from './index'
import { waitBefore } from './transport'

type Answer = (request: { body: string; number: number }, response: http.ServerResponse) => void

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function against(answer: Answer, options: Partial<PurseClientOptions> = {}) {
  const bodies: string[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    bodies.push(body)
    answer({ body, number: bodies.length }, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { client: new PurseClient({ baseUrl, apiKey: 'purse_sk_test', ...options }), bodies }
}

const problem = (response: http.ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(body))
const held = (response: http.ServerResponse) =>
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'auth_1', account_id: 'a' }))

const ask = { accountId: 'a', maxCost: '0.10' }

describe('a call is repeated', () => {
  test.each([
    ['a connection that breaks', (response: http.ServerResponse) => response.destroy()],
    [
      'an answer cut in the middle',
      (response: http.ServerResponse) => {
        response.writeHead(201, { 'content-length': '1000' }).write('{"id":')
        setTimeout(() => response.destroy(), 20)
      },
    ],
    ['a page of a proxy', (response: http.ServerResponse) => response.writeHead(502).end('<html>Bad gateway</html>')],
    [
      'the database being away',
      (response: http.ServerResponse) =>
        problem(response, 503, { code: 'temporarily_unavailable', detail: 'Try again.' }, { 'retry-after': '0' }),
    ],
  ])('after %s, under the same key', async (_, fail) => {
    const { client, bodies } = await against(({ number }, response) => (number < 3 ? fail(response) : held(response)))
    expect(await client.authorize(ask)).toMatchObject({ id: 'auth_1', accountId: 'a' })
    expect(bodies).toHaveLength(3)
    expect(new Set(bodies).size).toBe(1)
    expect(JSON.parse(bodies[0]!)).toEqual({
      account_id: 'a',
      max_cost: '0.10',
      idempotency_key: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    })
  })

  test('after no answer in time', async () => {
    const { client, bodies } = await against(({ number }, response) => void (number === 1 || held(response)), {
      timeoutMs: 100,
    })
    await client.authorize(ask)
    expect(bodies).toHaveLength(2)
  })

  test('not before Retry-After, and not at all when that is long', async () => {
    const busy = (seconds: string) => (_: unknown, response: http.ServerResponse) =>
      problem(response, 429, { code: 'credits_held', detail: 'Retry.' }, { 'retry-after': seconds })
    const soon = await against(busy('1'), { retries: 1 })
    const startedAt = performance.now()
    await expect(soon.client.authorize(ask)).rejects.toMatchObject({ code: 'credits_held', retryAfterSeconds: 1 })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990)
    expect(soon.bodies).toHaveLength(2)
    const late = await against(busy('60'))
    await expect(late.client.authorize(ask)).rejects.toMatchObject({ retryAfterSeconds: 60, isRetryable: true })
    expect(late.bodies).toHaveLength(1)
  })

  test('never after a refusal that only the customer can lift, or when refusals are not to be repeated', async () => {
    const dry = await against((_, response) => problem(response, 402, { code: 'credits_exhausted', detail: 'No.' }))
    await expect(dry.client.authorize(ask)).rejects.toBeInstanceOf(PurseError)
    expect(dry.bodies).toHaveLength(1)
    const busy = await against((_, response) => problem(response, 429, { code: 'credits_held', detail: 'Retry.' }))
    await expect(busy.client.authorize(ask, { retryRefusals: false })).rejects.toMatchObject({ code: 'credits_held' })
    expect(busy.bodies).toHaveLength(1)
  })
})

test('a call that is aborted ends at once', async () => {
  const { client } = await against(() => {})
  const call = client.balance('a', { signal: AbortSignal.timeout(50) })
  await expect(call).rejects.toMatchObject({ code: 'aborted', isRetryable: false })
})

test('a redirect, which would carry the key elsewhere, is not followed', async () => {
  const { client, bodies } = await against((_, response) => response.writeHead(307, { location: '/elsewhere' }).end(), {
    retries: 0,
  })
  await expect(client.prices()).rejects.toMatchObject({ code: 'gate_unreachable' })
  expect(bodies).toHaveLength(1)
})

test('what cannot be sent is named', async () => {
  const { client, bodies } = await against((_, response) => held(response))
  const usage = { inputTokens: 1n as unknown as number, outputTokens: 0 }
  await expect(client.settle('auth_1', usage)).rejects.toMatchObject({ code: 'invalid_request' })
  expect(bodies).toHaveLength(0)
  expect(() => new PurseClient({ baseUrl: 'gate.example.com', apiKey: 'k' })).toThrow(/baseUrl/)
  expect(() => new PurseClient({ baseUrl: 'https://gate.example.com', apiKey: '' })).toThrow(/apiKey/)
})

test('waits grow, differ, and heed the gate', () => {
  const waits = Array.from({ length: 100 }, () => waitBefore(3))
  expect(new Set(waits).size).toBeGreaterThan(50)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(400)
  expect(Math.max(...waits)).toBeLessThanOrEqual(800)
  expect(waitBefore(1, 30)).toBe(30_000)
  expect(waitBefore(60, 0, 10_000)).toBeLessThanOrEqual(10_000)
})
