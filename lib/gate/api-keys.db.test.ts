/** Customers' API keys at the gate: whose usage a request is, in every form, and what a key itself may read. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { revokeApiKey } from '@/lib/domain/api-keys'
import { query } from '@/lib/edges/db'
import { aBudget, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGate, type TestGate } from '@/lib/testing/gate'
import { largeBytes } from './read-body'

const database = aDatabaseInTest()
let gate: TestGate

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGate()
})

afterAll(async () => {
  await gate.close()
  await expectBooksToAgree()
})

async function aCustomer() {
  const { accountId, userId } = await anAccount({ bought: '20.00', hasPaymentMethod: true })
  const key = await anApiKey(accountId, userId)
  return { accountId, userId, ...key, hash: createHash('sha256').update(key.secret).digest('hex') }
}
type Customer = Awaited<ReturnType<typeof aCustomer>>

const model = 'kimi-k2p7-code'
const used = { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 }
const event = (facts: object = {}) => ({ id: newId(), model, ...used, ...facts })
const request = (facts: object = {}) => ({ idempotency_key: newId(), max_cost: '0.10', model, ...facts })
const authorize = (facts: object) => gate.post('/v1/authorizations', request(facts))

/** What the account's events say of whose they are, by their number. */
const eventsOf = (accountId: string) =>
  query<{ key_id: string | null; member_id: string | null; tag: string | null; count: bigint }>(
    'select key_id, member_id, tag, count(*) from usage_events where account_id = $1 group by 1, 2, 3 order by tag nulls first',
    [accountId],
  )

describe('a request names its account', () => {
  test.each([
    ['by its id', ({ accountId }: Customer) => ({ account_id: accountId }), false],
    ['by the whole key', ({ secret }: Customer) => ({ api_key: secret }), true],
    [
      "by its id and the key's hash",
      ({ accountId, hash }: Customer) => ({ account_id: accountId, api_key_hash: hash }),
      true,
    ],
    [
      'by its id and the hash in capitals',
      ({ accountId, hash }: Customer) => ({ account_id: accountId, api_key_hash: hash.toUpperCase() }),
      true,
    ],
  ])('%s, and its charge counts for the key, its member and the tag', async (_how, named, isOfKey) => {
    const customer = await aCustomer()
    const { accountId, keyId, userId } = customer
    const { status, body } = await authorize({ ...named(customer), tag: 'search' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ account_id: accountId, api_key_id: isOfKey ? keyId : null, tag: 'search' })
    await gate.post(`/v1/authorizations/${body.id}/settle`, used)
    const [key_id, member_id] = isOfKey ? [keyId, userId] : [null, null]
    expect(await eventsOf(accountId)).toEqual([{ key_id, member_id, tag: 'search', count: 1n }])
    const rollup = await query('select key_id, member_id, tag, events from usage_hours where account_id = $1', [
      accountId,
    ])
    const nil = '00000000-0000-0000-0000-000000000000'
    expect(rollup).toEqual([{ key_id: key_id ?? nil, member_id: member_id ?? nil, tag: 'search', events: 1n }])
  })

  test.each<[string, string, (customer: Customer) => object]>([
    ['not at all', 'account_id', () => ({})],
    ['twice', 'api_key', ({ accountId, secret }) => ({ account_id: accountId, api_key: secret })],
    ['by a key and its hash', 'api_key_hash', ({ secret, hash }) => ({ api_key: secret, api_key_hash: hash })],
    ['by a hash alone', 'account_id', ({ hash }) => ({ api_key_hash: hash })],
    [
      'by a hash of another form',
      'api_key_hash',
      ({ accountId }) => ({ account_id: accountId, api_key_hash: 'sha256:x' }),
    ],
    ['with an empty tag', 'tag', ({ accountId }) => ({ account_id: accountId, tag: '' })],
    ['with a long tag', 'tag', ({ accountId }) => ({ account_id: accountId, tag: 'x'.repeat(65) })],
    ['with a control character', 'tag', ({ accountId }) => ({ account_id: accountId, tag: 'a\u0000b' })],
    ['with half a character', 'tag', ({ accountId }) => ({ account_id: accountId, tag: '\ud83d' })],
    ['with a number for a tag', 'tag', ({ accountId }) => ({ account_id: accountId, tag: 7 })],
  ])('%s, and is refused by the field %s', async (_how, field, named) => {
    const customer = await aCustomer()
    const answers = [
      await authorize(named(customer)),
      await gate.post('/v1/leases', { ...named(customer), amount: '1.00', idempotency_key: newId() }),
    ]
    for (const { status, body } of answers)
      expect([status, body.code, body.field]).toEqual([400, 'invalid_request', field])
    const batch = await gate.post('/v1/usage', {
      events: [event(named(customer)), event({ account_id: customer.accountId })],
    })
    expect(batch.body).toMatchObject({ accepted: 1, refused: 1, results: [{ code: 'invalid_request', field }, {}] })
  })

  test('with 64 characters of any script as its tag', async () => {
    const { accountId } = await aCustomer()
    const tag = '🛰'.repeat(64)
    expect((await authorize({ account_id: accountId, tag })).body.tag).toBe(tag)
  })

  test('and the same idempotency key for another API key or tag is another request', async () => {
    const { accountId, hash } = await aCustomer()
    const first = request({ account_id: accountId, api_key_hash: hash, tag: 'a' })
    const placed = await gate.post('/v1/authorizations', first)
    expect((await gate.post('/v1/authorizations', first)).body).toEqual(placed.body)
    for (const changed of [{ tag: 'b' }, { tag: undefined }, { api_key_hash: undefined }]) {
      expect((await gate.post('/v1/authorizations', { ...first, ...changed })).body.code).toBe('idempotency_conflict')
    }
    const one = { ...event({ api_key_hash: hash, tag: 'a' }), account_id: accountId }
    await gate.post('/v1/usage', { events: [one] })
    const again = await gate.post('/v1/usage', {
      events: [one, { ...one, tag: 'b' }, { ...one, api_key_hash: undefined }],
    })
    expect(again.body).toMatchObject({ duplicates: 1, refused: 2, results: [{}, { code: 'idempotency_conflict' }, {}] })
  })
})

describe('a key that may not spend', () => {
  const withoutSpend = async (accountId: string, userId: string) =>
    (await anApiKey(accountId, userId, { scopes: ['read'] })).secret
  const revoked = async (accountId: string, userId: string) => {
    const { keyId, secret } = await anApiKey(accountId, userId)
    expect((await authorize({ api_key: secret })).status).toBe(201)
    await revokeApiKey(tester, { accountId, keyId })
    return secret
  }
  const expired = async (accountId: string, userId: string) => {
    const { keyId, secret } = await anApiKey(accountId, userId)
    await query(
      `update api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where key_id = $1`,
      [keyId],
    )
    return secret
  }
  const unknown = async (accountId: string, userId: string) =>
    `${(await anApiKey(accountId, userId)).secret.slice(0, -1)}_`

  test.each([
    ['without the scope spend', withoutSpend],
    ['revoked', revoked],
    ['expired', expired],
    ['unknown', unknown],
    ['that is none', async () => 'sk-something'],
  ])('%s is refused with api_key_invalid, and nothing is charged', async (_what, keyOf) => {
    const { accountId, userId } = await aCustomer()
    const secret = await keyOf(accountId, userId)
    const hash = createHash('sha256').update(secret).digest('hex')
    await new Promise((resolve) => setTimeout(resolve, 600))
    const before = await query('select * from account_balances where account_id = $1', [accountId])
    for (const [named, field] of [
      [{ api_key: secret }, 'api_key'],
      [{ account_id: accountId, api_key_hash: hash }, 'api_key_hash'],
    ] as const) {
      const invalid = { code: 'api_key_invalid', field }
      expect(await authorize(named)).toMatchObject({ status: 401, body: invalid })
      const lease = { ...named, amount: '1.00', idempotency_key: newId() }
      expect(await gate.post('/v1/leases', lease)).toMatchObject({ status: 401, body: invalid })
      const batch = await gate.post('/v1/usage', { events: [event(named)] })
      expect(batch.body).toMatchObject({ refused: 1, results: [{ ...invalid, status: 'refused' }] })
    }
    expect(await query('select * from account_balances where account_id = $1', [accountId])).toEqual(before)
  })
})

describe('usage after the fact', () => {
  test('is of a key in every form in which it is sent', async () => {
    const { accountId, userId, keyId, secret, hash } = await aCustomer()
    const data = { model, ...used }
    const cloudEvent = (subject: string | undefined, facts: object) => ({
      specversion: '1.0',
      type: 'purse.usage',
      source: '/gateways/1',
      id: newId(),
      ...(subject ? { subject } : {}),
      data: { ...data, ...facts },
    })
    const sent = (type: string, raw: string, headers: Record<string, string> = {}) =>
      gate.post('/v1/usage', undefined, { raw, headers: { 'content-type': type, ...headers } })
    const byHash = { api_key_hash: hash }
    const lines = [
      event({ api_key: secret, tag: 'ndjson' }),
      event({ account_id: accountId, ...byHash, tag: 'ndjson' }),
    ]
    const binary = { 'ce-specversion': '1.0', 'ce-type': 'purse.usage', 'ce-source': '/gateways/1' }
    // Above the size that another thread reads.
    const many = Array.from({ length: 900 }, () => event({ api_key: secret, tag: 'large' }))
    expect(JSON.stringify({ events: many }).length).toBeGreaterThan(largeBytes)
    const answers = [
      await gate.post('/v1/usage', { events: [event({ api_key: secret, tag: 'json' })] }),
      await gate.post('/v1/usage', { account_id: accountId, events: [event({ ...byHash, tag: 'json' })] }),
      await sent('application/x-ndjson', lines.map((line) => JSON.stringify(line)).join('\n')),
      await sent(
        'application/cloudevents+json',
        JSON.stringify(cloudEvent(undefined, { api_key: secret, tag: 'cloud' })),
      ),
      await sent(
        'application/cloudevents-batch+json',
        JSON.stringify([cloudEvent(accountId, { ...byHash, tag: 'cloud' })]),
      ),
      await sent('application/json', JSON.stringify({ ...data, api_key: secret, tag: 'cloud' }), {
        ...binary,
        'ce-id': newId(),
      }),
      await gate.post('/v1/usage', { events: many }),
    ]
    expect(answers.map(({ body }) => [body.accepted, body.refused])).toEqual([
      [1, 0],
      [1, 0],
      [2, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [900, 0],
    ])
    const of = { key_id: keyId, member_id: userId }
    expect(await eventsOf(accountId)).toEqual([
      { ...of, tag: 'cloud', count: 3n },
      { ...of, tag: 'json', count: 2n },
      { ...of, tag: 'large', count: 900n },
      { ...of, tag: 'ndjson', count: 2n },
    ])
  })

  test('of several keys and accounts in one batch is decided event by event', async () => {
    const [one, other] = [await aCustomer(), await aCustomer()]
    await aBudget(one.accountId, 'key', one.keyId, 'daily', '0.002')
    const events = [
      event({ api_key: one.secret }),
      event({ api_key: other.secret }),
      event({ api_key: one.secret }),
      event({ account_id: one.accountId }),
      event({ account_id: one.accountId, api_key_hash: other.hash }),
      { ...event({ account_id: one.accountId }), api_key: one.secret },
    ]
    const { body } = await gate.post('/v1/usage', { events })
    expect(body.results.map(({ status, code }: { status: string; code?: string }) => code ?? status)).toEqual([
      'accepted',
      'accepted',
      'budget_reached',
      'accepted',
      'api_key_invalid',
      'invalid_request',
    ])
    expect(body.results[2].message).toContain('the daily budget of the API key CI')
  })
})

describe('a lease', () => {
  const open = (facts: object) => gate.post('/v1/leases', { amount: '1.00', idempotency_key: newId(), ...facts })

  test('of a key counts on the key, and so does what is charged to it', async () => {
    const { accountId, userId, keyId, secret } = await aCustomer()
    await aBudget(accountId, 'key', keyId, 'lifetime', '1.50')
    const { body: lease } = await open({ api_key: secret, tag: 'batch' })
    expect(lease).toMatchObject({ api_key_id: keyId, tag: 'batch' })
    const refused = await authorize({ api_key: secret, max_cost: '0.60' })
    expect(refused).toMatchObject({ status: 429, body: { code: 'budget_held', max_affordable: '0.50' } })
    const stranger = await aCustomer()
    const settled = await gate.post(`/v1/leases/${lease.id}/settle`, {
      events: [event(), event({ tag: 'other' }), event({ api_key: secret }), event({ api_key: stranger.secret })],
      amount: '1.00',
    })
    expect(settled.body).toMatchObject({ accepted: 3, refused: 1, refill: null })
    expect(settled.body.results[3]).toMatchObject({ code: 'api_key_invalid', field: 'api_key' })
    const another = await anApiKey(accountId, userId)
    const other = await gate.post(`/v1/leases/${lease.id}/settle`, { events: [event({ api_key: another.secret })] })
    expect(other.body.results[0]).toMatchObject({ code: 'invalid_request', field: 'api_key' })
    const of = { key_id: keyId, member_id: userId }
    expect(await eventsOf(accountId)).toEqual([
      { ...of, tag: 'batch', count: 2n },
      { ...of, tag: 'other', count: 1n },
    ])
    await gate.post(`/v1/leases/${lease.id}/release`)
    const [budget] = await query<{ held: bigint }>('select held from budgets where subject_id = $1', [keyId])
    expect(budget!.held).toBe(0n)
  })

  test('of the account alone charges each event for the key that it names', async () => {
    const { accountId, keyId, hash } = await aCustomer()
    const { body: lease } = await open({ account_id: accountId })
    await gate.post(`/v1/leases/${lease.id}/settle`, { events: [event(), event({ api_key_hash: hash, tag: 'k' })] })
    expect(await eventsOf(accountId)).toMatchObject([
      { key_id: null, tag: null, count: 1n },
      { key_id: keyId, tag: 'k', count: 1n },
    ])
  })
})

describe('a budget that is reached', () => {
  test('is named with its subject, and the largest request that would fit', async () => {
    const { accountId, userId, keyId, secret } = await aCustomer()
    await aBudget(accountId, 'key', keyId, 'lifetime', '0.20')
    await aBudget(accountId, 'member', userId, 'daily', '0.50')
    const { body } = await authorize({ api_key: secret, max_cost: '0.30' })
    expect(body).toMatchObject({
      status: 402,
      code: 'budget_reached',
      required: '0.30',
      max_affordable: '0.20',
      budget: { scope: 'key', window: 'lifetime', subject_id: keyId, subject_name: 'CI' },
      limit: '0.20',
      spent: '0.00',
      resets_at: null,
    })
    expect(body.detail).toBe(
      'The request may cost $0.30 USD and the lifetime budget of the API key CI leaves $0.20 USD. Nothing was charged. Ask for a higher one.',
    )
    const ofMember = await authorize({ api_key: secret, max_cost: '0.60' })
    expect(ofMember.body.budget).toMatchObject({ scope: 'key' })
    // Without the key it is the account's own request, which no budget limits.
    expect((await authorize({ account_id: accountId, max_cost: '0.30' })).status).toBe(201)
  })

  test('of a key is no reason to top up', async () => {
    const { accountId, keyId, secret } = await aCustomer()
    await query(
      `insert into auto_top_up_settings (account_id, is_on, minimum, amount, target, updated_at) values ($1, true, 5000000000, 10000000000, 50000000000, now())`,
      [accountId],
    )
    await aBudget(accountId, 'key', keyId, 'daily', '0.05')
    const owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    const runs = async () =>
      (await owner.query('select 1 from graphile_worker.jobs where key = $1', [`top-up:${accountId}`])).rows.length
    for (let times = 0; times < 3; times++) {
      const { body } = await authorize({ api_key: secret })
      expect([body.code, body.max_affordable]).toEqual(['budget_reached', '0.05'])
    }
    expect(await runs()).toBe(0)
    // The same account asks for a run as soon as its credit is low.
    await authorize({ account_id: accountId, max_cost: '17.00' })
    expect(await runs()).toBe(1)
    await owner.end()
  })
})

describe('a key itself', () => {
  test('may read its own account with the scope read, and nothing else', async () => {
    const { accountId, secret, hash } = await aCustomer()
    const other = await aCustomer()
    const withKey = { key: secret }
    const held = (await authorize({ account_id: accountId, api_key_hash: hash })).body
    const settledEvent = event({ api_key: secret, tag: 'search' })
    await gate.post('/v1/usage', { events: [settledEvent] })
    const foreign = (await authorize({ api_key: other.secret })).body

    expect((await gate.get(`/v1/accounts/${accountId}/balance`, withKey)).body.balance).toBe('20.998512')
    expect((await gate.get(`/v1/authorizations/${held.id}`, withKey)).body).toMatchObject({ state: 'open' })
    const explained = await gate.get(`/v1/accounts/${accountId}/usage/${settledEvent.id}`, withKey)
    expect(explained.status).toBe(200)
    expect(explained.body).toMatchObject({
      event_id: settledEvent.id,
      charged: '0.001488',
      sum: '0.001488',
      tag: 'search',
      api_key: { name: 'CI' },
      parts: [{ kind: 'grant', amount: '0.001488' }],
    })

    const refused = [
      await gate.get(`/v1/accounts/${other.accountId}/balance`, withKey),
      await gate.get(`/v1/accounts/${newId()}/balance`, withKey),
      await gate.get(`/v1/authorizations/${foreign.id}`, withKey),
      await gate.get(`/v1/accounts/${other.accountId}/usage/${settledEvent.id}`, withKey),
      await gate.post('/v1/authorizations', request({ account_id: accountId }), withKey),
      await gate.post('/v1/authorizations', request({ api_key: secret }), withKey),
      await gate.post(`/v1/authorizations/${held.id}/settle`, used, withKey),
      await gate.post(`/v1/authorizations/${held.id}/release`, undefined, withKey),
      await gate.post('/v1/usage', { events: [event({ account_id: accountId })] }, withKey),
      await gate.post('/v1/leases', { account_id: accountId, amount: '1.00', idempotency_key: newId() }, withKey),
    ]
    for (const { status, body } of refused) expect([body.code, status]).toEqual(['not_allowed', 403])
    expect((await gate.get(`/v1/authorizations/${held.id}`)).body.state).toBe('open')
  })

  test('without the scope read, or revoked, reads nothing', async () => {
    const { accountId, userId } = await aCustomer()
    const spending = await anApiKey(accountId, userId, { scopes: ['spend'] })
    const path = `/v1/accounts/${accountId}/balance`
    expect(await gate.get(path, { key: spending.secret })).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    const reading = await anApiKey(accountId, userId)
    expect((await gate.get(path, { key: reading.secret })).status).toBe(200)
    await revokeApiKey(tester, { accountId, keyId: reading.keyId })
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await gate.get(path, { key: reading.secret })).toMatchObject({ status: 401, body: { code: 'key_required' } })
  })
})

describe('an explanation', () => {
  test('is given to the gateway by its own id of the event, or by the authorization', async () => {
    const { accountId, secret } = await aCustomer()
    const { body: held } = await authorize({ api_key: secret })
    await gate.post(`/v1/authorizations/${held.id}/settle`, used)
    const { status, body } = await gate.get(`/v1/accounts/${accountId}/usage/${held.id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ event_id: null, source: 'settle', charged: '0.001488', transfer: { events: 1 } })
    expect(
      body.lines.map(({ token_class, tokens }: { token_class: string; tokens: number }) => [token_class, tokens]),
    ).toEqual([
      ['input', 1200],
      ['cached_input', 0],
      ['output', 87],
    ])
    const named = event({ account_id: accountId, id: 'request/17' })
    await gate.post('/v1/usage', { events: [named] })
    const byName = await gate.get(`/v1/accounts/${accountId}/usage/${encodeURIComponent('request/17')}`)
    expect(byName.body).toMatchObject({ event_id: 'request/17', charged: '0.001488' })
  })

  test('of what is not there, or of another account, is 404', async () => {
    const [one, other] = [await aCustomer(), await aCustomer()]
    const { body: held } = await authorize({ api_key: one.secret })
    await gate.post(`/v1/authorizations/${held.id}/settle`, used)
    const paths = [
      `/v1/accounts/${one.accountId}/usage/nothing`,
      `/v1/accounts/${other.accountId}/usage/${held.id}`,
      `/v1/accounts/${newId()}/usage/${newId()}`,
      `/v1/accounts/x/usage/${held.id}`,
      `/v1/accounts/${one.accountId}/usage/auth_x`,
    ]
    for (const path of paths) expect((await gate.get(path)).status).toBe(404)
  })
})
