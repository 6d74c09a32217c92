import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { cents, money } from '@/lib/core/money'
import {
  creditOf,
  leftOfCreditLimit,
  outstandingOf,
  parseExpected,
  parseTerms,
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
