// The example gateway in front of a real gate, read by the official client and as curl would.
import type http from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inferenceGateway } from '@/examples/inference-gateway/server'
import { cents, formatMoney, nanosPerCent, parseMoney, subtract } from '@/lib/core/money'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { query } from '@/lib/edges/db'
import { aBudget, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGateProcess, type GateProcess } from '@/lib/testing/gate-process'
import { PurseClient } from './index'

const model = 'glm-5p1-fast' // $2.80 in, $8.80 out for a million tokens

const database = aDatabaseInTest()
let gate: GateProcess
let purse: PurseClient
let server: http.Server
let url: string
let accountId: string
let customer: OpenAI

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGateProcess(database.url)
  purse = new PurseClient({ baseUrl: gate.url, apiKey: gate.key })
  ;({ accountId } = await anAccount({ hasPaymentMethod: true })) // with $1
  server = inferenceGateway({
    host: '127.0.0.1',
    port: 0,
    gateUrl: gate.url,
    serviceKey: gate.key,
    accountOfKey: new Map([['key-of-ada', accountId]]),
    demoAccounts: {},
    dashboardUrl: null,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  customer = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-ada', maxRetries: 0 })
})

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await gate.kill()
  await expectBooksToAgree()
})

const nanos = (amount: string) => Math.round(Number(amount) * 1e9)
const balance = async () => nanos((await purse.balance(accountId)).balance)
const cost = (input: number, output: number) => input * 2_800 + output * 8_800
const wordsIn = (text: string) => text.split(' ').filter(Boolean).length
const story = { model, messages: [{ role: 'user' as const, content: 'Tell me a story, please.' }] }
const storyTokens = 3 + 7
/** The example's own field beside OpenAI's. */
const pace = (tokens_per_second: number) => ({ tokens_per_second }) as object

describe('the example gateway, read by the official client', () => {
  test('lists the models of the price list', async () => {
    const { data } = await customer.models.list()
    expect(data.map(({ id }) => id)).toContain(model)
  })

  test('answers in one piece, and charges what it says it used', async () => {
    const before = await balance()
    const answer = await customer.chat.completions.create({ ...story, max_tokens: 50, ...pace(1_000) })
    expect(wordsIn(answer.choices[0]!.message.content!)).toBe(50)
    expect(answer.usage).toMatchObject({ prompt_tokens: storyTokens, completion_tokens: 50 })
    expect(before - (await balance())).toBe(cost(storyTokens, 50))
  })

  test('streams, and charges what it delivered', async () => {
    const before = await balance()
    const request = { ...story, max_tokens: 800, stream: true as const, stream_options: { include_usage: true } }
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of await customer.chat.completions.create({ ...request, ...pace(2_000) })) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(wordsIn(text)).toBe(800)
    expect(usage).toMatchObject({ completion_tokens: 800 })
    expect(before - (await balance())).toBe(cost(storyTokens, 800))
  })

  test('a customer who hangs up pays for what was delivered, and the rest is free again', async () => {
    const before = await balance()
    const stream = await customer.chat.completions.create({ ...story, max_tokens: 100_000, stream: true, ...pace(500) })
    let words = 0
    for await (const chunk of stream) {
      words += wordsIn(chunk.choices[0]?.delta.content ?? '')
      if (words > 100) break
    }
    await expect.poll(async () => (await purse.balance(accountId)).held).toBe('0.00')
    const charged = before - (await balance())
    expect(charged).toBeGreaterThanOrEqual(cost(storyTokens, words))
    // What was on its way to a customer who no longer read is delivered, too: at most what the connection takes up.
    expect(charged).toBeLessThan(cost(storyTokens, words + 500))
  })

  test('two streams stop with the reason the moment the budget is gone, to the nano-dollar', async () => {
    const { available } = await purse.balance(accountId)
    const spent = subtract(cents(100), parseMoney(available))
    const spentCents = (spent.nanos + nanosPerCent - 1n) / nanosPerCent
    await setMonthlyCap(tester, {
      accountId,
      limit: formatMoney(cents(spentCents + 5n)),
      warnAtPercent: [80],
    })
    const before = await balance()
    const ends = await Promise.all(
      [1, 2].map(async () => {
        let words = 0
        let reason: { code?: string; detail?: string; charged?: string } = {}
        let finish: string | null = null
        const asked = { ...story, max_tokens: 1_000_000, stream: true as const }
        for await (const chunk of await customer.chat.completions.create({ ...asked, ...pace(5_000) })) {
          words += wordsIn(chunk.choices[0]?.delta.content ?? '')
          finish = chunk.choices[0]?.finish_reason ?? finish
          reason = (chunk as { purse?: typeof reason }).purse ?? reason
        }
        return { words, reason, finish }
      }),
    )
    for (const { reason, finish, words } of ends) {
      expect(finish).toBe('length')
      expect(['budget_reached', 'budget_held']).toContain(reason.code)
      expect(nanos(reason.charged!)).toBe(cost(storyTokens, words))
    }
    const delivered = ends.reduce((sum, { words }) => sum + words, 0)
    expect(before - (await balance())).toBe(cost(2 * storyTokens, delivered))
    expect(ends.map(({ reason }) => reason.code)).toContain('budget_reached')
    expect((await purse.balance(accountId)).held).toBe('0.00')
    await setMonthlyCap(tester, { accountId, limit: null, warnAtPercent: [80] })
  }, 40_000)

  test('stops when the credit is gone, and then refuses with what helps', async () => {
    const before = await balance()
    let words = 0
    let code: string | undefined
    const asked = { ...story, max_tokens: 1_000_000, stream: true as const }
    for await (const chunk of await customer.chat.completions.create({ ...asked, ...pace(50_000) })) {
      words += wordsIn(chunk.choices[0]?.delta.content ?? '')
      code = (chunk as { purse?: { code: string } }).purse?.code ?? code
    }
    const left = await balance()
    expect(code).toBe('credits_exhausted')
    expect(before - left).toBe(cost(storyTokens, words))
    expect(left).toBeGreaterThanOrEqual(0)
    const refused = customer.chat.completions.create({ ...story, max_tokens: 10_000 })
    await expect(refused).rejects.toMatchObject({ status: 402, code: 'credits_exhausted' })
    await expect(refused).rejects.toThrow(/Add credits/)
  }, 40_000)
})

describe("a customer's own API key", () => {
  test('is passed on: the usage is the key’s, and its budget holds', async () => {
    const owner = await anAccount({ bought: '5', hasPaymentMethod: true })
    const { keyId, secret } = await anApiKey(owner.accountId, owner.userId)
    const theirs = new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 })
    await theirs.chat.completions.create({ ...story, max_tokens: 50, ...pace(1_000) })
    const credit = await fetch(`${url}/v1/credit`, { headers: { authorization: `Bearer ${secret}` } })
    expect(await credit.json()).toMatchObject({ balance: '5.999532' })
    const rows = await query('select key_id from usage_events where account_id = $1', [owner.accountId])
    expect(rows).toEqual([{ key_id: keyId }])
    await aBudget(owner.accountId, 'key', keyId, 'daily', '0.0005')
    const refused = theirs.chat.completions.create({ ...story, max_tokens: 50 })
    await expect(refused).rejects.toMatchObject({ status: 402, code: 'budget_reached' })
  })

  test('that is not in force is told so, in the words of the gate', async () => {
    const owner = await anAccount()
    const { secret } = await anApiKey(owner.accountId, owner.userId)
    const theirs = new OpenAI({ baseURL: `${url}/v1`, apiKey: `${secret.slice(0, -1)}_`, maxRetries: 0 })
    const refused = theirs.chat.completions.create({ ...story, max_tokens: 50 })
    await expect(refused).rejects.toMatchObject({ status: 401, code: 'api_key_invalid' })
  })
})

describe('the example gateway', () => {
  const post = (body: string, key = 'key-of-ada') =>
    fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers: { authorization: `Bearer ${key}` } })

  test('serves its page without anything from elsewhere', async () => {
    const response = await fetch(url)
    const html = await response.text()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  test.each([
    [
      'a key of nobody',
      () => post(JSON.stringify(story), 'acct_00000000-0000-0000-0000-000000000000'),
      401,
      'invalid_api_key',
      null,
    ],
    ['a body that is no JSON', () => post('{'), 400, 'invalid_request', 'body'],
    ['no messages', () => post(JSON.stringify({ model })), 400, 'invalid_request', 'messages'],
    ['a wrong limit', () => post(JSON.stringify({ ...story, max_tokens: 1.5 })), 400, 'invalid_request', 'max_tokens'],
    ['an unknown model', () => post(JSON.stringify({ ...story, model: 'none-such' })), 400, 'unknown_model', 'model'],
  ])('names what is wrong with %s', async (_, send, status, code, param) => {
    const response = await send()
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code, param } })
  })
})
