/**
 * Leases: one large hold that a gateway spends down in its own memory and settles in batches (PRODUCT "Using credit" 7).
 * What is left of it stays held, so the account cannot promise it to anybody else.
 */
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { add, isPositive, type Money, subtract, zero } from '@/lib/core/money'
import type { HoldDto } from '../holds'
import { coverOf, differenceTo, type Hold, laterEnd } from '../holds/rules'
import type { RequestRate } from '../rate-limits/rules'
import { noUsageFacts, type UsageFacts } from '../usage/rules'
import { requireGate } from './authority'
import { hashedFacts, placeHold, requirePositive } from './authorize'
import { type Desk, LimitReached } from './desk'
import { dtoAt } from './dto'
import { inLane } from './lanes'
import {
  type Checked,
  checkEvents,
  keysOf,
  modelsIn,
  subjectsIn,
  takeEvent,
  type UsageOutcome,
  type UsageReport,
  wordAll,
} from './record-usage'
import { refusalFor } from './refusals'
import { requestHash } from './request-hash'

/**
 * Sets a lease aside. The same key with the same request gives the same lease. Counts as one request. A lease of an API key counts
 * on that key's budgets, and so does everything that is charged to it.
 * @throws Refusal of the gate when it does not fit, with `max_affordable`; `idempotency_conflict`, `invalid_amount`, `not_found`.
 */
export async function openLease(
  actor: Actor,
  input: { accountId: string; idempotencyKey: string; amount: Money; leaseSeconds: number; facts?: UsageFacts },
): Promise<{ lease: HoldDto; available: string; rate: RequestRate; isNew: boolean }> {
  requireGate(actor, 'usage:write')
  const { hold, ...others } = await placeHold({
    accountId: input.accountId,
    idempotencyKey: input.idempotencyKey,
    kind: 'lease',
    model: null,
    amount: requirePositive(input.amount, 'amount'),
    seconds: input.leaseSeconds,
    hash: requestHash(['lease', input.amount.nanos, BigInt(input.leaseSeconds), ...hashedFacts(input.facts)]),
    facts: input.facts ?? noUsageFacts,
  })
  return { lease: hold, ...others }
}

export interface LeaseSettlement {
  lease: HoldDto
  available: string
  outcomes: UsageOutcome[]
  /** Why the lease could not be refilled; null when it was, or nobody asked. */
  refill: Refusal | null
}

/**
 * Charges a batch of events to a lease, in full and each once: events come out of what the lease holds, also when that is not
 * enough, or when it is closed. Then refills it to `refillTo`, if that fits. Without events it only refills or prolongs.
 * @throws Refusal `not_found`, `invalid_amount`.
 */
export async function settleLease(
  actor: Actor,
  input: {
    accountId: string
    leaseId: string
    events: UsageReport[]
    refillTo: Money | null
    leaseSeconds: number | null
  },
): Promise<LeaseSettlement> {
  requireGate(actor, 'usage:write')
  const { accountId, leaseId, refillTo } = input
  if (refillTo) requirePositive(refillTo, 'amount')
  const events = await checkEvents(input.events)
  const { decided, refused, ...answer } = await inLane({
    accountId,
    holdIds: [leaseId],
    eventKeys: keysOf(events),
    subjects: subjectsIn(events),
    models: modelsIn(events),
    decide(desk) {
      const lease = desk.requireHold(leaseId, 'lease')
      const decided = events.map((event) => takeFromLease(desk, lease, event))
      if (lease.state === 'open') {
        const expiresAt = laterEnd(lease, desk.at, input.leaseSeconds)
        if (expiresAt > lease.expiresAt) {
          lease.expiresAt = expiresAt
          desk.changedHolds.add(lease)
        }
      }
      const refused = refillTo ? refill(desk, lease, refillTo) : null
      const { hold, available } = dtoAt(desk, lease)
      return { lease: hold, available, decided, refused }
    },
  })
  return {
    ...answer,
    outcomes: await wordAll(decided),
    refill: refused instanceof LimitReached ? await refusalFor(refused) : refused,
  }
}

function takeFromLease(desk: Desk, lease: Hold, event: Checked) {
  const before = desk.usedSoFar
  const decided = takeEvent(desk, event, { beyondCredit: 'record', lease })
  if (decided instanceof LimitReached || decided.status !== 'accepted') return decided
  const amount = subtract(desk.usedSoFar, before)
  const covered = coverOf(lease, amount)
  if (isPositive(covered)) desk.spendLease(lease, covered)
  lease.charged = add(lease.charged ?? zero(amount.currency), amount)
  desk.changedHolds.add(lease)
  return decided
}

/** Raises an open lease to hold `total` unspent. Returns why not. */
function refill(desk: Desk, lease: Hold, total: Money): LimitReached | Refusal | null {
  if (lease.state !== 'open') return leaseClosed(lease)
  const difference = differenceTo(lease, total)
  if (!isPositive(difference)) return null
  if (!desk.affords(lease, difference)) return desk.limitReached(lease, difference, lease.amount)
  desk.growHold(lease, difference)
  return null
}

const leaseClosed = (lease: Hold) =>
  new Refusal('hold_closed', {
    message: `This lease is ${lease.state}, so it cannot be refilled. The events were charged all the same. Open a new lease.`,
    state: lease.state,
  })

/** Gives back what is left of a lease. Again, or after its expiry, changes nothing. @throws Refusal `not_found` */
export async function releaseLease(
  actor: Actor,
  { accountId, leaseId }: { accountId: string; leaseId: string },
): Promise<{ lease: HoldDto; available: string }> {
  requireGate(actor, 'usage:write')
  return inLane({
    accountId,
    holdIds: [leaseId],
    decide(desk) {
      const lease = desk.requireHold(leaseId, 'lease')
      if (lease.state === 'open') desk.closeHold(lease, 'released')
      const { hold, available } = dtoAt(desk, lease)
      return { lease: hold, available }
    },
  })
}
