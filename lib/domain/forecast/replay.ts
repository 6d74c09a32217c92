import { type Money, money } from '@/lib/core/money'
import { signedAmount } from '../ledger/rules'
import { Reality, type Requests, requestsOfHour, type Scenario, Simulation, type Terms } from './simulate'
import { readEvents, readHours, readMovements } from './store'

/** Up to so many requests are replayed one by one; more are replayed by the hour. */
export const mostRequestsOneByOne = 100_000

/** Whether every request was replayed, or hours of them. */
export type Exactness = 'requests' | 'hours'

export interface Replayed {
  exactness: Exactness
  outcome: ReturnType<Simulation['finish']>
  reality: ReturnType<Reality['finish']>
}

/**
 * Replays what an account used in a span of time under other settings, beside what really happened. Credit that came otherwise
 * than by auto top-up, and payments of invoices, come as they did, but for purchases by hand when they are left out.
 */
export async function replay(
  { accountId, startsAt, endsAt }: { accountId: string; startsAt: Date; endsAt: Date },
  { scenario, terms, opening, byHand }: { scenario: Scenario; terms: Terms; opening: Money; byHand: 'keep' | 'drop' },
): Promise<Replayed> {
  const span = { accountId, startsAt, endsAt }
  const { currency } = opening
  const [hours, movements] = await Promise.all([readHours(span, currency), readMovements(span)])
  const isFew = hours.reduce((sum, { count }) => sum + count, 0) <= mostRequestsOneByOne
  const parts = isFew
    ? readEvents(span, currency)
    : [hours.flatMap(({ hour, amount, count }) => requestsOfHour(hour, amount, count))]
  const simulation = new Simulation(scenario, terms)
  const reality = new Reality(opening, startsAt)

  let moved = 0
  const moveUpTo = (at: Date) => {
    for (; moved < movements.length && movements[moved]!.at <= at; moved++) {
      const { at: movedAt, kind, nanos } = movements[moved]!
      const amount = money(signedAmount(kind, nanos), currency)
      reality.move(movedAt, amount, kind === 'auto_top_up')
      const isLeftOut = kind === 'auto_top_up' || (kind === 'purchase' && byHand === 'drop')
      if (!isLeftOut) simulation.move(movedAt, amount)
    }
  }
  for await (const part of parts as AsyncIterable<Requests[]> | Requests[][]) {
    for (const requests of part) {
      moveUpTo(requests.at)
      reality.request(requests)
      simulation.request(requests)
    }
  }
  moveUpTo(endsAt)
  return { exactness: isFew ? 'requests' : 'hours', outcome: simulation.finish(), reality: reality.finish() }
}
