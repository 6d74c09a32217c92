/** Puts the gate around a model of the Vercel AI SDK (version 7, provider specification v4). */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4Middleware,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { AccountName } from './account-name.js'
import type { PurseClient } from './client.js'
import type { PurseError } from './errors.js'
import { Meter, type MeterOptions, type MeterSettings } from './meter.js'

export interface PurseMiddlewareOptions
  extends Omit<MeterSettings, 'model' | 'inputTokens' | 'maxOutputTokens' | 'idempotencyKey'> {
  client: PurseClient
  /** Who pays. A call may say it itself: `providerOptions: { purse: { accountId, apiKeyHash, apiKey, tag } }`. */
  accountId?: string
  /** The model whose prices apply; default: the model's own id. */
  model?: string
  /** Output tokens to hold for a call without streaming that names no `maxOutputTokens`; default 4,096. */
  maxOutputTokens?: number
  /** Tokens of a prompt before it runs; default: one for four characters. The provider's own count is charged. */
  countPrompt?: (prompt: LanguageModelV4CallOptions['prompt']) => number
  /** Tokens of a delta; default: every delta is one. The provider's own count is charged. */
  countTokens?: (text: string) => number
}

const charactersPerToken = 4

/**
 * For `wrapLanguageModel({ model, middleware: purseMiddleware({ client, accountId }) })`. A call that the account cannot
 * pay throws a PurseError before the model is asked. A stream ends with finish reason "length" (raw: "purse:<code>")
 * and `providerMetadata.purse` when the money is gone, and is charged for what was delivered.
 */
export function purseMiddleware(options: PurseMiddlewareOptions): LanguageModelV4Middleware {
  return {
    specificationVersion: 'v4',
    wrapGenerate: async ({ doGenerate, params, model }) => {
      const request = { ...requestOf(options, params, model) }
      request.maxOutputTokens ??= options.maxOutputTokens ?? 4096
      const meter = await Meter.open(options.client, request, true, params.abortSignal)
      try {
        const result = await doGenerate()
        // Without a count of its own, what the model wrote is measured.
        meter.correct({ outputTokens: writtenTokens(result.content) })
        correct(meter, result.usage)
        return result
      } catch (error) {
        await meter.release()
        throw error
      } finally {
        await meter.settle()
      }
    },
    wrapStream: async ({ doStream, params, model }) => {
      const meter = await Meter.open(options.client, requestOf(options, params, model), false, params.abortSignal)
      let result: LanguageModelV4StreamResult
      try {
        result = await doStream()
      } catch (error) {
        await meter.release()
        throw error
      }
      return { ...result, stream: metered(result.stream, meter, options) }
    },
  }
}

function metered(
  upstream: ReadableStream<LanguageModelV4StreamPart>,
  meter: Meter,
  { countTokens = () => 1 }: PurseMiddlewareOptions,
): ReadableStream<LanguageModelV4StreamPart> {
  const reader = upstream.getReader()
  const open = new Map<string, LanguageModelV4StreamPart>()
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      pull: async (controller) => {
        try {
          const { done, value: part } = await reader.read()
          if (done) {
            await meter.settle()
            return controller.close()
          }
          if ('delta' in part) {
            const refusal = await meter.admit(Math.max(0, Math.ceil(countTokens(part.delta))))
            if (refusal) {
              await meter.settle()
              for (const end of open.values()) controller.enqueue(end)
              controller.enqueue(finishOf(meter, refusal))
              controller.close()
              await reader.cancel().catch(() => {})
              return
            }
          }
          follow(open, part)
          if (part.type === 'finish') {
            correct(meter, part.usage)
            await meter.settle()
          }
          controller.enqueue(part)
        } catch (error) {
          await meter.settle()
          throw error
        }
      },
      cancel: async (reason) => {
        await Promise.all([reader.cancel(reason).catch(() => {}), meter.settle()])
      },
    },
    { highWaterMark: 0 },
  )
}

/** Remembers how every part that has begun is to be ended. */
function follow(open: Map<string, LanguageModelV4StreamPart>, part: LanguageModelV4StreamPart): void {
  if (part.type === 'text-start') open.set(`text ${part.id}`, { type: 'text-end', id: part.id })
  else if (part.type === 'reasoning-start') open.set(`reasoning ${part.id}`, { type: 'reasoning-end', id: part.id })
  else if (part.type === 'tool-input-start') open.set(`tool ${part.id}`, { type: 'tool-input-end', id: part.id })
  else if (part.type === 'text-end') open.delete(`text ${part.id}`)
  else if (part.type === 'reasoning-end') open.delete(`reasoning ${part.id}`)
  else if (part.type === 'tool-input-end') open.delete(`tool ${part.id}`)
}

function finishOf(meter: Meter, refusal: PurseError): LanguageModelV4StreamPart {
  const { inputTokens, outputTokens } = meter.usage
  return {
    type: 'finish',
    finishReason: { unified: 'length', raw: `purse:${refusal.code}` },
    usage: {
      inputTokens: { total: inputTokens, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: outputTokens, text: undefined, reasoning: undefined },
    },
    providerMetadata: {
      purse: {
        code: refusal.code,
        detail: refusal.detail,
        maxAffordable: refusal.maxAffordable ?? null,
        resetsAt: refusal.resetsAt ?? null,
      },
    },
  }
}

function correct(meter: Meter, { inputTokens, outputTokens }: LanguageModelV4Usage): void {
  meter.correct({
    ...(inputTokens.total === undefined ? {} : { inputTokens: inputTokens.total }),
    ...(outputTokens.total === undefined ? {} : { outputTokens: outputTokens.total }),
    cachedInputTokens: inputTokens.cacheRead ?? 0,
  })
}

function requestOf(
  options: PurseMiddlewareOptions,
  params: LanguageModelV4CallOptions,
  model: LanguageModelV4,
): MeterOptions {
  const said = textsOf(params.providerOptions?.purse)
  const tag = said.tag ?? options.tag
  const {
    client: _client,
    countPrompt = promptTokens,
    countTokens: _countTokens,
    maxOutputTokens: _most,
    accountId: _account,
    ...meter
  } = options
  return {
    ...meter,
    ...accountNameFor(options, said),
    ...(tag === undefined ? {} : { tag }),
    model: options.model ?? model.modelId,
    inputTokens: countPrompt(params.prompt),
    ...(params.maxOutputTokens === undefined ? {} : { maxOutputTokens: params.maxOutputTokens }),
  }
}

/** A call's own account or key goes before the middleware's. */
function accountNameFor(
  { accountId: usual }: PurseMiddlewareOptions,
  said: Partial<Record<string, string>>,
): AccountName {
  const { accountId = usual, apiKey, apiKeyHash } = said
  if (apiKey !== undefined) return { apiKey }
  if (accountId) return apiKeyHash === undefined ? { accountId } : { accountId, apiKeyHash }
  throw new TypeError('Name the account: purseMiddleware({ accountId }) or providerOptions.purse.accountId or apiKey')
}

const textsOf = (facts: Record<string, unknown> | undefined): Partial<Record<string, string>> =>
  Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >

function writtenTokens(content: LanguageModelV4Content[]): number {
  const texts = content.map((part) => ('text' in part ? part.text : part.type === 'tool-call' ? part.input : ''))
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / charactersPerToken)
}

function promptTokens(prompt: LanguageModelV4CallOptions['prompt']): number {
  const texts = prompt.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.map((part) => ('text' in part ? part.text : '')),
  )
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / charactersPerToken)
}
