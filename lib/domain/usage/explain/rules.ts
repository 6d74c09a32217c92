/** Why a charge is what it is: the exact quotient, its one rounding, and which credit paid for it. Pure. */
import { invariant } from '@/lib/core/errors'
import type { Rate } from '@/lib/core/money'

/** An exact amount below the nano: `numerator` / `per` nanos. */
export interface Quotient {
  numerator: bigint
  per: bigint
}

/** A rate times a quantity, not rounded. */
export const quotientOf = (rate: Rate, quantity: bigint): Quotient => ({
  numerator: rate.amount.nanos * quantity,
  per: rate.per,
})

export function addQuotients(quotients: Quotient[]): Quotient {
  return quotients.reduce(
    (total, { numerator, per }) =>
      per === total.per
        ? { numerator: total.numerator + numerator, per }
        : { numerator: total.numerator * per + numerator * total.per, per: total.per * per },
    { numerator: 0n, per: quotients[0]?.per ?? 1n },
  )
}

/** Rounded once, half up, to the nano, as every charge is. */
export const roundQuotient = ({ numerator, per }: Quotient): bigint => (numerator * 2n + per) / (per * 2n)

const nanoDigits = 9

/** Every digit of a quotient as a decimal string of whole units ("0.0001234567895"). Its `per` is a power of ten. */
export function printQuotient({ numerator, per }: Quotient): string {
  const zeros = per.toString().length - 1
  invariant(per === 10n ** BigInt(zeros) && numerator >= 0n, 'a rate is for a power of ten')
  const digits = nanoDigits + zeros
  const unit = 10n ** BigInt(digits)
  const fraction = (numerator % unit).toString().padStart(digits, '0').replace(/0+$/, '').padEnd(2, '0')
  return `${numerator / unit}.${fraction}`
}

/** An event and what it cost, in nanos. */
export interface Charged {
  eventKey: string
  nanos: bigint
}

/** What a transfer took of a grant, in nanos. */
export interface GrantDraw {
  grantId: string
  nanos: bigint
}

/** The part of one event: of grants, and the stretch of what no grant covered, counted from the first nano uncovered. */
export interface Share {
  draws: GrantDraw[]
  uncovered: { from: bigint; to: bigint }
}

const overlap = (aFrom: bigint, aTo: bigint, bFrom: bigint, bTo: bigint) => {
  const from = aFrom > bFrom ? aFrom : bFrom
  const to = aTo < bTo ? aTo : bTo
  return { from, to: to > from ? to : from }
}

/**
 * The share of one event in what its transfer drew on. A transfer charges its events together, so the shares are given out in a
 * fixed order: events by their keys, each taking the next part of the draws; what is left when the draws are used up was
 * recorded below zero. So the parts of an event add up to its charge, and those of all events to the transfer.
 */
export function shareOf(eventKey: string, events: Charged[], draws: GrantDraw[]): Share {
  const ordered = [...events].sort((a, b) => (a.eventKey < b.eventKey ? -1 : a.eventKey > b.eventKey ? 1 : 0))
  let from = 0n
  for (const event of ordered) {
    if (event.eventKey === eventKey) return shareBetween(from, from + event.nanos, draws)
    from += event.nanos
  }
  return { draws: [], uncovered: { from: 0n, to: 0n } }
}

function shareBetween(from: bigint, to: bigint, draws: GrantDraw[]): Share {
  const taken: GrantDraw[] = []
  let begins = 0n
  for (const { grantId, nanos } of draws) {
    const part = overlap(from, to, begins, begins + nanos)
    if (part.to > part.from) taken.push({ grantId, nanos: part.to - part.from })
    begins += nanos
  }
  const beyond = overlap(from, to, begins, to)
  const uncovered =
    beyond.to > beyond.from ? { from: beyond.from - begins, to: beyond.to - begins } : { from: 0n, to: 0n }
  return { draws: taken, uncovered }
}

/** Credit that arrived while the balance was below zero, and how much of the debt it paid, in nanos; oldest first. */
export interface Repayment {
  seq: bigint
  nanos: bigint
}

/**
 * Who paid a stretch of a debt later. Debts are paid in the order in which they were made: what was owed before a transfer
 * comes first, then the transfer's own uncovered part from its first nano on.
 */
export function repaymentsOf(
  { from, to }: Share['uncovered'],
  owedBefore: bigint,
  repayments: Repayment[],
): { paid: Repayment[]; owed: bigint } {
  const [begins, ends] = [owedBefore + from, owedBefore + to]
  const paid: Repayment[] = []
  let at = 0n
  let left = ends - begins
  for (const { seq, nanos } of repayments) {
    const part = overlap(begins, ends, at, at + nanos)
    if (part.to > part.from) {
      paid.push({ seq, nanos: part.to - part.from })
      left -= part.to - part.from
    }
    at += nanos
    if (at >= ends) break
  }
  return { paid, owed: left }
}
