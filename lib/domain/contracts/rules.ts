/** Terms of post-paid, and what is left of a credit limit. Pure; also runs in the browser. */
import { Refusal } from '@/lib/core/errors'
import {
  add,
  atLeastZero,
  displayMoney,
  formatMoney,
  isLess,
  isMore,
  isNegative,
  isPositive,
  least,
  type Money,
  money,
  negate,
  parseMoney,
  subtract,
  wholeCents,
} from '@/lib/core/money'
import { parseLine } from '@/lib/core/text'

/** prepaid: credit first, and nothing beyond it. postpaid: credit first, then up to the contract's credit limit. */
export const billingModes = ['prepaid', 'postpaid'] as const
export type BillingMode = (typeof billingModes)[number]

/** send_invoice: Stripe mails the invoice and the customer pays from it. charge_automatically: the saved card is charged. */
export const collections = ['send_invoice', 'charge_automatically'] as const
export type Collection = (typeof collections)[number]

export const requestStates = ['open', 'approved', 'declined', 'withdrawn'] as const
export type PostPaidRequestState = (typeof requestStates)[number]

/** Payment terms that the contract form offers first, in days. */
export const usualPaymentTerms = [14, 30, 60] as const
export const longestPaymentTermsDays = 365
/** As many characters as Stripe shows of a custom field. */
export const longestPoNumber = 30
export const longestNote = 500
/** The highest credit limit: what Stripe takes at once. */
export const highestCreditLimit = money(999_999_000_000_000n)

export interface Terms {
  creditLimit: Money
  paymentTermsDays: number
  collection: Collection
  poNumber: string | null
  note: string | null
}

/** Terms as they come over the wire: the credit limit is a decimal string. */
export interface TermsInput {
  creditLimit: string
  paymentTermsDays: number
  collection: Collection
  poNumber?: string | null | undefined
  /** For operators alone. */
  note?: string | null | undefined
}

/** @throws Refusal `invalid_amount`, `amount_too_large` or `invalid_request` naming the field. */
export function parseTerms(input: TermsInput): Terms {
  const creditLimit = notTooHigh(inWholeCents(input.creditLimit, 'creditLimit'))
  const { paymentTermsDays, collection } = input
  if (!Number.isInteger(paymentTermsDays) || paymentTermsDays < 0 || paymentTermsDays > longestPaymentTermsDays) {
    throw new Refusal('invalid_request', {
      field: 'paymentTermsDays',
      message: `Payment terms are whole days from 0 to ${longestPaymentTermsDays}.`,
    })
  }
  if (!collections.includes(collection)) {
    throw new Refusal('invalid_request', {
      field: 'collection',
      message: `collection must be ${collections.join(' or ')}.`,
    })
  }
  const line = (text: string | null | undefined, field: string, label: string, longest: number) =>
    parseLine(text ?? '', { field, label, longest }) || null
  return {
    creditLimit,
    paymentTermsDays,
    collection,
    poNumber: line(input.poNumber, 'poNumber', 'The purchase order number', longestPoNumber),
    note: line(input.note, 'note', 'The note', longestNote),
  }
}

/** What a customer expects to use in a month. @throws Refusal `invalid_amount` naming the field */
export const parseExpected = (text: string): Money => inWholeCents(text, 'expectedMonthly')

/** A credit limit to try out: it may be zero. @throws Refusal `invalid_amount` or `amount_too_large` naming the field */
export function parseTriedCreditLimit(text: string): Money {
  const creditLimit = parseMoney(text.trim(), 'creditLimit')
  if (isNegative(creditLimit) || wholeCents(creditLimit) === null) {
    throw new Refusal('invalid_amount', {
      field: 'creditLimit',
      message: 'Enter a credit limit in whole cents of zero or more, such as 500.00.',
    })
  }
  return notTooHigh(creditLimit)
}

function notTooHigh(creditLimit: Money): Money {
  if (!isMore(creditLimit, highestCreditLimit)) return creditLimit
  throw new Refusal('amount_too_large', {
    field: 'creditLimit',
    limit: formatMoney(highestCreditLimit),
    message: `The credit limit can be at most ${displayMoney(highestCreditLimit)}.`,
  })
}

function inWholeCents(text: string, field: string): Money {
  const amount = parseMoney(text.trim(), field)
  if (!isPositive(amount) || wholeCents(amount) === null) {
    throw new Refusal('invalid_amount', {
      field,
      message: 'Enter an amount in whole cents above zero, such as 500.00.',
    })
  }
  return amount
}

/** Credit that is left; nothing when the balance is a debt. */
export const creditOf = (balance: Money): Money => atLeastZero(balance)

/** What usage has gone beyond credit, invoiced or not. */
export const outstandingOf = (balance: Money): Money => atLeastZero(negate(balance))

/** What is left of the credit limit: all of it while open holds stand on credit alone. */
export const leftOfCreditLimit = (facts: { balance: Money; held: Money; creditLimit: Money }): Money =>
  least(facts.creditLimit, atLeastZero(add(subtract(facts.balance, facts.held), facts.creditLimit)))

/** What the account has promised beyond its credit: no credit limit can be lower. */
export const promisedBeyondCredit = (facts: { balance: Money; held: Money }): Money =>
  atLeastZero(subtract(facts.held, facts.balance))

/** How far usage may go beyond credit from an instant on; null: prepaid. */
export interface CreditLimitFrom {
  from: Date
  limit: Money | null
}

/** A change of the terms of the contract that was in force. */
export interface CreditLimitChange {
  at: Date
  before: Money
  after: Money
}

/**
 * The credit limits that were in force in a span of time, one after the other: the first from its start on, each until the next.
 * @param contracts those of the account, in their order; `changes`: of their terms, oldest first.
 */
export function creditLimitsOver(
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
  contracts: { startedAt: Date; endedAt: Date | null; creditLimit: Money }[],
  changes: CreditLimitChange[],
): CreditLimitFrom[] {
  const all = contracts.flatMap(({ startedAt, endedAt, creditLimit }): CreditLimitFrom[] => {
    const own = changes.filter(({ at }) => at >= startedAt && (!endedAt || at <= endedAt))
    return [
      { from: startedAt, limit: own[0]?.before ?? creditLimit },
      ...own.map(({ at, after }) => ({ from: at, limit: after })),
      ...(endedAt ? [{ from: endedAt, limit: null }] : []),
    ]
  })
  const atStart = all.filter(({ from }) => from <= startsAt).at(-1)
  const later = all.filter(({ from }) => from > startsAt && from < endsAt)
  return [{ from: startsAt, limit: atStart?.limit ?? null }, ...later]
    .filter(({ from }, index, list) => from.getTime() !== list[index + 1]?.from.getTime())
    .filter(({ limit }, index, list) => index === 0 || limit?.nanos !== list[index - 1]!.limit?.nanos)
}

/** @throws Refusal `conflict` naming the field when the limit is below what is outstanding and held */
export function requireRoom(creditLimit: Money, facts: { balance: Money; held: Money }): void {
  const promised = promisedBeyondCredit(facts)
  if (!isLess(creditLimit, promised)) return
  throw new Refusal('conflict', {
    field: 'creditLimit',
    limit: formatMoney(promised),
    message: `${displayMoney(promised)} is outstanding or held by running requests already. The credit limit cannot be lower.`,
  })
}
