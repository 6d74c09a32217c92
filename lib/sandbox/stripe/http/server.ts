import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { runDueChores } from '../chores'
import { answerControl } from '../control/answer-control'
import { answerPage } from '../pages/answer-page'
import { newId } from '../state/ids'
import { type Answer, answerApiCall } from './api'
import { StripeError } from './errors'
import { contract } from './parameters'
import { playFaultAfter, playFaultBefore } from './play-fault'
import type { ServerParts } from './server-parts'

const keepAliveMilliseconds = 75_000

/**
 * The HTTP server: Stripe's API under /v1, the control surface under /_sandbox, pages for browsers elsewhere. Calls
 * that come before the world is open wait for it.
 */
export function createSandboxServer(opening: Promise<ServerParts>): Server {
  const server = createServer((request, response) => {
    opening
      .then((parts) => answer(parts, request, response))
      .catch((error: unknown) => {
        console.error('The Stripe sandbox failed to answer', request.method, request.url, error)
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
        response.end('The Stripe sandbox has a bug; its log says more.\n')
      })
  })
  // Longer than clients keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = keepAliveMilliseconds
  return server
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  runDueChores(parts.world)
  const path = request.url!.split('?')[0]!
  if (path.startsWith('/v1/') || path === '/v1') return answerApi(parts, request, response, path)
  if (path.startsWith('/_sandbox')) return answerControl(parts, request, response, path)
  return answerPage(parts.world, request, response, path)
}

async function answerApi(
  { world, keys, faults, requestLog }: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const requestId = newId.request()
  const fault = faults.take(request.method!, path)
  const early = fault && playFaultBefore(world, fault, request, requestId)
  if (early === 'silence') return
  const told = early ?? (await answerOrApologise(world, keys, request, requestId, fault))
  const idempotencyKey = (request.headers['idempotency-key'] as string | undefined) ?? null
  requestLog.add({
    id: told.requestId,
    method: request.method!,
    path,
    status: told.status,
    idempotencyKey,
    at: new Date().toISOString(),
  })
  if (fault && playFaultAfter(fault, response, told)) return
  response.writeHead(told.status, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, no-store',
    'request-id': told.requestId,
    'stripe-version': contract.apiVersion,
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    ...told.headers,
  })
  response.end(told.body)
}

/** Turns a bug of the sandbox into Stripe's 500, so that callers see what they would see there. */
async function answerOrApologise(...call: Parameters<typeof answerApiCall>): Promise<Answer> {
  const [world, , , requestId] = call
  try {
    return await answerApiCall(...call)
  } catch (error) {
    console.error('The Stripe sandbox failed in', requestId, error)
    const { status, body } = new StripeError(500, { type: 'api_error', message: 'The Stripe sandbox has a bug.' })
    const text = JSON.stringify({
      error: { ...body, request_log_url: `${world.publicUrl}/_sandbox/requests/${requestId}` },
    })
    return { requestId, status, body: text, headers: {} }
  }
}
