import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { stripe } from './client'
import { type EventHint, eventHint } from './facts'

/** Seconds for which a signature is good: an old request that somebody recorded is refused. */
const toleranceSeconds = 300

/** thin: a genuine notification without an object (API v2), which tells us nothing. */
export type VerifiedWebhook =
  | { kind: 'genuine'; event: EventHint }
  | { kind: 'thin'; event: EventHint }
  | { kind: 'forged' }
  | { kind: 'not_configured' }

/** Checks the signature over the body's raw bytes, against each configured secret (the previous one while rotating). */
export function verifyWebhook(body: Buffer, signature: string | null): VerifiedWebhook {
  const secrets = (env().STRIPE_WEBHOOK_SECRET ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  if (secrets.length === 0) return { kind: 'not_configured' }
  if (!signature || !secrets.some((secret) => isSigned(body, signature, secret))) return { kind: 'forged' }
  return readEvent(body)
}

function isSigned(body: Buffer, signature: string, secret: string): boolean {
  try {
    return stripe().webhooks.signature!.verifyHeader(body, signature, secret, toleranceSeconds)
  } catch {
    return false
  }
}

function readEvent(body: Buffer): VerifiedWebhook {
  const event = parsed(body)
  if (typeof event?.id !== 'string' || typeof event.type !== 'string') {
    log.warn('A signed webhook holds no event')
    return { kind: 'forged' }
  }
  return { kind: event.object === 'event' ? 'genuine' : 'thin', event: eventHint(event) }
}

function parsed(body: Buffer): Record<string, unknown> | null {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}
