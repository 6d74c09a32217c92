import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { cents, money } from '@/lib/core/money'
import {
  creditLimitsOver,
  creditOf,
  leftOfCreditLimit,
  outstandingOf,
  parseExpected,
  parseTerms,
  parseTriedCreditLimit,
  promisedBeyondCredit,
  requireRoom,
  type TermsInput,
} from './rules'

const terms: TermsInput = { creditLimit: '500', paymentTermsDays: 30, collection: 'send_invoice' }

/** The code and the field of a refusal; null when there is none. */
function refusalOf(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.facts.field}`
    throw error
  }
}

describe('terms', () => {
  test('are read as they are meant', () => {
    expect(parseTerms({ ...terms, creditLimit: ' 1250.50 ', poNumber: '  PO  7 ', note: '' })).toEqual({
      creditLimit: cents(125_050),
      paymentTermsDays: 30,
      collection: 'send_invoice',
      poNumber: 'PO 7',
      note: null,
    })
  })

  test.each([
    ['invalid_amount creditLimit', { creditLimit: '0' }],
    ['invalid_amount creditLimit', { creditLimit: '-1' }],
    ['invalid_amount creditLimit', { creditLimit: '0.001' }],
    ['invalid_amount creditLimit', { creditLimit: '1e3' }],
    ['amount_too_large creditLimit', { creditLimit: '999999.01' }],
    ['invalid_request paymentTermsDays', { paymentTermsDays: Number.NaN }],
    ['invalid_request paymentTermsDays', { paymentTermsDays: 1.5 }],
    ['invalid_request collection', { collection: 'cash' as TermsInput['collection'] }],
    ['invalid_request poNumber', { poNumber: 'x'.repeat(31) }],
    ['invalid_request note', { note: 'a\u0000b' }],
    [null, { creditLimit: '999999' }],
    [null, { paymentTermsDays: 0 }],
    [null, { paymentTermsDays: 365, collection: 'charge_automatically' as const }],
  ])('%s', (expected, changes) => expect(refusalOf(() => parseTerms({ ...terms, ...changes }))).toBe(expected))

  test('a credit limit to try may be zero', () => {
    expect(parseTriedCreditLimit(' 0 ')).toEqual(cents(0))
    expect(parseTriedCreditLimit('999999')).toEqual(cents(99_999_900))
    const refused = (text: string) => refusalOf(() => parseTriedCreditLimit(text))
    expect(['-1', '0.001', 'much', '999999.01'].map(refused)).toEqual([
      'invalid_amount creditLimit',
      'invalid_amount creditLimit',
      'invalid_amount creditLimit',
      'amount_too_large creditLimit',
    ])
  })

  test('what a customer expects is whole cents above zero', () => {
    expect(parseExpected('12.30')).toEqual(cents(1230))
    expect(refusalOf(() => parseExpected('0'))).toBe('invalid_amount expectedMonthly')
  })
})

describe('what is left of a credit limit', () => {
  test.each([
    ['all of it while there is credit', 2000, 500, 10_000, 10_000],
    ['all of it at zero', 0, 0, 10_000, 10_000],
    ['less what is outstanding', -2500, 0, 10_000, 7500],
    ['less what holds reach beyond credit', 500, 1500, 10_000, 9000],
    ['nothing, and no less, when more was recorded', -12_000, 0, 10_000, 0],
  ])('%s', (_, balance, held, limit, expected) => {
    const facts = { balance: cents(balance), held: cents(held), creditLimit: cents(limit) }
    expect(leftOfCreditLimit(facts)).toEqual(cents(expected))
  })

  test('credit less what is outstanding is the balance', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (nanos) => {
        const balance = money(nanos)
        expect(creditOf(balance).nanos - outstandingOf(balance).nanos).toBe(nanos)
      }),
    )
  })

  test('a limit has room for what is promised already, to the nano', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        (balance, held) => {
          const facts = { balance: money(balance), held: money(held) }
          const promised = promisedBeyondCredit(facts)
          expect(refusalOf(() => requireRoom(promised, facts))).toBeNull()
          if (promised.nanos === 0n) return
          expect(refusalOf(() => requireRoom(money(promised.nanos - 1n), facts))).toBe('conflict creditLimit')
        },
      ),
    )
  })
})

describe('the credit limits of a span of time', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 9, day))
  const span = { startsAt: at(1), endsAt: at(31) }
  const contract = (startedAt: Date, endedAt: Date | null, dollars: number) => ({
    startedAt,
    endedAt,
    creditLimit: cents(dollars * 100),
  })
  const over = (...of: [ReturnType<typeof contract>[], { at: Date; before: number; after: number }[]?]) =>
    creditLimitsOver(
      span,
      of[0],
      (of[1] ?? []).map((one) => ({ ...one, before: cents(one.before * 100), after: cents(one.after * 100) })),
    ).map(({ from, limit }) => `${from.getUTCDate()}: ${limit ? limit.nanos / 1_000_000_000n : 'prepaid'}`)

  test('are none without a contract, and one where it was in force all the time', () => {
    expect(over([])).toEqual(['1: prepaid'])
    expect(over([contract(new Date(0), null, 50)])).toEqual(['1: 50'])
    expect(over([contract(new Date(0), new Date(1), 50)])).toEqual(['1: prepaid'])
    expect(over([contract(at(31), null, 50)])).toEqual(['1: prepaid'])
  })

  test('begin and end with contracts', () => {
    expect(over([contract(at(5), at(9), 50), contract(at(9), at(12), 70), contract(at(20), null, 80)])).toEqual([
      '1: prepaid',
      '5: 50',
      '9: 70',
      '12: prepaid',
      '20: 80',
    ])
  })

  test('change with the terms, whatever the contract says in the end', () => {
    const changes = [
      { at: at(3), before: 10, after: 20 },
      { at: at(8), before: 20, after: 20 },
      { at: at(10), before: 20, after: 15 },
    ]
    expect(over([contract(at(2), null, 15)], changes)).toEqual(['1: prepaid', '2: 10', '3: 20', '10: 15'])
    expect(over([contract(new Date(0), at(12), 15)], changes)).toEqual(['1: 10', '3: 20', '10: 15', '12: prepaid'])
  })
})
