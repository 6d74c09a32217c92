import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { setLimits } from '@/lib/domain/tiers'
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

const model = 'kimi-k2p7-code'

const limited = async () => {
  const { accountId } = await anAccount({ bought: '20.00' })
  await setLimits(tester, { accountId, tokens: { prompt: 100_000, uncached: 60_000, generated: 10_000 } })
  return accountId
}

const ask = (accountId: string, facts: object) =>
  gate.post('/v1/authorizations', { account_id: accountId, idempotency_key: newId(), ...facts })

test('answers tell the token limits of the model beside the request limit', async () => {
  const tokens = { model, input_tokens: 2000, cached_input_tokens: 500, max_output_tokens: 300 }
  const { status, headers } = await ask(await limited(), tokens)
  expect(status).toBe(201)
  const told = Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-ratelimit-')))
  const reset = headers.get('x-ratelimit-reset-requests')
  expect(told).toEqual({
    'x-ratelimit-limit-requests': '1000000',
    'x-ratelimit-remaining-requests': '999999',
    'x-ratelimit-reset-requests': reset,
    'x-ratelimit-limit-tokens-prompt': '100000',
    'x-ratelimit-remaining-tokens-prompt': '98000',
    'x-ratelimit-reset-tokens-prompt': reset,
    'x-ratelimit-limit-tokens-prompt-uncached': '60000',
    'x-ratelimit-remaining-tokens-prompt-uncached': '58500',
    'x-ratelimit-reset-tokens-prompt-uncached': reset,
    'x-ratelimit-limit-tokens-generated': '10000',
    'x-ratelimit-remaining-tokens-generated': '9700',
    'x-ratelimit-reset-tokens-generated': reset,
  })
  expect(headers.get('ratelimit-policy')).toBe(
    '"requests";q=1000000;w=60, "tokens-prompt";q=100000;w=60;qu="tokens", "tokens-prompt-uncached";q=60000;w=60;qu="tokens", "tokens-generated";q=10000;w=60;qu="tokens"',
  )
  expect(headers.get('ratelimit')).toBe(
    `"requests";r=999999;t=${reset}, "tokens-prompt";r=98000;t=${reset}, "tokens-prompt-uncached";r=58500;t=${reset}, "tokens-generated";r=9700;t=${reset}`,
  )
})

test('a request without a model is told the request limit alone', async () => {
  const { headers } = await ask(await limited(), { max_cost: '0.01' })
  expect(headers.get('ratelimit-policy')).toBe('"requests";q=1000000;w=60')
  expect(headers.get('x-ratelimit-limit-tokens-prompt')).toBeNull()
})

test('a limit that is reached is named, with when to retry, and the headers agree', async () => {
  const accountId = await limited()
  const full = { model, input_tokens: 10, max_output_tokens: 10_000 }
  // A minute may turn in between: then the next one is filled as well.
  const answers = []
  for (let asked = 0; asked < 4; asked++) answers.push(await ask(accountId, full))
  const refused = answers.find(({ status }) => status === 429)!
  expect(refused.body).toMatchObject({
    code: 'rate_limited',
    limit_reached: {
      name: 'tokens_generated',
      model,
      limit: 10_000,
      remaining: 0,
      requested: 10_000,
      window_seconds: 60,
    },
  })
  expect(refused.headers.get('retry-after')).toBe(String(refused.body.limit_reached.reset_seconds))
  expect(refused.headers.get('x-ratelimit-remaining-tokens-generated')).toBe('0')
  expect(refused.headers.get('x-ratelimit-remaining-tokens-prompt')).toBe('99990')
})

test('a request that can never fit is told so without a time to retry', async () => {
  const refused = await ask(await limited(), { model, input_tokens: 10, max_output_tokens: 10_001 })
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'request_too_large', limit_reached: { name: 'tokens_generated', limit: 10_000, requested: 10_001 } },
  })
  expect(refused.headers.get('retry-after')).toBeNull()
  expect(refused.headers.get('x-ratelimit-limit-tokens-generated')).toBe('10000')
})

test('more cached tokens than tokens are malformed', async () => {
  const refused = await ask(await limited(), { model, input_tokens: 10, cached_input_tokens: 11, max_output_tokens: 1 })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request', field: 'cached_input_tokens' } })
})
