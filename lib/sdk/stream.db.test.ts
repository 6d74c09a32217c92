import { setTimeout as wait } from 'node:timers/promises'
import type { LanguageModelV4, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import { generateText, streamText, wrapLanguageModel } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGateProcess, type GateProcess } from '@/lib/testing/gate-process'
import { purseMiddleware } from './ai-sdk'
import { openaiError, openaiStream, PurseClient } from './index'
import type { StreamEnd } from './openai'

const model = 'kimi-k2p7-code' // $0.95 in, $0.19 cached, $4.00 out for a million tokens

const database = aDatabaseInTest()
let gate: GateProcess
let client: PurseClient
let accountId: string

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGateProcess(database.url)
  client = new PurseClient({ baseUrl: gate.url, apiKey: gate.key })
})

beforeEach(async () => {
  ;({ accountId } = await anAccount({ hasPaymentMethod: true })) // with $1
})

afterAll(async () => {
  await gate.kill()
  await expectBooksToAgree()
})

/** Uses the account's credit up to so many dollars. */
async function leave(dollars: string): Promise<void> {
  const { available } = await client.balance(accountId)
  const outputTokens = Math.round((Number(available) - Number(dollars)) * 250_000)
  await client.recordUsage([{ model, inputTokens: 0, outputTokens }], { accountId })
  expect((await client.balance(accountId)).available).toBe(dollars)
}

const outputCost = (tokens: number) => tokens * 4_000 // nano-dollars
const nanos = (amount: string) => Math.round(Number(amount) * 1e9)

interface Speech {
  tokens: number
  /** Milliseconds between two tokens. */
  pause?: number
  /** Breaks after so many tokens. */
  breaksAfter?: number
  usage?: object
}

/** What an inference server sends, token by token. */
function speech({ tokens, pause = 0, breaksAfter, usage }: Speech) {
  const seen = { aborted: false, called: 0 }
  const upstream = async (signal: AbortSignal): Promise<Response> => {
    seen.called += 1
    signal.addEventListener('abort', () => {
      seen.aborted = true
    })
    async function* frames() {
      const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'their-name' }
      for (let number = 0; number < tokens; number++) {
        if (number === breaksAfter) throw new Error('the model is gone')
        if (pause > 0) await wait(pause)
        yield { ...head, choices: [{ index: 0, delta: { content: `w${number} ` }, finish_reason: null }] }
      }
      yield { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
      if (usage) yield { ...head, choices: [], usage }
    }
    const source = frames()
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await source.next()
        controller.enqueue(encoder.encode(done ? 'data: [DONE]\n\n' : `data: ${JSON.stringify(value)}\n\n`))
        if (done) controller.close()
      },
      cancel: () => {
        seen.aborted = true
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  }
  return { upstream, seen }
}

// biome-ignore lint/suspicious/noExplicitAny: chunks are read as a customer's program reads them
const chunksOf = (text: string): any[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)))

const wordsIn = (text: string) => (text.match(/"content":"w\d+ "/g) ?? []).length

describe('a stream of an OpenAI-compatible server', () => {
  test('passes through to the byte, and is charged by what upstream says was used', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 700, prompt_tokens_details: { cached_tokens: 40 } }
    const { upstream } = speech({ tokens: 600, usage })
    const plain = await (await upstream(new AbortController().signal)).text()
    const ends: StreamEnd[] = []
    const options = { accountId, model, inputTokens: 90, onEnd: (end: StreamEnd) => void ends.push(end) }
    const response = await openaiStream(client, options, upstream)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toBe(plain)
    expect(ends).toMatchObject([{ because: 'finished', authorization: { charged: '0.0028646' } }])
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.9971354', held: '0.00' })
  })

  test('ends with the reason, paid to the last token, when the money is gone', async () => {
    await leave('0.01')
    const { upstream, seen } = speech({ tokens: 100_000 })
    const text = await (await openaiStream(client, { accountId, model, inputTokens: 100 }, upstream)).text()
    const last = chunksOf(text).at(-1)
    // One cent less 100 input tokens at $0.95 pays 2,476 tokens at $4.00.
    expect(wordsIn(text)).toBe(2_476)
    expect(last).toMatchObject({
      id: 'chatcmpl-1',
      model: 'their-name',
      choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
      usage: { prompt_tokens: 100, completion_tokens: 2_476 },
      purse: { code: 'credits_exhausted', charged: '0.009999', max_affordable: expect.any(String) },
    })
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(seen.aborted).toBe(true)
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.000001', held: '0.00' })
  })

  test('goes on when credit is added in time', async () => {
    await leave('0.01')
    const other = await client.authorize({ accountId, maxCost: '0.008' })
    setTimeout(() => void client.release(other.id), 1_000)
    const { upstream } = speech({ tokens: 2_000 })
    const text = await (await openaiStream(client, { accountId, model, inputTokens: 0 }, upstream)).text()
    expect(wordsIn(text)).toBe(2_000)
    expect(chunksOf(text).at(-1).choices[0].finish_reason).toBe('stop')
  })

  test('many of one account at once deliver exactly what the account could pay', async () => {
    await leave('0.05')
    const texts = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { upstream } = speech({ tokens: 20_000 })
        const options = { accountId, model, inputTokens: 0, waitForCreditMs: 0 }
        const response = await openaiStream(client, options, upstream).catch(openaiError)
        return response.text()
      }),
    )
    const delivered = texts.reduce((sum, text) => sum + wordsIn(text), 0)
    const { balance, held } = await client.balance(accountId)
    expect(held).toBe('0.00')
    expect(nanos('0.05') - nanos(balance)).toBe(outputCost(delivered))
    expect(nanos(balance)).toBeGreaterThanOrEqual(0)
  })

  test('a reader who leaves pays for what was delivered', async () => {
    const { upstream, seen } = speech({ tokens: 10_000, pause: 1 })
    const response = await openaiStream(client, { accountId, model, inputTokens: 10 }, upstream)
    const reader = response.body!.getReader()
    for (let number = 0; number < 25; number++) await reader.read()
    await reader.cancel()
    expect(seen.aborted).toBe(true)
    const { balance, held } = await client.balance(accountId)
    const charged = nanos('1.00') - nanos(balance) - 9_500
    expect(held).toBe('0.00')
    expect(charged).toBe(outputCost(25))
  })

  test('a signal that aborts does the same, also while upstream is silent', async () => {
    const gone = new AbortController()
    const { upstream } = speech({ tokens: 10, pause: 60_000 })
    const ended = new Promise<StreamEnd>((resolve) => {
      void openaiStream(client, { accountId, model, inputTokens: 10, signal: gone.signal, onEnd: resolve }, upstream)
        .then((response) => response.text())
        .catch(() => {})
    })
    setTimeout(() => gone.abort(), 100)
    expect(await ended).toMatchObject({
      because: 'disconnected',
      authorization: { state: 'settled', charged: '0.0000095' },
    })
  })

  test('a model that breaks is charged for what was delivered; one that never began for nothing', async () => {
    const broken = speech({ tokens: 10_000, breaksAfter: 50 })
    const response = await openaiStream(client, { accountId, model, inputTokens: 0 }, broken.upstream)
    await expect(response.text()).rejects.toThrow()
    expect(nanos((await client.balance(accountId)).balance)).toBe(nanos('1.00') - outputCost(50))
    const down = async () => Response.json({ error: { message: 'overloaded' } }, { status: 529 })
    expect((await openaiStream(client, { accountId, model, inputTokens: 0 }, down)).status).toBe(529)
    const away = () => Promise.reject(new TypeError('fetch failed'))
    await expect(openaiStream(client, { accountId, model, inputTokens: 0 }, away)).rejects.toThrow('fetch failed')
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.9998', held: '0.00' })
  })

  test('says on the way what it has used, so that a crash is charged for it', async () => {
    const { upstream } = speech({ tokens: 300, pause: 5 })
    const options = { accountId, model, inputTokens: 0, reportEveryTokens: 20, showProgress: true }
    const text = await (await openaiStream(client, options, upstream)).text()
    const costs = chunksOf(text).flatMap((chunk) => (chunk.purse ? [nanos(chunk.purse.cost)] : []))
    expect(costs.length).toBeGreaterThan(2)
    expect(costs).toEqual([...costs].sort((a, b) => a - b))
    expect(costs[0]).toBeGreaterThanOrEqual(outputCost(20))
  })

  test('a refusal is thrown before upstream is called, and has the shape that OpenAI clients know', async () => {
    await leave('0.00')
    const { upstream, seen } = speech({ tokens: 1 })
    const answer = await openaiStream(client, { accountId, model, inputTokens: 10 }, upstream).catch(openaiError)
    expect(seen.called).toBe(0)
    expect(answer.status).toBe(402)
    expect(await answer.json()).toMatchObject({
      error: { type: 'insufficient_quota', code: 'credits_exhausted', message: expect.stringContaining('Add credits') },
      purse: { max_affordable: '0.00' },
    })
  })

  test('an answer in one piece is held for whole and charged by its usage', async () => {
    const completion = {
      choices: [{ message: { content: 'Hello' } }],
      usage: { prompt_tokens: 10, completion_tokens: 2 },
    }
    const options = { accountId, model, inputTokens: 10, stream: false }
    const upstream = async () => Response.json(completion)
    await expect(openaiStream(client, options, upstream)).rejects.toMatchObject({ field: 'maxOutputTokens' })
    const response = await openaiStream(client, { ...options, maxOutputTokens: 1_000 }, upstream)
    expect(await response.json()).toEqual(completion)
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.9999825', held: '0.00' })
    const tooMuch = openaiStream(client, { ...options, maxOutputTokens: 300_000 }, upstream)
    await expect(tooMuch).rejects.toMatchObject({ code: 'credits_exhausted', maxAffordable: '0.9999825' })
  })

  test('failOpen carries a stream over a gate that is away; the usage is charged later', async () => {
    const open = new PurseClient({
      baseUrl: gate.url,
      apiKey: gate.key,
      retries: 0,
      failOpen: true,
      onFailOpen: () => {},
    })
    const { upstream } = speech({ tokens: 1_000, pause: 1 })
    const response = await openaiStream(open, { accountId, model, inputTokens: 0 }, upstream)
    await gate.kill()
    expect(wordsIn(await response.text())).toBe(1_000)
    await gate.restart()
    await open.flush()
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.996', held: '0.00' })
  })
})

describe('the AI SDK', () => {
  const usage = (input: number, output: number): LanguageModelV4Usage => ({
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: output, reasoning: undefined },
  })

  /** A model that says so many words, one in each delta. */
  const aModel = (words: number): LanguageModelV4 => ({
    specificationVersion: 'v4',
    provider: 'test',
    modelId: model,
    supportedUrls: {},
    doGenerate: async () => ({
      content: [{ type: 'text', text: 'word '.repeat(words) }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: usage(10, words),
      warnings: [],
    }),
    doStream: async () => {
      let said = -1
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          pull: (controller) => {
            if (said === -1) {
              controller.enqueue({ type: 'stream-start', warnings: [] })
              controller.enqueue({ type: 'text-start', id: '1' })
            } else if (said < words) controller.enqueue({ type: 'text-delta', id: '1', delta: 'word ' })
            else {
              controller.enqueue({ type: 'text-end', id: '1' })
              const finishReason = { unified: 'stop', raw: 'stop' } as const
              controller.enqueue({ type: 'finish', finishReason, usage: usage(10, words) })
              controller.close()
            }
            said += 1
          },
        }),
      }
    },
  })
  const paid = (words: number) =>
    wrapLanguageModel({ model: aModel(words), middleware: purseMiddleware({ client, accountId }) })

  test('a generation is charged by what the provider says was used', async () => {
    const { text } = await generateText({ model: paid(100), prompt: 'Say a hundred words' })
    expect(text.length).toBe(500)
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.9995905', held: '0.00' })
  })

  test('a generation that the account cannot pay never runs', async () => {
    await leave('0.00')
    const asked = generateText({ model: paid(100), prompt: 'Hello', maxRetries: 0 })
    await expect(asked).rejects.toMatchObject({ code: 'credits_exhausted' })
  })

  test('a stream passes, and is charged', async () => {
    const result = streamText({ model: paid(900), prompt: 'Say 900 words' })
    expect((await result.text).length).toBe(4_500)
    expect(await result.finishReason).toBe('stop')
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.9963905', held: '0.00' })
  })

  test('a stream ends with the reason when the money is gone', async () => {
    await leave('0.01')
    const result = streamText({ model: paid(50_000), prompt: ''.padEnd(400, 'x') })
    const words = (await result.text).split(' ').length - 1
    expect(words).toBe(2_476) // as above: 100 tokens of prompt
    expect(await result.finishReason).toBe('length')
    expect(await result.providerMetadata).toMatchObject({ purse: { code: 'credits_exhausted' } })
    expect(await client.balance(accountId)).toMatchObject({ balance: '0.000001', held: '0.00' })
  })
})
