import * as z from 'zod'
import { finishDebit } from '../checkout/finish-debit'
import { oddKinds } from '../events/odd-bodies'
import { refuse } from '../http/errors'
import { type FaultKind, faultKinds } from '../http/faults'
import type { ServerParts } from '../http/server-parts'
import { findSession } from '../resources/checkout-sessions'
import { readSettings, writeSettings } from '../state/clock'
import type { CardOnFile } from '../state/collections'
import { newId } from '../state/ids'
import { describeCustomer } from './describe-customer'
import { describeDelivery } from './describe-delivery'
import { describeState } from './describe-state'
import { payHere } from './pay-here'
import { openDisputeHere, playDispute, playRefund, refundHere, warnOfFraudHere } from './play-bank'
import { actOnInvoice, payInvoiceHere } from './play-invoice'

type Run = (parts: ServerParts, body: unknown, id: string) => unknown | Promise<unknown>

interface ControlRoute {
  method: string
  pattern: RegExp
  run: Run
}

const clockBody = z.union([z.strictObject({ advance_seconds: z.int() }), z.strictObject({ now: z.int().positive() })])

const deliveriesBody = z.strictObject({
  mode: z.enum(['auto', 'hold', 'drop']),
  repeat: z.int().min(1).max(20).default(1),
  delay_seconds: z.int().min(0).default(0),
  shuffle_seed: z.int().nullable().default(null),
  bad_signature: z.boolean().default(false),
  api_version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(\.\w+)?$/, 'An API version looks like 2024-06-20 or 2026-10-28.endive.')
    .nullable()
    .default(null),
})

const oddBodySchema = z.strictObject({ kind: z.enum(oddKinds), event: z.string().optional() })

const releaseBody = z.strictObject({
  order: z.enum(['fifo', 'reverse', 'shuffle']).default('fifo'),
  seed: z.int().default(1),
  repeat: z.int().min(1).max(20).default(1),
})

const mayHaveEffect: FaultKind[] = ['hang', 'html_200', 'html_502', 'http_500', 'http_500_retry', 'http_500_no_retry']

const faultBody = z
  .strictObject({
    match: z.strictObject({ method: z.string().optional(), path_prefix: z.string().optional() }).default({}),
    kind: z.enum(faultKinds as unknown as [FaultKind, ...FaultKind[]]),
    count: z.int().min(1).nullable().default(1),
    after_effect: z.boolean().default(false),
  })
  .refine(({ kind, after_effect }) => !after_effect || mayHaveEffect.includes(kind), {
    path: ['after_effect'],
    message: `Only these kinds may have an effect first: ${mayHaveEffect.join(', ')}.`,
  })

const paymentMethodBody = z.union([
  z.strictObject({ decline_code: z.string().min(1) }),
  z.strictObject({ authentication_required: z.literal(true) }),
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ refund: z.enum(['ok', 'pending', 'fails_later', 'requires_action']) }),
])

const paymentBody = z.strictObject({
  outcome: z.enum(['succeeded', 'failed']),
  failure_code: z.string().min(1).default('insufficient_funds'),
})

/** What can be asked of the sandbox itself, apart from Stripe's API. */
export const controlRoutes: ControlRoute[] = [
  { method: 'GET', pattern: /^\/_sandbox\/state$/, run: (parts) => describeState(parts) },
  {
    method: 'GET',
    pattern: /^\/_sandbox\/customers\/(\w+)$/,
    run: ({ world }, _, id) => describeCustomer(world, id),
  },
  { method: 'GET', pattern: /^\/_sandbox\/requests\/(\w+)$/, run: ({ requestLog }, _, id) => requestLog.get(id) },
  { method: 'GET', pattern: /^\/_sandbox\/clock$/, run: ({ world }) => ({ now: world.clock.now() }) },
  { method: 'POST', pattern: /^\/_sandbox\/clock$/, run: moveClock },
  { method: 'GET', pattern: /^\/_sandbox\/deliveries$/, run: listDeliveries },
  { method: 'POST', pattern: /^\/_sandbox\/deliveries$/, run: setDeliveries },
  { method: 'POST', pattern: /^\/_sandbox\/deliveries\/release$/, run: releaseDeliveries },
  { method: 'POST', pattern: /^\/_sandbox\/deliveries\/odd$/, run: sendOdd },
  { method: 'POST', pattern: /^\/_sandbox\/events\/(\w+)\/resend$/, run: resendEvent },
  { method: 'GET', pattern: /^\/_sandbox\/faults$/, run: ({ faults }) => ({ faults: faults.list() }) },
  { method: 'POST', pattern: /^\/_sandbox\/faults$/, run: addFault },
  { method: 'DELETE', pattern: /^\/_sandbox\/faults$/, run: clearFaults },
  { method: 'POST', pattern: /^\/_sandbox\/payment_methods\/(\w+)$/, run: overrideCard },
  { method: 'POST', pattern: /^\/_sandbox\/refunds\/(\w+)$/, run: playRefund },
  { method: 'POST', pattern: /^\/_sandbox\/disputes$/, run: openDisputeHere },
  { method: 'POST', pattern: /^\/_sandbox\/disputes\/(\w+)$/, run: playDispute },
  { method: 'POST', pattern: /^\/_sandbox\/fraud_warnings$/, run: warnOfFraudHere },
  { method: 'POST', pattern: /^\/_sandbox\/payments\/(\w+)$/, run: finishPayment },
  { method: 'POST', pattern: /^\/_sandbox\/payments\/(\w+)\/refund$/, run: refundHere },
  { method: 'POST', pattern: /^\/_sandbox\/checkout\/(\w+)\/pay$/, run: paySessionHere },
  { method: 'POST', pattern: /^\/_sandbox\/invoices\/(\w+)\/pay$/, run: payInvoiceHere },
  { method: 'POST', pattern: /^\/_sandbox\/invoices\/(\w+)$/, run: actOnInvoice },
  { method: 'POST', pattern: /^\/_sandbox\/reset$/, run: reset },
]

function moveClock({ world, keys }: ServerParts, body: unknown) {
  const given = clockBody.parse(body)
  const now = 'now' in given ? given.now : world.clock.now() + given.advance_seconds
  world.store.transaction(() => {
    world.clock.setNow(now)
    keys.prune()
  })
  return { now: world.clock.now() }
}

function setDeliveries({ world, deliverer }: ServerParts, body: unknown) {
  const given = deliveriesBody.parse(body)
  world.store.transaction(() =>
    writeSettings(world.store, {
      ...readSettings(world.store),
      deliveries: {
        mode: given.mode,
        repeat: given.repeat,
        delaySeconds: given.delay_seconds,
        shuffleSeed: given.shuffle_seed,
        hasBadSignature: given.bad_signature,
        apiVersion: given.api_version,
      },
    }),
  )
  deliverer.sendDue()
  return given
}

async function releaseDeliveries({ deliverer }: ServerParts, body: unknown) {
  const { order, seed, repeat } = releaseBody.parse(body)
  return { released: await deliverer.release(order, seed, repeat) }
}

/** Sends something odd made from an event (by default the newest) to every endpoint, and says how they took it. */
async function sendOdd({ world, deliverer }: ServerParts, body: unknown) {
  const { kind, event: id } = oddBodySchema.parse(body)
  const event = id ? world.store.get('events', id) : world.store.newestFirst('events')[0]
  if (!event && id) return undefined
  if (!event) throw refuse('Nothing has happened yet: there is no event to make it from.')
  return { kind, event: event.id, sent: await deliverer.sendOdd(kind, event) }
}

function listDeliveries({ world }: ServerParts) {
  return { deliveries: world.store.newestFirst('deliveries').map(describeDelivery) }
}

/** Sends an event now to every endpoint that has it or listens today, as the button in Stripe's dashboard does. */
async function resendEvent({ world, deliverer }: ServerParts, _: unknown, eventId: string) {
  const event = world.store.get('events', eventId)
  if (!event) return undefined
  const ids = world.store.oldestFirst('webhookEndpoints').map((endpoint) => {
    const known = world.store
      .oldestFirst('deliveries')
      .find((delivery) => delivery.eventId === eventId && delivery.endpointId === endpoint.id)
    if (known) return known.id
    const id = newId.delivery()
    const now = world.clock.now()
    const common = { id, eventId, eventType: event.type, endpointId: endpoint.id, attempts: [] }
    world.store.transaction(() =>
      world.store.put('deliveries', id, { ...common, state: 'held', createdAt: now, nextAttemptAt: now }),
    )
    return id
  })
  for (const id of ids) await deliverer.send(id, 1)
  return { deliveries: ids.map((id) => describeDelivery(world.store.get('deliveries', id)!)) }
}

function addFault({ faults }: ServerParts, body: unknown) {
  const { match, kind, count, after_effect: isAfterEffect } = faultBody.parse(body)
  const method = match.method?.toUpperCase() ?? null
  return faults.add({ method, pathPrefix: match.path_prefix ?? null, kind, count, isAfterEffect })
}

function clearFaults({ faults }: ServerParts) {
  faults.clear()
  return { faults: [] }
}

function overrideCard({ world }: ServerParts, body: unknown, id: string) {
  const given = paymentMethodBody.parse(body)
  const onFile = world.store.get('cardsOnFile', id)
  if (!onFile) return undefined
  world.store.transaction(() => world.store.put('cardsOnFile', id, { ...onFile, ...cardChange(given) }))
  return { id, ...given }
}

function finishPayment({ world }: ServerParts, body: unknown, id: string) {
  const { outcome, failure_code: failureCode } = paymentBody.parse(body)
  const intent = world.store.get('paymentIntents', id)
  if (!intent) return undefined
  const decided = outcome === 'succeeded' ? { kind: outcome } : { kind: outcome, failureCode }
  const finished = world.store.transaction(() => finishDebit(world, id, decided))
  if (!finished) throw refuse(`The payment ${id} is ${intent.status}, not processing: no bank is being asked.`)
  return { id, status: finished.status, failure_code: finished.last_payment_error?.code ?? null }
}

function cardChange(given: z.infer<typeof paymentMethodBody>): Partial<CardOnFile> {
  if ('refund' in given) return { refunds: given.refund }
  if ('decline_code' in given) return { override: { declineCode: given.decline_code } }
  if ('ok' in given) return { override: { alwaysSucceeds: true } }
  return { override: { authenticationRequired: true } }
}

function paySessionHere({ world }: ServerParts, body: unknown, id: string) {
  return world.store.transaction(() => payHere(world, findSession(world, id), body))
}

function reset({ world, faults }: ServerParts) {
  faults.clear()
  world.store.clear()
  return { reset: true }
}
