import type { Actor } from '@/lib/core/actor'
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, type Money, subtract, zero } from '@/lib/core/money'
import { dayMs, minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import type { Tx } from '@/lib/edges/db'
import { ratesOf } from '../prices'
import { priceTokens, type Tokens } from '../prices/rules'
import { inAccountTransaction } from './account-queue'
import { requireGate } from './authority'
import { type Charge, chargeUsage } from './charge-usage'
import { factsOf, lockAccount, refusalFor, tellOfPause } from './decide'
import { requestHash } from './request-hash'
import { afterSpending, beyondCover, fits } from './rules'
import { findEvents } from './store'

/** How old, and how far ahead of our clock, a reported event may be. */
const oldestMs = 90 * dayMs
const furthestAheadMs = 5 * minuteMs

export interface UsageReport extends Tokens {
  /** The caller's id, unique within the account. */
  eventId: string
  model: string
  occurredAt: Date | null
}

export type UsageOutcome =
  | { status: 'accepted' | 'duplicate'; amount: string }
  | { status: 'refused'; code: RefusalCode; message: string; field?: string | undefined }

interface Priced extends UsageReport {
  amount: Money
  hash: Buffer
}

/**
 * Records usage of one account that has already happened. Each event is decided alone and in order: a repeat changes
 * nothing, a bad one is refused by its place while the rest are taken. With `beyondCredit: 'refuse'` an event that the
 * account cannot pay is refused; with 'record' it is recorded in full and may take the balance below zero.
 * @throws Refusal `not_found` when there is no such account; `not_allowed` without the scope.
 */
export async function recordUsage(
  actor: Actor,
  input: { accountId: string; events: UsageReport[]; beyondCredit: 'refuse' | 'record' },
): Promise<UsageOutcome[]> {
  requireGate(actor, 'usage:write')
  const at = await now()
  const priced = await Promise.all(input.events.map((event) => priceEvent(event, at)))
  const { outcomes, refusal } = await inAccountTransaction(input.accountId, (tx) => takeEvents(tx, input, priced, at))
  if (refusal) await tellOfPause(input.accountId, refusal, at)
  return outcomes
}

async function priceEvent(event: UsageReport, at: Date): Promise<Priced | Refusal> {
  const occurredAt = event.occurredAt ?? at
  if (occurredAt.getTime() > at.getTime() + furthestAheadMs || occurredAt.getTime() < at.getTime() - oldestMs) {
    return new Refusal('invalid_request', {
      field: 'occurred_at',
      message: 'occurred_at must lie within the last 90 days and not in the future.',
    })
  }
  if (event.cachedInputTokens > event.inputTokens) {
    return new Refusal('invalid_request', {
      field: 'cached_input_tokens',
      message: 'cached_input_tokens are part of input_tokens and cannot be more.',
    })
  }
  try {
    const amount = priceTokens(await ratesOf(event.model, occurredAt), event)
    const hash = requestHash([
      event.model,
      event.inputTokens,
      event.cachedInputTokens,
      event.outputTokens,
      event.occurredAt,
    ])
    return { ...event, amount, hash }
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

async function takeEvents(
  tx: Tx,
  input: { accountId: string; beyondCredit: 'refuse' | 'record' },
  events: (Priced | Refusal)[],
  at: Date,
): Promise<{ outcomes: UsageOutcome[]; refusal: Refusal | null }> {
  const ids = events.flatMap((event) => (event instanceof Refusal ? [] : [event.eventId]))
  const [account, known] = await Promise.all([
    lockAccount(tx, input.accountId, at),
    findEvents(tx, input.accountId, ids),
  ])
  let facts = factsOf(account)
  const charges: Charge[] = []
  let refusal: Refusal | null = null
  const outcomes: UsageOutcome[] = []
  for (const event of events) {
    if (event instanceof Refusal) {
      outcomes.push(refused(event))
      continue
    }
    const before = known.get(event.eventId)
    if (before) {
      const isSame = before.requestHash.equals(event.hash)
      outcomes.push(
        isSame ? { status: 'duplicate', amount: formatMoney(before.amount) } : refused(reusedId(event.eventId)),
      )
      continue
    }
    if (!fits(facts, event.amount) && input.beyondCredit === 'refuse') {
      // Worded with the figures that the earlier events of this batch left.
      refusal = await refusalFor(tx, account, event.amount, facts)
      outcomes.push(refused(refusal))
      continue
    }
    const beyond = beyondCover(event.amount, zero(), subtract(facts.balance, facts.held))
    charges.push({ ...event, requestHash: event.hash, beyond, holdId: null, occurredAt: event.occurredAt ?? at })
    known.set(event.eventId, { requestHash: event.hash, amount: event.amount })
    facts = afterSpending(facts, event.amount)
    outcomes.push({ status: 'accepted', amount: formatMoney(event.amount) })
  }
  if (charges.length > 0) {
    const batchId = newId()
    const causeOf = (charge: Charge) => `usage_batch:${batchId}/${charge.model}`
    await chargeUsage(tx, { account, charges, causeOf })
  }
  return { outcomes, refusal }
}

const refused = (refusal: Refusal): UsageOutcome => ({
  status: 'refused',
  code: refusal.code,
  message: refusal.message,
  ...(refusal.facts.field ? { field: refusal.facts.field } : {}),
})

const reusedId = (eventId: string) =>
  new Refusal('idempotency_conflict', {
    field: 'id',
    message: `The event ${eventId} was recorded before with other contents. Nothing was charged. Use a new id for a new event.`,
  })
