import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { createServiceKey, revokeServiceKey } from '@/lib/domain/api-keys'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGate, type TestGate } from '@/lib/testing/gate'

aDatabaseInTest()
let gate: TestGate

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGate()
})

afterAll(async () => {
  await gate.close()
  await expectBooksToAgree()
})

/** $21, a card, and the request limit that goes with them. */
async function rich() {
  const account = await anAccount({ bought: '20.00', hasPaymentMethod: true })
  await query('update accounts set requests_per_minute = null where account_id = $1', [account.accountId])
  return account
}

const used = { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 }
const event = (id = newId(), facts: object = {}) => ({ id, model: 'kimi-k2p7-code', ...used, ...facts })

const hold = async (accountId: string, facts: object = { max_cost: '1.00', model: 'kimi-k2p7-code' }) =>
  (await gate.post('/v1/authorizations', { account_id: accountId, idempotency_key: newId(), ...facts })).body

describe('authorizations', () => {
  test('are held, read, extended, reported on and settled', async () => {
    const { accountId } = await rich()
    const request = {
      account_id: accountId.toUpperCase(),
      idempotency_key: newId(),
      model: 'kimi-k2p7-code',
      input_tokens: 1200,
      max_output_tokens: 500,
    }
    const held = await gate.post('/v1/authorizations', request)
    expect(held).toMatchObject({
      status: 201,
      body: { state: 'open', amount: '0.00314', charged: null, reported: null },
    })
    expect(held.body).toMatchObject({ account_id: accountId, available: '20.99686' })
    const path = `/v1/authorizations/${held.body.id}`

    expect((await gate.get(path)).body).toEqual(held.body)

    const extended = await gate.post(`${path}/extend`, { input_tokens: 1200, max_output_tokens: 2000 })
    expect(extended).toMatchObject({ status: 200, body: { amount: '0.00914', available: '20.99086' } })
    expect((await gate.post(`${path}/extend`, { max_cost: '0.02' })).body.amount).toBe('0.02')
    expect((await gate.post(`${path}/extend`, { max_cost: '0.01' })).body.amount).toBe('0.02')

    const longer = await gate.post(`${path}/extend`, { expires_in_seconds: 3600 })
    expect(Date.parse(longer.body.expires_at)).toBeGreaterThan(Date.parse(held.body.expires_at))

    const progress = await gate.post(`${path}/progress`, { ...used, output_tokens: 40 })
    expect(progress.body.reported).toMatchObject({ model: 'kimi-k2p7-code', output_tokens: 40, cost: '0.0013' })
    const less = await gate.post(`${path}/progress`, { input_tokens: 1200, output_tokens: 10 })
    expect(less.body.reported).toEqual(progress.body.reported)

    const settled = await gate.post(`${path}/settle`, used)
    expect(settled).toMatchObject({
      status: 200,
      body: { state: 'settled', charged: '0.001488', available: '20.998512' },
    })
    expect((await gate.get(path)).body).toMatchObject({ state: 'settled', charged: '0.001488' })
  })

  test('are released, with or without a body', async () => {
    const { accountId } = await rich()
    for (const options of [{}, { json: {} }, { headers: { 'content-type': 'text/plain' } }]) {
      const { id } = await hold(accountId)
      const released = await gate.call('POST', `/v1/authorizations/${id}/release`, options)
      expect(released).toMatchObject({ status: 200, body: { state: 'released', available: '21.00' } })
    }
  })

  test('answer a repeat of the same request alike, and another request under its key with 409', async () => {
    const { accountId } = await rich()
    const request = { account_id: accountId, idempotency_key: newId(), max_cost: '1.00' }
    const first = await gate.post('/v1/authorizations', request)
    expect(first.status).toBe(201)
    expect(await gate.post('/v1/authorizations', request)).toMatchObject({ status: 200, body: first.body })
    const { idempotency_key, ...withoutKey } = request
    const inHeader = await gate.post('/v1/authorizations', withoutKey, {
      headers: { 'idempotency-key': idempotency_key },
    })
    expect(inHeader).toMatchObject({ status: 200, body: first.body })
    const other = await gate.post('/v1/authorizations', { ...request, max_cost: '2.00' })
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict', field: 'idempotency_key' } })

    const path = `/v1/authorizations/${first.body.id}`
    const extension = { max_cost: '1.50', idempotency_key: newId() }
    const extended = await gate.post(`${path}/extend`, extension)
    expect(await gate.post(`${path}/extend`, extension)).toMatchObject({ status: 200, body: extended.body })
    expect(await gate.post(`${path}/extend`, { ...extension, max_cost: '1.75' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    })

    const report = { ...used, model: 'kimi-k2p7-code' }
    const reported = await gate.post(`${path}/progress`, report)
    expect((await gate.post(`${path}/progress`, report)).body).toEqual(reported.body)

    const settled = await gate.post(`${path}/settle`, report)
    expect(await gate.post(`${path}/settle`, report)).toMatchObject({ status: 200, body: settled.body })
    expect(await gate.post(`${path}/settle`, { ...report, output_tokens: 88 })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    })
    expect(await gate.post(`${path}/release`)).toMatchObject({ status: 409, body: { code: 'hold_closed' } })
    expect(await gate.post(`${path}/extend`, { max_cost: '3.00' })).toMatchObject({ status: 409 })
    expect(await gate.post(`${path}/progress`, report)).toMatchObject({ status: 409 })
  })

  test('refuse two different keys, a malformed one and none', async () => {
    const { accountId } = await rich()
    const request = { account_id: accountId, max_cost: '0.01' }
    const refused = { status: 400, body: { code: 'invalid_request', field: 'idempotency_key' } }
    expect(await gate.post('/v1/authorizations', request)).toMatchObject(refused)
    expect(
      await gate.post(
        '/v1/authorizations',
        { ...request, idempotency_key: 'a' },
        { headers: { 'idempotency-key': 'b' } },
      ),
    ).toMatchObject(refused)
    expect(await gate.post('/v1/authorizations', request, { headers: { 'idempotency-key': 'a b' } })).toMatchObject(
      refused,
    )
  })

  test('refuse what does not fit, with what would, and charge nothing', async () => {
    const { accountId } = await rich()
    const refused = await gate.post('/v1/authorizations', {
      account_id: accountId,
      idempotency_key: newId(),
      max_cost: '100.00',
    })
    expect(refused).toMatchObject({
      status: 402,
      body: { code: 'credits_exhausted', max_affordable: '21.00', required: '100.00', currency: 'usd' },
    })
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=6000;t=\d+$/)
    expect(refused.body).not.toHaveProperty('rate_limit')

    const { id } = await hold(accountId, { max_cost: '15.00' })
    const extension = await gate.post(`/v1/authorizations/${id}/extend`, { max_cost: '40.00' })
    expect(extension).toMatchObject({ status: 402, body: { code: 'credits_exhausted', max_affordable: '21.00' } })

    const second = await gate.post('/v1/authorizations', {
      account_id: accountId,
      idempotency_key: newId(),
      max_cost: '7.00',
    })
    expect(second).toMatchObject({ status: 429, body: { code: 'credits_held' } })
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('tell the request limit in headers, and refuse beyond it', async () => {
    const { accountId } = await rich()
    await query('update accounts set requests_per_minute = 2 where account_id = $1', [accountId])
    const request = () => ({ account_id: accountId, idempotency_key: newId(), max_cost: '0.01' })
    // A minute may turn in between: then the count begins anew, and a third and fourth are asked for.
    const answers = []
    for (let asked = 0; asked < 6; asked++) answers.push(await gate.post('/v1/authorizations', request()))
    const [first] = answers
    expect(first!.headers.get('ratelimit-policy')).toBe('"requests";q=2;w=60')
    expect(first!.headers.get('ratelimit')).toMatch(/^"requests";r=1;t=\d+$/)
    expect(first!.headers.get('x-ratelimit-limit-requests')).toBe('2')
    expect(first!.headers.get('x-ratelimit-remaining-requests')).toBe('1')
    const refused = answers.find(({ status }) => status === 429)!
    expect(refused.body.code).toBe('rate_limited')
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/)
    expect(refused.headers.get('retry-after')).toBe(refused.headers.get('x-ratelimit-reset-requests'))
  })

  test('of nobody are not found, whatever stands in the path', async () => {
    const { accountId } = await rich()
    const { id } = await hold(accountId)
    const strangers = [
      `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`,
      'nonsense',
      '%00',
      '%ff',
      'auth_',
      `${id}0`,
      '..%2f',
    ]
    for (const stranger of strangers) {
      expect((await gate.get(`/v1/authorizations/${stranger}`)).status, stranger).toBe(404)
      expect((await gate.post(`/v1/authorizations/${stranger}/settle`, used)).status, stranger).toBe(404)
    }
    expect(
      (await gate.post('/v1/authorizations', { account_id: newId(), idempotency_key: 'a', max_cost: '1' })).status,
    ).toBe(404)
  })
})

describe('usage', () => {
  const outcome = (accepted: number, duplicates: number, refused: number) => ({
    status: 200,
    body: { accepted, duplicates, refused },
  })

  test('is taken as JSON, each event alone; a repeat changes nothing', async () => {
    const { accountId } = await rich()
    const events = [
      event('a-1'),
      event('a-2', { input_tokens: -1 }),
      event('a-3', { model: 'no-such-model' }),
      event('a-1'),
    ]
    const first = await gate.post('/v1/usage', { account_id: accountId, events })
    expect(first).toMatchObject(outcome(1, 1, 2))
    expect(first.body.results).toMatchObject([
      { index: 0, id: 'a-1', status: 'accepted', amount: '0.001488' },
      { index: 1, id: 'a-2', status: 'refused', code: 'invalid_request', field: 'input_tokens' },
      { index: 2, id: 'a-3', status: 'refused', code: 'unknown_model' },
      { index: 3, id: 'a-1', status: 'duplicate' },
    ])
    expect(await gate.post('/v1/usage', { account_id: accountId, events })).toMatchObject(outcome(0, 2, 2))
    const changed = await gate.post('/v1/usage', {
      account_id: accountId,
      events: [event('a-1', { output_tokens: 1 })],
    })
    expect(changed.body.results).toMatchObject([{ status: 'refused', code: 'idempotency_conflict' }])
  })

  test('of several accounts goes to each; an unknown account refuses its events alone', async () => {
    const [one, other] = [await rich(), await rich()]
    const events = [
      event(newId(), { account_id: one.accountId }),
      event(newId(), { account_id: newId() }),
      event(newId(), { account_id: other.accountId }),
      event(),
    ]
    const answer = await gate.post('/v1/usage', { events })
    expect(answer).toMatchObject(outcome(2, 0, 2))
    expect(answer.body.results).toMatchObject([
      { status: 'accepted' },
      { status: 'refused', code: 'not_found', field: 'account_id' },
      { status: 'accepted' },
      { status: 'refused', code: 'invalid_request', field: 'account_id' },
    ])
    expect((await gate.get(`/v1/accounts/${one.accountId}/balance`)).body.balance).toBe('20.998512')
  })

  test('is taken as NDJSON; a bad line is refused by its index and harms no other', async () => {
    const { accountId } = await rich()
    const lines = [
      `\ufeff${JSON.stringify(event('n-1'))}\r\n`,
      '\r\n',
      '{"id":"n-2","model":\n',
      '   \n',
      `${'['.repeat(100_000)}\n`,
      `${JSON.stringify(event('n-4', { output_tokens: 1.5 }))}\n`,
      '{"id":"n-5","id":"n-5"}\n',
      JSON.stringify(event('n-6')),
    ]
    const answer = await gate.call('POST', `/v1/usage?account_id=${accountId}`, {
      raw: lines.join(''),
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(answer).toMatchObject(outcome(2, 0, 4))
    expect(answer.body.results).toMatchObject([
      { index: 0, id: 'n-1', status: 'accepted' },
      { index: 1, id: null, status: 'refused', field: 'body' },
      { index: 2, id: null, status: 'refused', field: 'body' },
      { index: 3, id: 'n-4', status: 'refused', field: 'output_tokens' },
      { index: 4, id: null, status: 'refused', field: 'body' },
      { index: 5, id: 'n-6', status: 'accepted' },
    ])
  })

  const ndjson = (raw: string, query = '') =>
    gate.call('POST', `/v1/usage${query}`, { raw, headers: { 'content-type': 'application/x-ndjson' } })

  test('without a line, or with too many, is refused as a whole', async () => {
    for (const raw of ['', '\n\n', `${JSON.stringify(event('x'))}\n`.repeat(1001)]) {
      expect(await ndjson(raw)).toMatchObject({ status: 400, body: { code: 'invalid_request', field: 'body' } })
    }
  })

  test('beyond the credit is refused, or recorded when asked for', async () => {
    const { accountId } = await anAccount()
    const line = JSON.stringify(event(newId(), { output_tokens: 500_000 }))
    expect((await ndjson(line, `?account_id=${accountId}`)).body.results).toMatchObject([{ status: 'refused' }])
    expect(await ndjson(line, `?account_id=${accountId}&beyond_credit=record`)).toMatchObject(outcome(1, 0, 0))
    expect((await gate.get(`/v1/accounts/${accountId}/balance`)).body.balance).toBe('-1.00114')
    const inBody = { account_id: accountId, beyond_credit: 'record', events: [event()] }
    expect(await gate.post('/v1/usage', inBody)).toMatchObject(outcome(1, 0, 0))
  })

  test('names a query parameter that it does not know, or that stands twice', async () => {
    for (const query of ['?acount_id=x', '?beyond_credit=maybe', '?account_id=1&account_id=2', '?__proto__=1']) {
      const answer = await ndjson(JSON.stringify(event()), query)
      expect(answer, query).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
      expect(query).toContain(answer.body.field)
    }
  })

  const cloudEvent = (id: string, subject: string, facts: object = {}) => ({
    specversion: '1.0',
    type: 'purse.usage',
    source: '/gateways/1',
    id,
    subject,
    data: { model: 'kimi-k2p7-code', ...used },
    ...facts,
  })
  const cloudEvents = (json: unknown, type: string, query = '') =>
    gate.call('POST', `/v1/usage${query}`, { raw: JSON.stringify(json), headers: { 'content-type': type } })

  test('is taken as CloudEvents: single, batched and in binary mode, and each is the same event', async () => {
    const { accountId } = await rich()
    const one = cloudEvent('c-1', accountId, { time: new Date().toISOString(), traceparent: '00-1', partition: 7 })
    expect(await cloudEvents(one, 'application/cloudevents+json; charset=UTF-8')).toMatchObject(outcome(1, 0, 0))

    const batch = [
      one,
      cloudEvent('c-2', accountId),
      cloudEvent('c-3', accountId, { type: 'other' }),
      cloudEvent('c-4', accountId, { specversion: '0.3' }),
      cloudEvent('c-5', accountId, { source: '' }),
      cloudEvent('c-6', accountId, { data: undefined, data_base64: 'e30=' }),
      cloudEvent('c-7', accountId, { datacontenttype: 'text/plain' }),
    ]
    const answer = await cloudEvents(batch, 'application/cloudevents-batch+json')
    expect(answer).toMatchObject(outcome(1, 1, 5))
    expect(answer.body.results.map(({ field }: { field?: string }) => field)).toEqual([
      undefined,
      undefined,
      'type',
      'specversion',
      'source',
      'data',
      'datacontenttype',
    ])
    expect(await cloudEvents([], 'application/cloudevents-batch+json')).toMatchObject(outcome(0, 0, 0))

    const binary = { 'ce-specversion': '1.0', 'ce-type': 'purse.usage', 'ce-source': '/gateways/1' }
    const data = { model: 'kimi-k2p7-code', ...used }
    const sent = await gate.post('/v1/usage', data, {
      headers: { ...binary, 'ce-id': 'c-2', 'ce-subject': accountId.replace('-', '%2D') },
    })
    expect(sent).toMatchObject(outcome(0, 1, 0))
    const withoutSubject = await gate.post(`/v1/usage?account_id=${accountId}`, data, {
      headers: { ...binary, 'ce-id': 'c-8' },
    })
    expect(withoutSubject).toMatchObject(outcome(1, 0, 0))
    const withoutId = await gate.post(`/v1/usage?account_id=${accountId}`, data, { headers: binary })
    expect(withoutId.body.results).toMatchObject([{ status: 'refused', field: 'id', message: 'id is missing.' }])
  })

  test('as CloudEvents that are no list, or no object, is refused', async () => {
    expect(await cloudEvents({}, 'application/cloudevents-batch+json')).toMatchObject({ status: 400 })
    expect(await cloudEvents([], 'application/cloudevents+json')).toMatchObject(outcome(0, 0, 1))
  })
})

describe('leases', () => {
  test('are opened, settled, refilled and released', async () => {
    const { accountId } = await rich()
    const request = { account_id: accountId, amount: '5.00', idempotency_key: newId() }
    const opened = await gate.post('/v1/leases', request)
    expect(opened).toMatchObject({ status: 201, body: { state: 'open', amount: '5.00', available: '16.00' } })
    expect(opened.headers.get('ratelimit')).toMatch(/^"requests";r=5999;/)
    expect(await gate.post('/v1/leases', request)).toMatchObject({ status: 200, body: opened.body })
    expect(await gate.post('/v1/leases', { ...request, amount: '6.00' })).toMatchObject({ status: 409 })

    const path = `/v1/leases/${opened.body.id}`
    const batch = { events: [event('l-1'), event('l-2', { account_id: accountId }), event('l-3')] }
    const settled = await gate.post(`${path}/settle`, batch)
    expect(settled).toMatchObject({
      status: 200,
      body: { accepted: 2, refused: 1, refill: null, lease: { amount: '4.997024', available: '16.00' } },
    })
    expect(settled.body.results).toMatchObject([
      { index: 0, id: 'l-1', status: 'accepted' },
      { index: 1, id: 'l-2', status: 'refused', field: 'account_id' },
      { index: 2, id: 'l-3', status: 'accepted' },
    ])
    expect((await gate.post(`${path}/settle`, batch)).body).toMatchObject({ accepted: 0, duplicates: 2 })

    const refilled = await gate.post(`${path}/settle`, { events: [], amount: '5.00', expires_in_seconds: 3600 })
    expect(refilled.body).toMatchObject({ refill: null, lease: { amount: '5.00', available: '15.997024' } })
    const tooMuch = await gate.post(`${path}/settle`, { events: [event()], amount: '500.00' })
    expect(tooMuch.body).toMatchObject({ accepted: 1, refill: { code: 'credits_exhausted' } })

    const released = await gate.post(`${path}/release`)
    expect(released).toMatchObject({ status: 200, body: { state: 'released' } })
    expect(await gate.post(`${path}/release`)).toMatchObject({ status: 200, body: { state: 'released' } })
  })

  test('are no authorizations, and the other way round', async () => {
    const { accountId } = await rich()
    const lease = await gate.post('/v1/leases', { account_id: accountId, amount: '1.00', idempotency_key: newId() })
    const asHold = lease.body.id.replace('lease_', 'auth_')
    expect((await gate.get(`/v1/authorizations/${asHold}`)).status).toBe(404)
    expect((await gate.post(`/v1/authorizations/${asHold}/settle`, used)).status).toBe(404)
    expect((await gate.post(`/v1/authorizations/${asHold}/release`)).status).toBe(404)
    expect((await gate.post(`/v1/leases/${asHold}/release`)).status).toBe(404)
    const { id } = await hold(accountId)
    expect((await gate.post(`/v1/leases/${id.replace('auth_', 'lease_')}/release`)).status).toBe(404)
  })
})

describe('reading', () => {
  test('the balance of an account, and 404 for none', async () => {
    const { accountId } = await rich()
    await hold(accountId, { max_cost: '5.00' })
    const balance = await gate.get(`/v1/accounts/${accountId}/balance`)
    expect(balance).toMatchObject({
      status: 200,
      body: { balance: '21.00', held: '5.00', available: '16.00', credit_limit: '0.00' },
    })
    for (const nobody of [newId(), 'x', '%00', '1'.repeat(5000)]) {
      expect((await gate.get(`/v1/accounts/${nobody}/balance`)).status).toBe(404)
    }
  })

  test('prices, health and the document need no key; HEAD has no body', async () => {
    const prices = await gate.get('/v1/prices', { key: null })
    expect(prices.body.prices).toContainEqual(
      expect.objectContaining({ model: 'kimi-k2p7-code', output_per_million: '4.00' }),
    )
    expect((await gate.get('/v1/health', { key: null })).body).toEqual({ ok: true })
    expect(await gate.call('HEAD', '/v1/prices', { key: null })).toMatchObject({ status: 200, body: null })
  })
})

describe('the key', () => {
  test('is asked for before anything is read, and ends when it is revoked', async () => {
    const keys = [null, 'purse_sk_nothing', `${gate.key.slice(0, -1)}${gate.key.endsWith('A') ? 'B' : 'A'}`]
    for (const key of keys) {
      const answer = await gate.call('POST', '/v1/authorizations', { key, raw: '{' })
      expect(answer).toMatchObject({ status: 401, body: { code: 'key_required' } })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    const { key, publicId } = await createServiceKey(tester, { name: 'short', scopes: ['balance:read'] })
    const { accountId } = await anAccount()
    expect((await gate.get(`/v1/accounts/${accountId}/balance`, { key })).status).toBe(200)
    const body = { account_id: accountId, idempotency_key: 'a', max_cost: '0.01' }
    expect(await gate.post('/v1/authorizations', body, { key })).toMatchObject({
      status: 403,
      body: { code: 'not_allowed' },
    })
    await revokeServiceKey(tester, { publicId })
    await expect.poll(async () => (await gate.get(`/v1/accounts/${accountId}/balance`, { key })).status).toBe(401)
  })
})
