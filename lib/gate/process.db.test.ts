import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { moveToDatabase } from '@/lib/testing/database'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGate, type TestGate } from '@/lib/testing/gate'
import { startProcess } from '@/lib/testing/processes'

const database = aDatabaseInTest()
let gate: TestGate
let accountId: string

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGate()
  accountId = (await anAccount({ bought: '20.00', hasPaymentMethod: true })).accountId
})

afterAll(async () => {
  await gate.close()
  await expectBooksToAgree()
})

const request = () => ({ account_id: accountId, idempotency_key: newId(), max_cost: '0.01' })

test('a gate that is told to stop answers what it has begun to read, takes nothing new and ends', async () => {
  const gateProcess = startProcess('lib/gate/main.ts', [], { DATABASE_URL: database.url, GATE_PORT: '0' })
  const { port } = JSON.parse(await gateProcess.line((line) => line.includes('gate is listening')))
  const body = JSON.stringify(request())

  const idle = connect(port, '127.0.0.1')
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  const head = [
    'POST /v1/authorizations HTTP/1.1',
    'host: gate',
    `authorization: Bearer ${gate.key}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 20)}`)
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(gateProcess.pid, 'SIGTERM')
  await once(idle, 'close')

  const late = connect(port, '127.0.0.1')
  const [refused] = await once(late, 'error')
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' })

  socket.write(body.slice(20))
  await once(socket, 'close')
  expect(heard).toMatch(/^HTTP\/1\.1 201 .*connection: close/is)
  expect(await gateProcess.exit).toMatchObject({ code: 0 })
})

/** A way to PostgreSQL that can be cut and mended. */
async function aWayToTheDatabase() {
  const { hostname, port } = new URL(database.url)
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {})
    }
    near.pipe(far).pipe(near)
  })
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  await listen(0)
  const { port: own } = server.address() as AddressInfo
  const url = new URL(database.url)
  url.host = `127.0.0.1:${own}`
  return {
    url: url.href,
    cut() {
      server.close()
      for (const socket of open) socket.destroy()
      open.clear()
    },
    mend: () => listen(own),
  }
}

test('without its database the gate answers 503 within 3 seconds, and goes on when it is back', async () => {
  const way = await aWayToTheDatabase()
  await moveToDatabase(way.url)
  const repeated = request()
  expect((await gate.post('/v1/authorizations', repeated)).status).toBe(201)

  way.cut()
  const event = { id: 'e', model: 'kimi-k2p7-code', input_tokens: 1, output_tokens: 1 }
  const calls: [string, object][] = [
    ['/v1/authorizations', request()],
    ['/v1/usage', { account_id: accountId, events: [event] }],
    ['/v1/authorizations', request()],
  ]
  for (const [path, body] of calls) {
    const began = performance.now()
    const answer = await gate.post(path, body)
    expect(answer).toMatchObject({ status: 503, body: { code: 'temporarily_unavailable' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(performance.now() - began).toBeLessThan(3000)
  }
  expect((await gate.get('/v1/health')).status).toBe(200)

  await way.mend()
  await expect.poll(async () => (await gate.post('/v1/authorizations', repeated)).status, { timeout: 5000 }).toBe(200)
  expect((await gate.get(`/v1/accounts/${accountId}/balance`)).status).toBe(200)

  await moveToDatabase(database.url)
  way.cut()
})

test('large bodies are taken, refused by the index and told apart from repeats as small ones are', async () => {
  const events = [
    { id: 'l1', model: 'kimi-k2p7-code', input_tokens: 1000, output_tokens: 10 },
    { id: 'l2', model: 'kimi-k2p7-code', input_tokens: -1, output_tokens: 10 },
    { id: 'l3', model: 'no-such-model', input_tokens: 1, output_tokens: 10 },
  ]
  const headers = { 'content-type': 'application/json' }
  const text = JSON.stringify({ account_id: accountId, events })
  const large = text.padEnd(1_500_000)
  const chunked = () =>
    new ReadableStream({
      start(controller) {
        for (let from = 0; from < large.length; from += 50_000) {
          controller.enqueue(Buffer.from(large.slice(from, from + 50_000)))
        }
        controller.close()
      },
    })
  const first = await gate.call('POST', '/v1/usage', { raw: large, headers })
  expect(first).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0, refused: 2 } })
  const small = await gate.call('POST', '/v1/usage', { raw: text, headers })
  expect(small).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 1, refused: 2 } })
  for (const raw of [large, chunked()]) {
    expect((await gate.call('POST', '/v1/usage', { raw, headers })).body).toEqual(small.body)
  }
})

test('a batch that is decided in parts answers every event by its index', async () => {
  const account = (await anAccount({ bought: '50.00' })).accountId
  const events = Array.from({ length: 1000 }, (_, index) => ({
    id: `part-${index % 990}`,
    model: index === 555 ? 'no-such-model' : 'kimi-k2p7-code',
    input_tokens: 10 + (index % 990),
    output_tokens: 1,
  }))
  const { status, body } = await gate.post('/v1/usage', { account_id: account, events })
  expect({ status, ...body, results: null }).toEqual({
    status: 200,
    accepted: 989,
    duplicates: 10,
    refused: 1,
    results: null,
  })
  expect(body.results.map(({ index, id }: { index: number; id: string }) => [index, id])).toEqual(
    events.map(({ id }, index) => [index, id]),
  )
  expect(body.results[555]).toMatchObject({ status: 'refused', code: 'unknown_model' })
  for (const { status } of body.results.slice(990)) expect(status).toBe('duplicate')
})
