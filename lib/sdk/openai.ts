/** Puts the gate around an OpenAI-compatible completion, streamed or not. */
import type { PurseClient } from './client.js'
import { ownError, PurseError } from './errors.js'
import { newId } from './ids.js'
import { Meter, type MeterOptions } from './meter.js'
import { readEvents } from './sse.js'
import type { Authorization, Usage } from './types.js'

export type OpenaiStreamOptions = MeterOptions & {
  /** False for a completion that comes in one piece; `maxOutputTokens` is then needed. Default true. */
  stream?: boolean
  /** Counts the tokens of a delta; by default every delta with text is one. Upstream's own `usage` wins. */
  countTokens?: (text: string) => number
  /** Aborts when the caller is gone. */
  signal?: AbortSignal
  /** Adds a chunk `{choices: [], purse: {cost, held, available}}` to the stream after each report of progress and at the end. */
  showProgress?: boolean
  onEnd?: (end: StreamEnd) => void
}

export interface StreamEnd {
  /** finished; refused: the money was gone; disconnected: the reader left; failed: upstream broke */
  because: 'finished' | 'refused' | 'disconnected' | 'failed'
  usage: Usage
  /** The settled hold; null when the gate will be told later. */
  authorization: Authorization | null
  refusal: PurseError | null
}

/** What is read of a chunk or a completion; everything else passes through untouched. */
interface Completion {
  id?: string
  created?: number
  model?: string
  choices?: { delta?: unknown; message?: unknown; text?: string }[]
  usage?: {
    prompt_tokens?: number
    completion_tokens?: number
    prompt_tokens_details?: { cached_tokens?: number } | null
  } | null
}

type Upstream = Response | ((signal: AbortSignal) => Promise<Response>)

const charactersPerToken = 4
const encoder = new TextEncoder()

/**
 * Asks the gate, runs the completion and gives its answer, to be sent to the customer as it is. A stream never delivers
 * more than is paid for: when the money is gone it ends with a chunk of `finish_reason: "length"` that carries the reason
 * as `purse: {code, detail, max_affordable}`, and `[DONE]`; upstream is aborted and what was delivered is settled. A
 * reader who leaves pays for what was delivered.
 * @param upstream the request, as a function of the signal that ends it; or an answer that has begun already
 * @throws PurseError when the request may not run: upstream was not called then. `openaiError` makes an answer of it
 */
export async function openaiStream(
  client: PurseClient,
  options: OpenaiStreamOptions,
  upstream: Upstream,
): Promise<Response> {
  const isWhole = options.stream === false
  if (isWhole && options.maxOutputTokens === undefined) {
    const detail = 'maxOutputTokens is needed for an answer in one piece: what it may cost is held before it runs.'
    throw ownError('invalid_request', 400, detail, { field: 'maxOutputTokens' })
  }
  const stop = new AbortController()
  const progress: Authorization[] = []
  const meter = await Meter.open(client, withProgress(options, progress), isWhole, options.signal).catch((error) => {
    if (typeof upstream !== 'function') void upstream.body?.cancel()
    throw error
  })
  let response: Response
  try {
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
    response = typeof upstream === 'function' ? await upstream(signal) : upstream
  } catch (error) {
    await meter.release()
    throw error
  }
  if (!response.ok || !response.body) {
    await meter.release()
    return new Response(response.body, { status: response.status, headers: passedHeaders(response) })
  }
  const run: Run = { meter, options, stop, progress, because: null, isTold: false }
  const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '')
  return isStream ? streamed(response, run) : inOnePiece(response, run)
}

/** A refusal in the shape that OpenAI's clients understand, with the gate's facts as `purse`. */
export function openaiError(error: unknown): Response {
  const known = error instanceof PurseError ? error : ownError('bad_answer', 502, 'The request could not be run.')
  // The service key is the platform's: what is wrong with it is no business of the customer. Their own key is.
  const isOurs = known.status === 401 && known.code !== 'api_key_invalid'
  const status = isOurs || known.status === 0 ? 503 : known.status
  const detail = status === known.status ? known.detail : 'The request could not be checked just now. Try again.'
  const body = {
    error: { message: detail, type: typeOf(status), param: known.field ?? null, code: known.code },
    purse: purseFacts(known),
  }
  const headers = new Headers({ 'content-type': 'application/json' })
  if (known.retryAfterSeconds !== undefined) headers.set('retry-after', String(Math.ceil(known.retryAfterSeconds)))
  return new Response(JSON.stringify(body), { status, headers })
}

interface Run {
  meter: Meter
  options: OpenaiStreamOptions
  stop: AbortController
  progress: Authorization[]
  because: StreamEnd['because'] | null
  isTold: boolean
}

function streamed(response: Response, run: Run): Response {
  const frames = meteredFrames(response.body!, run)
  const leave = async () => {
    run.stop.abort()
    await end(run, 'disconnected')
  }
  const onAbort = () => void leave()
  run.options.signal?.addEventListener('abort', onAbort, { once: true })
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await frames.next()
        if (!done) return controller.enqueue(encoder.encode(value))
        run.options.signal?.removeEventListener('abort', onAbort)
        controller.close()
      },
      cancel: async () => {
        await leave()
        await frames.return(undefined).catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: response.status, headers: passedHeaders(response) })
}

async function* meteredFrames(body: ReadableStream<Uint8Array>, run: Run): AsyncGenerator<string, undefined> {
  const { meter } = run
  let last: Completion = {}
  try {
    for await (const { raw, data } of readEvents(body, run.stop.signal)) {
      if (data === '[DONE]') {
        const settled = await end(run, 'finished')
        if (settled && run.options.showProgress) yield progressFrame(last, settled)
        yield raw
        return
      }
      const chunk = parsed(data)
      if (chunk) {
        last = chunk
        const refusal = await meter.admit(newTokens(chunk, run))
        if (refusal) {
          run.stop.abort()
          yield* goodbye(last, refusal, run, await end(run, 'refused', refusal))
          return
        }
        if (chunk.usage) meter.correct(usageOf(chunk.usage))
      }
      yield raw
      const shown = run.options.showProgress ? run.progress.pop() : undefined
      run.progress.length = 0
      if (shown) yield progressFrame(last, shown)
    }
    await end(run, 'finished')
  } catch (error) {
    const isGone = run.because !== null || run.options.signal?.aborted
    await end(run, isGone ? 'disconnected' : 'failed')
    if (!isGone) throw error
  }
}

/** The end of a stream that the money did not reach: the reason in the last chunk, then the usual end. */
function* goodbye(last: Completion, refusal: PurseError, run: Run, settled: Authorization | null): Generator<string> {
  const { inputTokens, outputTokens } = run.meter.usage
  yield frame({
    ...headOf(last),
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'length' }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
    purse: { ...purseFacts(refusal), ...(settled ? { charged: settled.charged, available: settled.available } : {}) },
  })
  yield 'data: [DONE]\n\n'
}

async function inOnePiece(response: Response, run: Run): Promise<Response> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    await run.meter.release()
    throw error
  }
  const completion = parsed(text)
  if (completion?.usage) run.meter.correct(usageOf(completion.usage))
  else {
    const said = (completion?.choices ?? []).map((choice) => textOf(choice.message) + (choice.text ?? '')).join('')
    const count = run.options.countTokens ?? ((words: string) => Math.ceil(words.length / charactersPerToken))
    run.meter.correct({ outputTokens: count(said) })
  }
  await end(run, 'finished')
  return new Response(text, { status: response.status, headers: passedHeaders(response) })
}

/** Settles and tells how it ended, once: the first reason is the one. */
async function end(run: Run, because: StreamEnd['because'], refusal: PurseError | null = null) {
  run.because ??= because
  const authorization = await run.meter.settle()
  if (!run.isTold) {
    run.isTold = true
    run.options.onEnd?.({ because: run.because, usage: run.meter.usage, authorization, refusal })
  }
  return authorization
}

/** Output tokens that a chunk brings. A server that counts along in every chunk is believed. */
function newTokens(chunk: Completion, { meter, options }: Run): number {
  const deltas = (chunk.choices ?? []).map((choice) => textOf(choice.delta) + (choice.text ?? '')).filter(Boolean)
  const told = chunk.usage?.completion_tokens
  if (typeof told === 'number' && deltas.length > 0) return Math.max(0, told - meter.delivered)
  const count = options.countTokens
  return count ? deltas.reduce((sum, text) => sum + Math.max(0, Math.ceil(count(text))), 0) : deltas.length
}

/** Everything that a model wrote into a delta or a message: content, reasoning, arguments of tools. */
function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > 5) return ''
  return Object.entries(value)
    .filter(([name]) => !notWritten.has(name))
    .map(([, part]) => textOf(part, depth + 1))
    .join('')
}

const notWritten = new Set(['role', 'id', 'type', 'index', 'annotations', 'audio'])

const usageOf = (usage: NonNullable<Completion['usage']>) => ({
  ...(usage.prompt_tokens === undefined ? {} : { inputTokens: usage.prompt_tokens }),
  ...(usage.completion_tokens === undefined ? {} : { outputTokens: usage.completion_tokens }),
  cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
})

const headOf = ({ id = `chatcmpl-${newId()}`, created = Math.floor(Date.now() / 1000), model = '' }: Completion) => ({
  id,
  object: 'chat.completion.chunk',
  created,
  model,
})

function progressFrame(last: Completion, { state, amount, charged, reported, available }: Authorization): string {
  const held = state === 'open' ? amount : '0.00'
  return frame({ ...headOf(last), choices: [], purse: { cost: charged ?? reported?.cost ?? '0.00', held, available } })
}

function purseFacts({ code, detail, maxAffordable, resetsAt, retryAfterSeconds }: PurseError) {
  return {
    code,
    detail,
    ...(maxAffordable === undefined ? {} : { max_affordable: maxAffordable }),
    ...(resetsAt === undefined ? {} : { resets_at: resetsAt }),
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  }
}

function typeOf(status: number): string {
  if (status === 402 || status === 403) return 'insufficient_quota'
  if (status === 429) return 'rate_limit_exceeded'
  return status < 500 ? 'invalid_request_error' : 'api_error'
}

const frame = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`

/** Lengths and encodings were those of upstream's own body. */
function passedHeaders(response: Response): Headers {
  const headers = new Headers(response.headers)
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection']) headers.delete(name)
  return headers
}

function withProgress(options: OpenaiStreamOptions, progress: Authorization[]): MeterOptions {
  if (!options.showProgress) return options
  return {
    ...options,
    onProgress: (authorization) => {
      progress.push(authorization)
      options.onProgress?.(authorization)
    },
  }
}

function parsed(text: string): Completion | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Completion) : null
  } catch {
    return null
  }
}
