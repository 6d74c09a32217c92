import { ownError, type Problem, PurseError } from './errors.js'

export interface TransportOptions {
  baseUrl: string
  apiKey: string
  fetch?: typeof globalThis.fetch
  timeoutMs: number
  retries: number
  /** The longest wait before a retry; a refusal that asks for more is handed to the caller at once. */
  longestWaitMs: number
}

export interface CallOptions {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  signal?: AbortSignal
  /** False: a refusal is thrown at once, also when it says that a repeat may pass. */
  retryRefusals?: boolean
}

const firstWaitMs = 100

/**
 * One call of the gate, repeated while a repeat can help: no answer, a broken answer, or a refusal that names a short
 * wait. Safe because every call is told apart by its key, which the caller has put into the body before.
 * @throws PurseError
 */
export async function call(options: TransportOptions, request: CallOptions): Promise<unknown> {
  for (let tried = 0; ; tried++) {
    try {
      return await callOnce(options, request)
    } catch (error) {
      if (!(error instanceof PurseError) || !error.isRetryable || tried >= options.retries) throw error
      if (request.retryRefusals === false && !error.isGateAway) throw error
      const waitMs = waitBefore(tried + 1, error.retryAfterSeconds)
      if (waitMs > options.longestWaitMs) throw error
      await sleep(waitMs, request.signal)
    }
  }
}

/** Doubles with each try, of which a random half is waited at least; never less than the gate asked for. */
export function waitBefore(retry: number, retryAfterSeconds = 0, longestMs = Number.POSITIVE_INFINITY): number {
  const most = Math.min(firstWaitMs * 2 ** retry, longestMs)
  return Math.max(most / 2 + (Math.random() * most) / 2, retryAfterSeconds * 1000)
}

async function callOnce(options: TransportOptions, { method, path, body, signal }: CallOptions): Promise<unknown> {
  if (signal?.aborted) throw aborted(signal)
  const sent = serialized(body)
  const timeout = AbortSignal.timeout(options.timeoutMs)
  let response: Response
  let text: string
  try {
    response = await (options.fetch ?? globalThis.fetch)(`${options.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        accept: 'application/json',
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(sent === undefined ? {} : { body: sent }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      redirect: 'error',
    })
    text = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw aborted(signal)
    const why = timeout.aborted
      ? `did not answer within ${options.timeoutMs} ms`
      : `cannot be reached (${reason(cause)})`
    throw ownError('gate_unreachable', 0, `The gate at ${options.baseUrl} ${why}.`, {}, cause)
  }
  const answer = parsed(text)
  if (response.ok && answer !== undefined) return answer
  throw refusal(response, answer)
}

function refusal(response: Response, answer: unknown): PurseError {
  const told = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterSeconds = Number.isFinite(told) ? told : undefined
  if (isProblem(answer)) {
    return new PurseError(
      { ...answer, status: response.status },
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    )
  }
  const detail = `The gate answered ${response.status} without a body that can be read. Is baseUrl the gate's address?`
  if (response.ok || response.status >= 500) return ownError('bad_answer', response.status, detail)
  return new PurseError({ code: 'invalid_request', status: response.status, detail })
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && typeof (answer as Problem).code === 'string'

const aborted = (signal: AbortSignal) => ownError('aborted', 0, 'The call was aborted.', {}, signal.reason)

function serialized(body: unknown): string | undefined {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw ownError(
      'invalid_request',
      400,
      'The body cannot be written as JSON: send token counts as numbers.',
      {},
      cause,
    )
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reason(error: unknown): string {
  const cause = (error as { cause?: { message?: string; code?: string } }).cause
  return cause?.message || cause?.code || (error instanceof Error ? error.message : String(error))
}

/** Rejects with `aborted` when the signal does. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(aborted(signal!))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
