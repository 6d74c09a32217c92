import type { IncomingMessage } from 'node:http'
import { includedList } from '../resources/included-lists'
import type { StoredAnswer } from '../state/collections'
import type { Cause, World } from '../state/world'
import { checkApiKey } from './auth'
import { StripeError } from './errors'
import { checkExpansions, expandAnswer } from './expand'
import type { Fault } from './faults'
import { decodeForm, type RawHash } from './form'
import { fingerprintOf, type IdempotencyKeys } from './idempotency'
import { type FoundOperation, findOperation } from './operations'
import { readParameters } from './parameters'
import { bodyLimitBytes, readBody } from './read-body'

export interface Answer {
  requestId: string
  status: number
  body: string
  headers: Record<string, string>
}

interface ApiRequest extends FoundOperation {
  path: string
  raw: RawHash
  idempotencyKey: string | null
}

/** Answers one call of Stripe's API, `fault` included. What it says is on disk before it is said. */
export async function answerApiCall(
  world: World,
  keys: IdempotencyKeys,
  request: IncomingMessage,
  requestId: string,
  fault: Fault | null,
): Promise<Answer> {
  let keyTaken: string | null = null
  try {
    const call = await readRequest(request)
    const { idempotencyKey: key } = call
    if (key) {
      const stored = keys.take(key, fingerprintOf(call.operation.method, call.path, call.raw))
      if (stored) return replay(stored)
      keyTaken = key
    }
    return perform(world, call, requestId, fault)
  } catch (error) {
    if (error instanceof StripeError) return renderError(world, error, requestId)
    throw error
  } finally {
    await world.store.flush()
    if (keyTaken) keys.release(keyTaken)
  }
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest> {
  checkApiKey(request.headers.authorization)
  checkVersion(request.headers['stripe-version'])
  const url = new URL(request.url!, 'http://sandbox')
  const body = await readBody(request)
  if (body === null) throw invalidRequest(413, `The request body is larger than ${bodyLimitBytes} bytes.`)
  const found = findOperation(request.method!, url.pathname)
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  if (body && !isForm) {
    throw invalidRequest(
      400,
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    )
  }
  // GET and DELETE are idempotent by nature; their keys mean nothing.
  const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined
  const raw = decodeForm([url.search.slice(1), body].filter(Boolean).join('&'))
  return { ...found, path: url.pathname, raw, idempotencyKey: (key as string | undefined) ?? null }
}

function checkVersion(version: string | string[] | undefined): void {
  if (version === undefined || /^\d{4}-\d{2}-\d{2}(\.\w+)?(;.*)?$/.test(String(version))) return
  throw invalidRequest(400, `Invalid Stripe API version: ${version}`)
}

function invalidRequest(status: number, message: string): StripeError {
  return new StripeError(status, { type: 'invalid_request_error', message }, { isStored: false })
}

/** Runs the operation and stores its answer in the same transaction, so that a crash keeps both or neither. */
function perform(world: World, call: ApiRequest, requestId: string, fault: Fault | null): Answer {
  const fails = fault?.kind.startsWith('http_500') ?? false
  if (fault && fails && !fault.isAfterEffect) {
    const answer = brokenServer(world, requestId, fault)
    world.store.transaction(() => storeAnswer(world, call, answer))
    return answer
  }
  try {
    return world.store.transaction(() => {
      const seen = fault?.kind === 'stale_read' ? { ...world, store: world.store.asBefore() } : world
      const answer = execute(seen, call, requestId)
      const told = fault && fails ? brokenServer(world, requestId, fault) : answer
      storeAnswer(world, call, told)
      return told
    })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    // The operation refused and left nothing behind; only its answer may have to be kept.
    const answer = renderError(world, error, requestId)
    if (error.isStored) world.store.transaction(() => storeAnswer(world, call, answer))
    return answer
  }
}

function execute(
  world: World,
  { operation, handler, ids, raw, path, idempotencyKey }: ApiRequest,
  requestId: string,
): Answer {
  const params = readParameters(operation.parameters, raw, path)
  const expand = (params.expand as string[] | undefined) ?? []
  checkExpansions(expand, operation.returns, operation.isList)
  const cause: Cause = { requestId, idempotencyKey }
  try {
    const object = handler({ world, cause, ids, params }) as Record<string, unknown>
    const expanded = expandAnswer(world, object, expand, (owner, name) => includedList(world, owner, name))
    return { requestId, status: 200, body: JSON.stringify(expanded, null, 2), headers: {} }
  } catch (error) {
    // A decline happened: what was written stays, and the answer is stored with it.
    if (error instanceof StripeError && error.keepsChanges) return renderError(world, error, requestId)
    throw error
  }
}

function storeAnswer(world: World, { operation, path, raw, idempotencyKey }: ApiRequest, answer: Answer): void {
  if (!idempotencyKey) return
  world.store.put('storedAnswers', idempotencyKey, {
    ...answer,
    fingerprint: fingerprintOf(operation.method, path, raw),
    createdAt: world.clock.now(),
  })
}

function replay({ requestId, status, body, headers }: StoredAnswer): Answer {
  return {
    requestId,
    status,
    body,
    headers: { ...headers, 'idempotent-replayed': 'true', 'original-request': requestId },
  }
}

export function renderError(world: World, error: StripeError, requestId: string): Answer {
  const body = JSON.stringify(error.render(requestId, world.publicUrl), null, 2)
  return { requestId, status: error.status, body, headers: error.headers }
}

function brokenServer(world: World, requestId: string, fault: Fault): Answer {
  const message =
    'An unknown error occurred. The Stripe sandbox was told to fail this call; the answer is stored under its idempotency key.'
  const shouldRetry = { http_500_retry: 'true', http_500_no_retry: 'false' }[fault.kind as string]
  const headers: Record<string, string> = shouldRetry ? { 'stripe-should-retry': shouldRetry } : {}
  return renderError(world, new StripeError(500, { type: 'api_error', message }, { headers }), requestId)
}
