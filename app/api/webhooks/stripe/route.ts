import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { receiveStripeEvent } from '@/lib/domain/stripe-events'
import { log } from '@/lib/edges/log'
import { verifyWebhook } from '@/lib/edges/stripe'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

const mostBytes = 256 * 1024

/**
 * Stripe's events come in here. A 200 means stored, nothing else: no call to Stripe, no mail, no work. Nothing is stored
 * of a request that is not signed with our secret.
 */
export async function POST(request: Request): Promise<Response> {
  const body = await readBody(request)
  if (!body) return new Response(null, { status: 413 })
  const webhook = verifyWebhook(body, request.headers.get('stripe-signature'))
  if (webhook.kind === 'forged') return new Response(null, { status: 400 })
  if (webhook.kind === 'not_configured') {
    log.error('STRIPE_WEBHOOK_SECRET is not set: events of Stripe cannot be verified')
    return new Response(null, { status: 503 })
  }
  try {
    await receiveStripeEvent(system('stripe'), webhook.event)
  } catch (error) {
    // Stripe sends it again, for three days: never a 200 without a row.
    const isAway = error instanceof Refusal && error.code === 'temporarily_unavailable'
    if (!isAway) log.error({ err: error, eventId: webhook.event.eventId }, 'An event of Stripe could not be stored')
    return new Response(null, { status: isAway ? 503 : 500 })
  }
  return Response.json({})
}

/** The raw bytes, for the signature is over them; null when there are more than any event has. */
async function readBody(request: Request): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
