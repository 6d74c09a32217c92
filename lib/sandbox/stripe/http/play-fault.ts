import type { IncomingMessage, ServerResponse } from 'node:http'
import type { World } from '../state/world'
import { type Answer, renderError } from './api'
import { StripeError } from './errors'
import type { Fault } from './faults'
import { inUse } from './idempotency'

/**
 * Plays faults that keep the call from having an effect. Returns an answer to send, `'silence'` when nothing is sent,
 * or null when the call goes on.
 */
export function playFaultBefore(
  world: World,
  fault: Fault,
  request: IncomingMessage,
  requestId: string,
): Answer | 'silence' | null {
  if (fault.isAfterEffect) return null
  switch (fault.kind) {
    case 'reset_before':
    case 'down':
      request.socket.resetAndDestroy()
      return 'silence'
    case 'hang':
      return 'silence'
    case 'http_429':
      return renderError(world, rateLimited({}), requestId)
    case 'http_429_retry':
      return renderError(world, rateLimited({ 'stripe-should-retry': 'true' }), requestId)
    case 'http_409':
      return renderError(world, inUse(String(request.headers['idempotency-key'] ?? 'none')), requestId)
    case 'html_200':
    case 'html_502':
      return { requestId, ...htmlAnswer(fault.kind) }
    default:
      return null
  }
}

/** What a proxy in the way says. */
function htmlAnswer(kind: 'html_200' | 'html_502'): Omit<Answer, 'requestId'> {
  const [status, words] = kind === 'html_200' ? [200, 'Please sign in to this network'] : [502, '502 Bad Gateway']
  return { status, body: `<html><body><h1>${words}</h1></body></html>`, headers: { 'content-type': 'text/html' } }
}

/** Plays faults after the effect. Returns true when it took the answer's place. */
export function playFaultAfter(fault: Fault, response: ServerResponse, answer: Answer): boolean {
  switch (fault.kind) {
    case 'reset_after':
      response.socket?.resetAndDestroy()
      return true
    case 'hang':
      return true
    case 'truncated_200':
      writeHalf(response, answer, () => response.socket?.destroy())
      return true
    case 'stall':
      writeHalf(response, answer, () => undefined)
      return true
    case 'html_200':
    case 'html_502': {
      const { status, body, headers } = htmlAnswer(fault.kind)
      response.writeHead(status, headers).end(body)
      return true
    }
    default:
      return false
  }
}

function writeHalf(response: ServerResponse, { status, body }: Answer, then: () => void): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.write(body.slice(0, Math.floor(body.length / 2)), then)
}

function rateLimited(headers: Record<string, string>): StripeError {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    },
    { isStored: false, headers: { 'stripe-rate-limited-reason': 'global-rate', ...headers } },
  )
}
