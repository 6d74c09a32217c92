import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cents, money } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import {
  amountToAsk,
  asks,
  creditsDue,
  creditWithTax,
  type InvoiceState,
  invoiceStates,
  linesOf,
  mayBecome,
  nextTryAt,
  type OpenInvoice,
  paidBeforeTax,
  pauses,
  reminderDue,
  shownState,
  smallestInvoiceCents,
  type UsedModel,
} from './rules'

const at = new Date('2026-12-01T00:00:00Z')
const days = (count: number) => new Date(at.getTime() + count * dayMs)

describe('what an invoice asks for', () => {
  test.each([
    ['$20 deposited and $83 used', -6300, 0, 0, 6300n],
    ['$750 outstanding and $500 added', -25_000, 0, 0, 25_000n],
    ['another invoice asks for part of it', -6300, 3000, 0, 3300n],
    ['usage of the month after', -6300, 0, 300, 6000n],
    ['credit after the turn has paid, and usage after it has used that', -500, 0, 2500, 0n],
    ['credit', 500, 0, 0, 0n],
    ['too little for Stripe', -49, 0, 0, 0n],
    ['as little as Stripe takes', -50, 0, 0, 50n],
  ])('%s', (_, balance, asked, later, expected) => {
    expect(amountToAsk({ balance: cents(balance), asked: cents(asked), usageLater: cents(later) })).toBe(expected)
  })

  test('what is below a cent is not asked for', () => {
    const [asked, usageLater] = [cents(0), cents(0)]
    expect(amountToAsk({ balance: money(-639_999_999n), asked, usageLater })).toBe(63n)
  })
})

const used = (model: string, nanos: bigint): UsedModel => ({
  model,
  amount: money(nanos),
  events: 1n,
  inputTokens: 1n,
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

describe('the lines of an invoice', () => {
  const shown = (...given: Parameters<typeof linesOf>) =>
    linesOf(...given).map(({ kind, amountCents, used: of }) => [of?.model ?? kind, Number(amountCents)])

  test('each model at its price, and the credit that was used first', () => {
    const models = [used('b', 3_000_000_000n), used('a', 80_000_000_000n)]
    expect(shown({ amountCents: 6300n, carriedCents: 0n, used: models })).toEqual([
      ['a', 8000],
      ['b', 300],
      ['credit', -2000],
    ])
  })

  test('what a voided invoice asked for stands by itself', () => {
    expect(shown({ amountCents: 4200n, carriedCents: 3000n, used: [used('a', 12_000_000_000n)] })).toEqual([
      ['a', 1200],
      ['earlier', 3000],
    ])
    expect(shown({ amountCents: 2200n, carriedCents: 3000n, used: [used('a', 12_000_000_000n)] })).toEqual([
      ['a', 1200],
      ['earlier', 3000],
      ['credit', -2000],
    ])
  })

  test('a debt from before the contract stands by itself', () => {
    expect(shown({ amountCents: 1700n, carriedCents: 0n, used: [used('a', 12_000_000_000n)] })).toEqual([
      ['a', 1200],
      ['earlier', 500],
    ])
    expect(shown({ amountCents: 500n, carriedCents: 0n, used: [] })).toEqual([['earlier', 500]])
  })

  test('whatever was used: they add up to the invoice, and none is a cent away from its exact figure', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 500_000_000_000n }), { maxLength: 8 }),
        fc.bigInt({ min: 50n, max: 100_000n }),
        fc.bigInt({ min: 0n, max: 20_000n }),
        (amounts, amountCents, carriedCents) => {
          const models = amounts.map((nanos, index) => used(`model ${index}`, nanos))
          const lines = linesOf({ amountCents, carriedCents, used: models })
          expect(lines.reduce((sum, line) => sum + line.amountCents, 0n)).toBe(amountCents)
          for (const { amountCents: rounded, amount, kind } of lines) {
            const away = rounded * 10_000_000n - amount.nanos
            expect(away < 10_000_000n && away > -10_000_000n).toBe(true)
            expect(kind === 'credit' ? rounded < 0n : rounded >= 0n).toBe(true)
          }
          expect(lines.filter(({ kind }) => kind === 'usage')).toHaveLength(models.length)
        },
      ),
    )
  })
})

describe('credit notes', () => {
  const invoice = (restCents: number, changes: Partial<OpenInvoice> = {}): OpenInvoice => ({
    invoiceId: 'a',
    state: 'open',
    restCents: BigInt(restCents),
    isBeingCredited: false,
    ...changes,
  })
  const due = (balance: number, ...invoices: OpenInvoice[]) =>
    creditsDue(cents(balance), invoices).map(({ invoiceId, cents: part }) => [invoiceId, Number(part)])

  test.each([
    ['as much is outstanding', -3000, 3000, []],
    ['more is outstanding', -3500, 3000, []],
    ['credit has paid part of it', -1000, 3000, [['a', 2000]]],
    ['credit has paid all of it', 500, 3000, [['a', 3000]]],
    ['the rest would be too small to pay', -49, 3000, [['a', 3000]]],
    ['the rest is as small as can be paid', -50, 3000, [['a', 2950]]],
  ])('%s', (_, balance, rest, expected) => expect(due(balance, invoice(rest))).toEqual(expected))

  test('are taken off the oldest first, off what was given up last, and off nothing that is not finalized', () => {
    const [oldest, middle, newest] = [
      invoice(1000),
      invoice(2000, { invoiceId: 'b' }),
      invoice(500, { invoiceId: 'c' }),
    ]
    expect(due(-1000, oldest, middle, newest)).toEqual([
      ['a', 1000],
      ['b', 1500],
    ])
    expect(due(-500, { ...oldest, state: 'uncollectible' }, middle, newest)).toEqual([
      ['b', 2000],
      ['c', 500],
      ['a', 500],
    ])
    expect(due(-1000, { ...oldest, state: 'draft' }, middle, newest)).toEqual([
      ['b', 2000],
      ['c', 500],
    ])
    expect(due(-1000, { ...oldest, isBeingCredited: true }, middle, newest)).toEqual([
      ['b', 2000],
      ['c', 500],
    ])
  })

  test('part of a cent is taken off as a whole one', () => {
    expect(creditsDue(money(-10_000_000_001n), [invoice(3000)])).toEqual([{ invoiceId: 'a', cents: 2000n }])
    expect(creditsDue(money(-9_999_999_999n), [invoice(3000)])).toEqual([{ invoiceId: 'a', cents: 2001n }])
  })

  test('never leave less asked for than is outstanding, but for less than Stripe takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000, max: 5000 }),
        fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 5 }),
        (balance, rests) => {
          const invoices = rests.map((rest, index) => invoice(rest, { invoiceId: String(index) }))
          const taken = creditsDue(cents(balance), invoices).reduce((sum, note) => sum + note.cents, 0n)
          const left = invoices.reduce((sum, { restCents }) => sum + restCents, 0n) - taken
          const outstanding = BigInt(Math.max(0, -balance))
          expect(left <= outstanding || taken === 0n).toBe(true)
          expect(left <= outstanding).toBe(true)
          if (taken > 0n) expect(outstanding - left < smallestInvoiceCents).toBe(true)
        },
      ),
    )
  })

  test('take the same share of the tax, and all of the rest with the last', () => {
    const invoice = { restCents: 10_000n, beforeTaxCents: 10_000n, totalCents: 11_900n, remainingCents: 11_900n }
    expect(creditWithTax(5000n, invoice)).toBe(5950n)
    expect(creditWithTax(10_000n, invoice)).toBe(11_900n)
    expect(creditWithTax(5000n, { ...invoice, restCents: 5000n, remainingCents: 5950n })).toBe(5950n)
  })
})

test.each([
  ['all of it', 6300n, 6300n, 6300n, 0n, 0n, 6300n],
  ['nothing: credit notes took all', 0n, 6300n, 6300n, 6300n, 6300n, 0n],
  ['the rest after a credit note', 1300n, 6300n, 6300n, 5000n, 5000n, 1300n],
  ['with tax', 7497n, 7497n, 6300n, 0n, 0n, 6300n],
  ['with tax, after a credit note', 1547n, 7497n, 6300n, 5950n, 5000n, 1300n],
  ['half, the rest by a balance at Stripe', 3150n, 6300n, 6300n, 0n, 0n, 3150n],
  ['too much', 6400n, 6300n, 6300n, 0n, 0n, 6400n],
])(
  'a payment without tax: %s',
  (_, paidCents, totalCents, beforeTaxCents, creditedCents, creditedBeforeTaxCents, expected) => {
    const invoice = { paidCents, totalCents, beforeTaxCents, creditedCents, creditedBeforeTaxCents }
    expect(paidBeforeTax(invoice)).toBe(expected)
  },
)

describe('states', () => {
  test('follow Stripe and never go back', () => {
    const from = (state: InvoiceState) => invoiceStates.filter((next) => mayBecome(state, next))
    expect(Object.fromEntries(invoiceStates.map((state) => [state, from(state).join(' ')]))).toEqual({
      intended: 'draft open paid void uncollectible',
      draft: 'open paid void uncollectible',
      open: 'paid void uncollectible',
      uncollectible: 'paid void',
      paid: '',
      void: '',
    })
    expect(invoiceStates.filter(asks)).toEqual(['intended', 'draft', 'open', 'uncollectible'])
  })

  test.each([
    ['intended', null, 'preparing'],
    ['draft', null, 'preparing'],
    ['open', days(1), 'open'],
    ['open', days(0), 'past_due'],
    ['open', null, 'open'],
    ['paid', days(-9), 'paid'],
    ['uncollectible', days(-9), 'uncollectible'],
  ] as const)('%s, due %s, is shown as %s', (state, dueAt, expected) =>
    expect(shownState({ state, dueAt }, at)).toBe(expected),
  )
})

describe('what is late', () => {
  test.each([
    [-1, null, null],
    [0, null, 0],
    [0, 0, null],
    [2, 0, null],
    [3, 0, 3],
    [6, null, 3],
    [7, 3, 7],
    [400, 7, null],
  ] as const)('%s days over and reminded at %s: reminder %s', (over, reminded, expected) =>
    expect(reminderDue(days(-over), reminded, at)).toBe(expected),
  )

  test.each([
    ['open', 100n, -13, false],
    ['open', 100n, -14, true],
    ['open', 0n, -14, false],
    ['uncollectible', 100n, 5, true],
    ['uncollectible', 0n, -20, false],
    ['paid', 0n, -20, false],
    ['draft', 100n, -20, false],
  ] as const)('%s with %s cents left, due %s days from now: paused %s', (state, restCents, due, expected) =>
    expect(pauses({ state, restCents, dueAt: days(due) }, 14, at)).toBe(expected),
  )

  test('a try is made again later and later, at least every hour', () => {
    const minutes = [1, 2, 3, 4, 5, 99].map((tries) => (nextTryAt(at, tries).getTime() - at.getTime()) / 60_000)
    expect(minutes).toEqual([1, 5, 15, 60, 60, 60])
  })
})
