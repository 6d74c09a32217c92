/** Leases: credit that a gateway spends down in its own memory. */
import { Refusal } from '@/lib/core/errors'
import { parseMoney } from '@/lib/core/money'
import { type LeaseSettlement, openLease, releaseLease, settleLease } from '@/lib/domain/gate'
import type { HoldDto } from '@/lib/domain/holds'
import { bodies } from '../bodies'
import { namedBy, type ReadEvent } from '../events'
import { leaseId, parseLeaseId } from '../public-ids'
import { rateHeaders } from '../rate-limit'
import { post, type Route } from '../route'
import * as schemas from '../schemas'
import { counted, orRefusal, refused } from '../take-usage'
import { factsWithin, whose } from '../whose'
import { creditRefusals, requiredKey } from './decisions'

const { examples } = schemas

export const leases: Route[] = [
  post(
    {
      path: '/v1/leases',
      operationId: 'openLease',
      tag: 'Leases',
      summary: 'Set credit aside for a gateway that decides in its own memory',
      description: 'A lease is one large hold. Spend it down, settle in batches, and give back what is left.',
      scope: 'usage:write',
      headers: schemas.idempotencyHeader,
      tellsRate: true,
      answers: {
        201: { description: 'Open', schema: schemas.lease, examples: { lease: examples.lease } },
        200: {
          description: 'The same key asked before: the same lease, as it is now',
          schema: schemas.lease,
          examples: { lease: examples.lease },
        },
      },
      refusals: [
        ...creditRefusals,
        'rate_limited',
        'not_found',
        'idempotency_conflict',
        'invalid_amount',
        'api_key_invalid',
      ],
    },
    bodies.openLease,
    async ({ actor, headers }, body) => {
      const result = await openLease(actor, {
        ...(await whose(namedBy(body))),
        idempotencyKey: requiredKey(body.idempotency_key, headers),
        amount: parseMoney(body.amount, 'amount'),
        leaseSeconds: body.expires_in_seconds,
      })
      return {
        status: result.isNew ? 201 : 200,
        body: leaseDto(result.lease, result.available),
        headers: rateHeaders(result.rate),
      }
    },
  ),

  post(
    {
      path: '/v1/leases/{id}/settle',
      operationId: 'settleLease',
      tag: 'Leases',
      summary: 'Charge a batch of events to a lease, and refill it',
      description:
        'Each event is decided alone and answered by its index, as in POST /v1/usage. The refill may be refused while the events are charged.',
      scope: 'usage:write',
      params: schemas.leasePath,
      answers: {
        200: {
          description: 'Charged',
          schema: schemas.settleLeaseAnswer,
          examples: { settled: { lease: examples.lease, ...examples.usageAnswer, refill: null } },
        },
      },
      refusals: ['not_found', 'hold_closed', 'invalid_amount'],
    },
    bodies.settleLease,
    async ({ actor, path }, body) => {
      const named = parseLeaseId(path.id!)
      const events = await Promise.all(body.events.map((event) => withFacts(named.accountId, event)))
      const taken = events.flatMap((event) => ('report' in event ? [event.report] : []))
      const { lease, available, outcomes, refill } = await settleLease(actor, {
        ...named,
        events: taken,
        refillTo: body.amount === undefined ? null : parseMoney(body.amount, 'amount'),
        leaseSeconds: body.expires_in_seconds ?? null,
      })
      return {
        status: 200,
        body: { lease: leaseDto(lease, available), ...inPlace(events, outcomes), refill: refill && refillDto(refill) },
      }
    },
  ),

  post(
    {
      path: '/v1/leases/{id}/release',
      operationId: 'releaseLease',
      tag: 'Leases',
      summary: 'Give back what is left of a lease',
      scope: 'usage:write',
      params: schemas.leasePath,
      answers: {
        200: {
          description: 'Released; again changes nothing',
          schema: schemas.lease,
          examples: { lease: { ...examples.lease, state: 'released' } },
        },
      },
      refusals: ['not_found'],
    },
    bodies.releaseLease,
    async ({ actor, path }) => {
      const { lease, available } = await releaseLease(actor, parseLeaseId(path.id!))
      return { status: 200, body: leaseDto(lease, available) }
    },
  ),
]

const leaseDto = (hold: HoldDto, available: string) => ({
  id: leaseId(hold.accountId, hold.holdId),
  account_id: hold.accountId,
  api_key_id: hold.keyId,
  tag: hold.tag,
  state: hold.state,
  amount: hold.amount,
  currency: hold.currency,
  available,
  created_at: hold.createdAt,
  expires_at: hold.expiresAt,
})

/** An event with the key and the tag that it names, or refused for its key. */
async function withFacts(accountId: string, event: ReadEvent): Promise<ReadEvent> {
  if ('refusal' in event) return event
  const facts = await orRefusal(factsWithin(accountId, event.named))
  if (facts instanceof Refusal) return { id: event.id, refusal: facts }
  return { ...event, report: { ...event.report, facts } }
}

/** Outcomes of the events that were well formed, put back among those that were not. */
function inPlace(events: ReadEvent[], outcomes: LeaseSettlement['outcomes']) {
  let next = 0
  return counted(
    events.map((event, index) =>
      'refusal' in event ? refused(index, event.id, event.refusal) : { index, id: event.id, ...outcomes[next++]! },
    ),
  )
}

const refillDto = ({ code, message, facts }: Refusal) => ({
  code,
  detail: message,
  max_affordable: typeof facts.max_affordable === 'string' ? facts.max_affordable : null,
})
