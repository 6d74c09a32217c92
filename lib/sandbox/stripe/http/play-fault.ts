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
  switch (fault.kind) {
    case 'reset_before':
    case 'down':
      request.socket.resetAndDestroy()
      return 'silence'
    case 'hang':
      return 'silence'
    case 'http_429':
      return renderError(world, rateLimited(), requestId)
    case 'http_409':
      return renderError(world, inUse(String(request.headers['idempotency-key'] ?? 'none')), requestId)
    case 'html_502':
      return {
        requestId,
        status: 502,
        body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
        headers: { 'content-type': 'text/html' },
      }
    default:
      return null
  }
}

/** Plays faults after the effect. Returns true when it took the answer's place. */
export function playFaultAfter(fault: Fault, response: ServerResponse, answer: Answer): boolean {
  if (fault.kind === 'reset_after') {
    response.socket?.resetAndDestroy()
    return true
  }
  if (fault.kind !== 'truncated_200') return false
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer.body),
  })
  response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => response.socket?.destroy())
  return true
}

function rateLimited(): StripeError {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    },
    { isStored: false, headers: { 'stripe-rate-limited-reason': 'global-rate' } },
  )
}
