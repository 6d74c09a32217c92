import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGate, type TestGate } from '@/lib/testing/gate'

aDatabaseInTest()
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

/** Everything that a request could have written for the account. */
async function written(): Promise<unknown> {
  const rows = await query(
    `select (select count(*) from holds where account_id = $1) holds,
       (select count(*) from usage_events where account_id = $1) events,
       (select count(*) from transfers where account_id = $1) transfers`,
    [accountId],
  )
  return rows[0]
}

const jsonType = { 'content-type': 'application/json' }
const raw = (body: string | Uint8Array, path = '/v1/authorizations', headers: Record<string, string> = jsonType) =>
  gate.call('POST', path, { raw: body, headers })

const asHold = (fields: string) => `{"account_id":"${accountId}","idempotency_key":"${newId()}",${fields}}`
const byTokens = (number: string) => asHold(`"model":"kimi-k2p7-code","input_tokens":${number},"max_output_tokens":1`)

const notANumberOfTokens = [
  ...['-1', '-0', '0.5', '0.1e1x', '1e400', '-1e400', 'NaN', 'Infinity', '"5"', '"1e3"', 'null', 'true', '[]'],
  ...[
    '{}',
    '""',
    '1000000001',
    '9007199254740993',
    '9223372036854775808',
    '1'.repeat(400),
    '0x10',
    '01',
    '+1',
    '1_000',
    '.5',
  ],
]
const notMoney = [
  ...[
    '0.25',
    '1',
    '-1',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '"-1"',
    '"0"',
    '"0.00"',
    '"1e3"',
    '"1,5"',
    '"$1"',
    '" 1"',
    '"1 "',
  ],
  ...[
    '"0.0000000001"',
    '"1234567890"',
    '"NaN"',
    '"Infinity"',
    '"0x1"',
    '".5"',
    '"1."',
    '"+1"',
    '"١"',
    '"1\\u0000"',
    '"1\\n"',
  ],
]
const notAKey = [
  '""',
  'null',
  '5',
  '" "',
  '"a b"',
  '"é"',
  '"a\\u0000"',
  '"\\ud800"',
  '"\\u202e"',
  `"${'k'.repeat(129)}"`,
]
const notAModel = [
  '""',
  'null',
  '5',
  '"a b"',
  '"a\\u0000b"',
  '"\\udc00"',
  '"\\u202e"',
  `"${'m'.repeat(65)}"`,
  '"no-such-model"',
]
const notAnAccount = ['""', 'null', '5', '"x"', '"\\u0000"', '[]', `"${'a'.repeat(5000)}"`]
const notSeconds = ['0', '-1', '0.5', '86401', '"600"', 'null', '1e400', '-0']

describe('a value that does not fit', () => {
  const cases: [field: string, values: string[], body: (value: string) => string][] = [
    ['input_tokens', notANumberOfTokens, byTokens],
    ['max_cost', notMoney, (value) => asHold(`"max_cost":${value}`)],
    [
      'idempotency_key',
      notAKey,
      (value) => `{"account_id":"${accountId}","max_cost":"0.01","idempotency_key":${value}}`,
    ],
    ['model', notAModel, (value) => asHold(`"max_cost":"0.01","model":${value}`)],
    ['account_id', notAnAccount, (value) => `{"account_id":${value},"max_cost":"0.01","idempotency_key":"k"}`],
    ['expires_in_seconds', notSeconds, (value) => asHold(`"max_cost":"0.01","expires_in_seconds":${value}`)],
  ]
  test.each(cases)('in %s is refused by its name, and nothing is written', async (field, values, body) => {
    const before = await written()
    for (const value of values) {
      const answer = await raw(body(value))
      expect(answer.status, `${field} ${value.slice(0, 60)}: ${JSON.stringify(answer.body)}`).toBe(400)
      // What is no JSON at all has no fields.
      expect([field, 'body'], `${field} ${value.slice(0, 60)}`).toContain(answer.body.field)
    }
    expect(await written()).toEqual(before)
  })

  test('in the events of a batch refuses that event alone', async () => {
    const valid = (id: string) => ({ id, model: 'kimi-k2p7-code', input_tokens: 1, output_tokens: 1 })
    const wrong = [
      { ...valid('a'), input_tokens: -1 },
      { ...valid('b'), output_tokens: 0.5 },
      { ...valid('c'), cached_input_tokens: 2 },
      { ...valid('hold:1') },
      { ...valid('late:1') },
      { ...valid('d\u0000') },
      { ...valid('e'), model: '\ud800' },
      { ...valid('f'), occurred_at: '2026-02-30T00:00:00Z' },
      { ...valid('g'), occurred_at: '0000-01-01T00:00:00Z' },
      { ...valid('h'), occurred_at: '9999-01-01T00:00:00Z' },
      { ...valid('i'), occurred_at: 'yesterday' },
      { ...valid('j'), price: '0' },
      ...[null, 5, 'x', [], {}, true],
    ]
    const answer = await gate.post('/v1/usage', {
      account_id: accountId,
      events: [valid('ok-1'), ...wrong, valid('ok-2')],
    })
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, refused: wrong.length } })
    for (const { status, field } of answer.body.results.slice(1, -1)) {
      expect({ status, field }).toEqual({ status: 'refused', field: expect.any(String) })
    }
  })

  test('in a batch itself refuses the batch', async () => {
    for (const events of [[], null, {}, 'x', undefined, Array.from({ length: 1001 }, () => ({}))]) {
      const answer = await gate.post('/v1/usage', { account_id: accountId, events })
      expect(answer).toMatchObject({ status: 400, body: { field: 'events' } })
    }
  })
})

describe('a body that is no JSON we accept', () => {
  const bodies: Record<string, string | Uint8Array> = {
    empty: '',
    blank: ' \n',
    'cut off': '{"account_id":',
    'with something behind it': `${byTokens('1')}x`,
    'two values': `${byTokens('1')}${byTokens('1')}`,
    'a list': '[]',
    null: 'null',
    'a number': '5',
    'single quotes': "{'account_id':'x'}",
    'a comment': '{/* */}',
    'a trailing comma': '{"account_id":"x",}',
    'a raw control character': '{"account_id":"\u0000"}',
    'invalid UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    'UTF-16': Buffer.from(byTokens('1'), 'utf16le'),
    'an overlong encoding': Buffer.from('7b22c0af22' + '3a317d', 'hex'),
    'a key twice': asHold('"max_cost":"0.01","max_cost":"0.02"'),
    'a key twice, once escaped': asHold('"max_cost":"0.01","max\\u005fcost":"0.02"'),
    __proto__: asHold('"max_cost":"0.01","__proto__":{"isAdmin":true}'),
    constructor: asHold('"max_cost":"0.01","constructor":{"prototype":{}}'),
    'an unknown field': asHold('"max_cost":"0.01","amount":"1"'),
    '33 levels deep': `${'['.repeat(33)}${']'.repeat(33)}`,
    'a million levels deep': '['.repeat(999_999),
    'a million objects deep': '{"a":'.repeat(199_999),
    'a hundred thousand values': `[${'0,'.repeat(100_000)}0]`,
  }
  test.each(Object.entries(bodies))('%s', async (_, body) => {
    const before = await written()
    const answer = await raw(body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', field: expect.any(String) } })
    expect(await written()).toEqual(before)
  })

  test('but a byte order mark and white space around it are passed over', async () => {
    expect((await raw(`\ufeff \n${byTokens('1')}\r\n `)).status).toBe(201)
  })

  test('is too large from 1 MB, or 5 MB for a batch, announced or not', async () => {
    const padded = (bytes: number) => `{"account_id":"${'a'.repeat(bytes)}"}`
    const endless = (bytes: number) =>
      new ReadableStream({
        start(controller) {
          for (let sent = 0; sent < bytes; sent += 100_000) controller.enqueue(new Uint8Array(100_000).fill(32))
          controller.close()
        },
      })
    for (const [path, most] of [
      ['/v1/authorizations', 1_000_000],
      ['/v1/usage', 5_000_000],
    ] as const) {
      expect((await raw(padded(most / 2), path)).status).toBe(400)
      expect(await raw(padded(most), path)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
      const unannounced = await gate.call('POST', path, { raw: endless(most + 200_000), headers: jsonType })
      expect(unannounced.status).toBe(413)
    }
  })

  test('does not keep others waiting', async () => {
    const big = JSON.stringify({ account_id: accountId, events: Array.from({ length: 300 }, () => 'x'.repeat(5000)) })
    const deep = '['.repeat(1_500_000)
    const busy = Array.from({ length: 8 }, (_, number) => raw(number % 2 ? big : deep, '/v1/usage'))
    const waits: number[] = []
    let isBusy = true
    void Promise.allSettled(busy).then(() => {
      isBusy = false
    })
    while (isBusy) {
      const began = performance.now()
      await gate.get('/v1/health', { key: null })
      waits.push(performance.now() - began)
    }
    for (const answer of await Promise.all(busy)) expect([200, 400]).toContain(answer.status)
    expect(Math.max(...waits)).toBeLessThan(1000)
  })
})

describe('an address or a head that does not fit', () => {
  test('is 404 where there is nothing', async () => {
    const addresses = [
      '/',
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1/authorizations/',
      '/v1/usage/x',
      '//v1/usage',
      '/v1/prices/',
      '/V1/prices',
    ]
    for (const address of addresses) {
      expect((await gate.get(address)).status, address).toBe(404)
    }
  })

  test('is 405 with what is allowed for another method', async () => {
    const { paths } = gate.document
    for (const [path, operations] of Object.entries<object>(paths)) {
      const address = path.replace(/\{[^}]+\}/g, 'x')
      const known = Object.keys(operations).map((method) => method.toUpperCase())
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']) {
        if (known.includes(method)) continue
        const answer = await gate.call(method, address)
        expect(answer, `${method} ${address}`).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
        expect(answer.headers.get('allow')).toContain(known[0])
      }
    }
  })

  test('is 415 for another content type, charset or encoding', async () => {
    const types = [
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp'],
      ...['application/json; charset=utf-16', 'application/json, application/json', '', 'json', 'application/x-ndjson'],
    ]
    for (const type of types) {
      const answer = await raw(byTokens('1'), '/v1/authorizations', { 'content-type': type })
      expect(answer, type).toMatchObject({ status: 415, body: { code: 'unsupported_content_type' } })
    }
    const zipped = await raw('x', '/v1/authorizations', { ...jsonType, 'content-encoding': 'gzip' })
    expect(zipped.status).toBe(415)
    const accepted = [
      'application/json;charset=utf-8',
      'Application/JSON; Charset="UTF-8"',
      'application/json ; version=1',
    ]
    for (const type of accepted) {
      expect((await raw(byTokens('1'), '/v1/authorizations', { 'content-type': type })).status, type).toBe(201)
    }
  })
})

describe('on the wire', () => {
  async function talk(text: string, isDone: (heard: string) => boolean = () => false): Promise<string> {
    const socket: Socket = connect(Number(new URL(gate.url).port), '127.0.0.1')
    let heard = ''
    socket.on('data', (data) => {
      heard += data
      if (isDone(heard)) socket.end()
    })
    socket.on('error', () => {})
    socket.write(text)
    await once(socket, 'close')
    return heard
  }
  const head = (lines: string[], path = '/v1/authorizations') =>
    [`POST ${path} HTTP/1.1`, 'host: gate', `authorization: Bearer ${gate.key}`, ...lines, '', ''].join('\r\n')
  const json = 'content-type: application/json'

  test('broken chunks, two lengths and no HTTP at all are refused and write nothing', async () => {
    const before = await written()
    const body = byTokens('1')
    const broken = [
      `${head([json, 'transfer-encoding: chunked'])}${body.length.toString(16)}\r\n${body}\r\nzz\r\n`,
      head([json, `content-length: ${body.length}`, 'content-length: 5']) + body,
      head([json, `content-length: ${body.length}`, 'transfer-encoding: chunked']) + body,
      head([json, 'content-length: -1']) + body,
      `GET /v1/health HTTP/9.9\r\n\r\n`,
      'nonsense\r\n\r\n',
    ]
    for (const text of broken)
      expect(await talk(text), text.slice(0, 200)).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_request"/s)
    const tooManyHeaders = head([json, `x-padding: ${'a'.repeat(20_000)}`])
    expect(await talk(tooManyHeaders)).toMatch(/^HTTP\/1\.1 431 .*"code":"headers_too_large"/s)
    expect(await written()).toEqual(before)
  })

  test('a caller who leaves in the middle has asked nothing', async () => {
    const before = await written()
    const body = byTokens('1')
    const socket = connect(Number(new URL(gate.url).port), '127.0.0.1')
    socket.write(head([json, `content-length: ${body.length}`]) + body.slice(0, -1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await written()).toEqual(before)
  })

  test('headers that stand twice fit nothing', async () => {
    const body = byTokens('1')
    const twice = head([json, json, `content-length: ${body.length}`, 'connection: close']) + body
    expect(await talk(twice)).toMatch(/^HTTP\/1\.1 415 /)
  })

  test('requests one behind the other on a connection are all answered, in order', async () => {
    const body = byTokens('1')
    const bad = '{'
    const one = (text: string) => head([json, `content-length: ${text.length}`]) + text
    const heard = await talk(
      one(body) + one(bad) + one(body),
      (text) => (text.match(/HTTP\/1\.1 /g) ?? []).length === 3,
    )
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 400', 'HTTP/1.1 200'])
  })

  test('a thousand idle connections and fifty slow ones leave the others alone', async () => {
    const port = Number(new URL(gate.url).port)
    const sockets = Array.from({ length: 1050 }, (_, number) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      if (number >= 1000) socket.write(head([json, 'content-length: 500']).concat('{'))
      return socket
    })
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    for (let asked = 0; asked < 20; asked++) expect((await raw(byTokens('1'))).status).toBe(201)
    // And not because these were sent away meanwhile.
    expect(sockets.filter((socket) => socket.destroyed || socket.readableEnded)).toEqual([])
    for (const socket of sockets) socket.destroy()
  })
})
