import { beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { resetEnv } from '@/lib/edges/env'
import { clientIp } from '@/lib/edges/session'
import { parseJson } from './json'
import { problemFor, problemKinds } from './problems'
import { route } from './route'

// The bug that a test makes is logged like any other.
vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent'
})

const origin = 'http://localhost:3000'

beforeAll(() => {
  process.env.DATABASE_URL ||= 'postgresql://127.0.0.1:1/none'
  process.env.APP_URL = origin
  resetEnv()
})

const input = z.object({ name: z.string(), count: z.number().int().min(1).optional(), nested: z.unknown().optional() })
type Input = z.infer<typeof input> & { accountId: string }

const calls: unknown[] = []
const door = route({ auth: 'none', input, maxBodyBytes: 1000 }, async (actor, sent: Input) => {
  calls.push({ actor, sent })
  return { name: sent.name, accountId: sent.accountId }
})

const accountId = newId()
const context = { params: Promise.resolve({ accountId }) }
const json = { origin, 'content-type': 'application/json' }

async function post(body: BodyInit | null, headers: Record<string, string> = json) {
  const request = new Request(`${origin}/api/accounts/x/things`, {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit)
  const response = await door(request, context)
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

test('a door checks, parses, calls the verb and answers', async () => {
  const answer = await post('{"name":"a","count":2}', { ...json, 'content-type': 'application/json; charset=utf-8' })
  expect(answer).toMatchObject({ status: 200, body: { name: 'a', accountId } })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(calls.at(-1)).toEqual({ actor: { kind: 'visitor', ip: undefined }, sent: { name: 'a', count: 2, accountId } })
})

test.each([
  ['foreign', { origin: 'https://evil.example' }],
  ['null', { origin: 'null' }],
  ['on another port', { origin: 'http://localhost:3001' }],
  ['unencrypted look-alike', { origin: 'http://localhost:3000@evil.example' }],
])('a write with a %s Origin is refused before anything else', async (_, headers) => {
  const before = calls.length
  expect(await post('{"name":"a"}', { ...json, ...headers })).toMatchObject({
    status: 403,
    body: { code: 'origin_not_allowed' },
  })
  expect(calls).toHaveLength(before)
})

test('a write without Origin is refused', async () => {
  const answer = await post('{"name":"a"}', { 'content-type': 'application/json' })
  expect(answer).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
})

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  '',
])('a write as %j is refused', async (contentType) => {
  const answer = await post('{"name":"a"}', { origin, 'content-type': contentType })
  expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_content_type' } })
})

test('too large a body is refused by its length, and while it arrives', async () => {
  const large = `{"name":"${'a'.repeat(1000)}"}`
  expect(await post(large)).toMatchObject({ status: 413, body: { code: 'body_too_large', most_bytes: 1000 } })
  expect(await post('{}', { ...json, 'content-length': '5000' })).toMatchObject({ status: 413 })

  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 400
      controller.enqueue(new TextEncoder().encode(' '.repeat(400)))
    },
  })
  expect(await post(endless)).toMatchObject({ status: 413 })
  expect(sent).toBeLessThan(4000)
})

test.each<[string, string, string]>([
  ['', 'name', 'name is missing.'],
  ['{"name":1}', 'name', 'name: Invalid input: expected string, received number.'],
  ['{"name":"a","count":0}', 'count', 'count: Too small: expected number to be >=1.'],
  ['{"name":"a","count":1.5}', 'count', 'count: Invalid input: expected int, received number.'],
  ['{"name":"a","owner":true}', 'owner', 'owner is not a field of this request. Remove it or correct its name.'],
  [
    '{"name":"a","accountId":"b"}',
    'accountId',
    'accountId is not a field of this request. Remove it or correct its name.',
  ],
  ['[]', 'body', 'body: Invalid input: expected object, received array.'],
  ['null', 'body', 'body: Invalid input: expected object, received null.'],
])('%j is refused naming the field', async (body, field, detail) => {
  expect(await post(body)).toMatchObject({ status: 400, body: { code: 'invalid_request', field, detail } })
})

test('bytes that are no text are refused', async () => {
  expect(await post(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  })
})

test('an id in the address that cannot be one is not found, like one that does not exist', async () => {
  const request = new Request(`${origin}/x?name=a`)
  const response = await door(request, { params: Promise.resolve({ accountId: "1' or '1'='1" }) })
  expect(response.status).toBe(404)
})

test('a read takes its input from the query, needs no Origin, and refuses what stands twice', async () => {
  const read = async (query: string) => {
    const response = await door(new Request(`${origin}/x?${query}`), context)
    return { status: response.status, body: await response.json() }
  }
  expect(await read('name=a')).toMatchObject({ status: 200, body: { name: 'a' } })
  expect(await read('name=a&name=b')).toMatchObject({ status: 400, body: { field: 'name' } })
  expect(await read('name=a&__proto__=b')).toMatchObject({ status: 400, body: { field: '__proto__' } })
})

test('a door that takes nothing refuses to be given something; nothing to say is 204', async () => {
  const bare = route({ auth: 'none' }, async (_actor, _input: { accountId: string }) => undefined)
  const call = (body: string | null) => bare(new Request(origin, { method: 'POST', headers: json, body }), context)
  expect((await call(null)).status).toBe(204)
  expect((await call('{}')).status).toBe(204)
  expect((await call('{"amount":"5.00"}')).status).toBe(400)
})

test('a session door turns strangers away', async () => {
  const members = route({ auth: 'session' }, async (_actor, _input: { accountId: string }) => ({}))
  const response = await members(new Request(origin), context)
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, 'sign_in_required'])
})

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('JSON may nest 32 deep and not deeper, however deep it is', () => {
  expect(parseJson(nested(32))).toHaveLength(1)
  for (const depth of [33, 1000, 2_000_000])
    expect(() => parseJson(nested(depth))).toThrow('nests deeper than 32 levels')
})

test.each<[string, number, number]>([
  ['{"a":1,}', 1, 8],
  ['{"a":1', 1, 7],
  ['{"a" 1}', 1, 6],
  ['{\n  "a": 1,\n  b: 2\n}', 3, 3],
  ['[1 2]', 1, 4],
  ['hello', 1, 1],
  ["{'a':1}", 1, 2],
  ['01', 1, 2],
  ['1e', 1, 2],
  ['NaN', 1, 1],
  ['"a\nb"', 1, 1],
  ['"\\x"', 1, 1],
  ['{} {}', 1, 4],
  ['\ufeff{}', 1, 1],
  ['{"__proto__":{}}', 1, 2],
  ['{"a":{"constructor":{"prototype":{}}}}', 1, 7],
  ['{"\\u005f_proto__":1}', 1, 2],
  ['{"a":1,"a":2}', 1, 8],
])('the mistake in %j is told by its place', (text, line, column) => {
  const refusal = capture(() => parseJson(text))
  expect(refusal).toMatchObject({ code: 'invalid_request', facts: { line, column } })
})

function capture(body: () => unknown): unknown {
  try {
    return body()
  } catch (error) {
    return error
  }
}

test.each(['{}', '[]', ' \n[1, -0, 1.5e+10, "\\u00e9\\n", true, null, {"a":{"b":[]}}]\t', '"é"', '0'])(
  '%j is JSON',
  (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  },
)

test.each<[RefusalCode, number]>([
  ['credits_exhausted', 402],
  ['budget_reached', 402],
  ['payment_method_required', 403],
  ['account_suspended', 403],
  ['payment_past_due', 402],
  ['credits_held', 429],
  ['budget_held', 429],
  ['top_up_in_progress', 503],
  ['hold_closed', 409],
  ['conflict', 409],
  ['idempotency_conflict', 409],
  ['not_found', 404],
  ['not_allowed', 403],
  ['sign_in_required', 401],
  ['key_required', 401],
  ['origin_not_allowed', 403],
  ['unsupported_content_type', 415],
  ['body_too_large', 413],
  ['too_many_attempts', 429],
  ['payment_provider_unavailable', 503],
  ['temporarily_unavailable', 503],
  ['invalid_request', 400],
  ['invalid_amount', 400],
  ['amount_too_small', 400],
  ['amount_too_large', 400],
])('%s is answered with %i', (code, status) => {
  const problem = problemFor(new Refusal(code, { message: 'Words.', limit: '5.00' }))
  expect(problem).toMatchObject({
    status,
    body: { code, status, detail: 'Words.', limit: '5.00', title: problemKinds[code].title },
  })
  if (status === 429 || status === 503) expect(Number(problem.headers['retry-after'])).toBeGreaterThan(0)
})

test('the refusal knows best when to retry, and its facts cannot pose as the answer', () => {
  const problem = problemFor(
    new Refusal('credits_held', { retry_after_seconds: 7.2, status: 200, code: 'fine', type: 'x' }),
  )
  expect(problem.headers['retry-after']).toBe('8')
  expect(problem.body).toMatchObject({ status: 429, code: 'credits_held', type: 'urn:purse:problem:credits_held' })
})

test('a bug tells its reference and nothing of the inside', () => {
  const problem = problemFor(new Error('password is hunter2 at /srv/app/lib/secret.ts'))
  expect(problem.status).toBe(500)
  expect(JSON.stringify(problem)).not.toMatch(/hunter2|secret\.ts|stack/)
  expect(problem.body.reference).toMatch(/^[0-9a-f-]{36}$/)
})

test.each<[string | undefined, number, string | undefined]>([
  [undefined, 0, undefined],
  ['198.51.100.9', 0, '198.51.100.9'],
  ['10.0.0.1, 198.51.100.9', 0, '198.51.100.9'],
  ['10.0.0.1, 198.51.100.9, 172.16.0.1', 1, '198.51.100.9'],
  ['198.51.100.9', 3, '198.51.100.9'],
  ['2001:db8::1', 0, '2001:db8::1'],
  ['<script>', 0, undefined],
])('behind %j with %i trusted proxies the caller is %j', (forwarded, hops, ip) => {
  expect(clientIp(new Headers(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }), hops)).toBe(ip)
})
