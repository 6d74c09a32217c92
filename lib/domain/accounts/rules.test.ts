import { expect, test } from 'vitest'
import { countries, countryNames } from '@/lib/core/countries'
import { cents, type Money, zero } from '@/lib/core/money'
import { normalizeTaxId, type TaxIdTypeName, taxIdTypes } from '@/lib/core/tax-ids'
import { decideState, decideWarning, type StandingFacts } from './rules'

const usd = (amount: number): Money => cents(Math.round(amount * 100))

type Wanted = Omit<Partial<StandingFacts>, 'month' | 'autoTopUp'> & {
  month?: Partial<StandingFacts['month']>
  autoTopUp?: Partial<StandingFacts['autoTopUp']>
}

const facts = ({ month, autoTopUp, ...wanted }: Wanted = {}): StandingFacts => ({
  suspendedAt: null,
  balance: usd(20),
  held: zero(),
  creditLimit: zero(),
  isPausedForPayment: false,
  isInvoicePastDue: false,
  hasInvoiceProblem: false,
  hasPaymentMethod: true,
  isTakenBackDebt: false,
  frozen: zero(),
  ...wanted,
  month: {
    period: '2026-11',
    endsAt: new Date('2026-12-01T00:00:00Z'),
    timeZone: 'UTC',
    spent: usd(10),
    limit: null,
    warnAtPercent: [80],
    ...month,
  },
  autoTopUp: { isOn: false, state: 'off', isInProgress: false, ...autoTopUp },
})

test.each<[string, Wanted, string, string | null, string | null]>([
  ['with credit', {}, 'active', null, null],
  ['with the last cent of credit', { balance: usd(0.01) }, 'active', null, null],
  [
    'with less than a cent of credit',
    { balance: { ...usd(0), nanos: 9_999_999n } as Money },
    'paused',
    'credits_exhausted',
    'buy_credits',
  ],
  ['with all credit held', { held: usd(20) }, 'active', null, null],
  ['without credit, with a card', { balance: usd(0) }, 'paused', 'credits_exhausted', 'buy_credits'],
  ['in debt, with a card', { balance: usd(-0.12) }, 'paused', 'credits_exhausted', 'buy_credits'],
  [
    'without credit or card',
    { balance: usd(0), hasPaymentMethod: false },
    'suspended',
    'payment_method_required',
    'add_payment_method',
  ],
  ['with credit and no card', { hasPaymentMethod: false }, 'active', null, null],
  ['in debt after a refund', { balance: usd(-3), isTakenBackDebt: true }, 'paused', 'credits_exhausted', 'buy_credits'],
  [
    'in debt after a refund, without a card',
    { balance: usd(-3), isTakenBackDebt: true, hasPaymentMethod: false },
    'suspended',
    'payment_method_required',
    'buy_credits',
  ],
  ['below its cap', { month: { limit: usd(10.01) } }, 'active', null, null],
  ['at its cap', { month: { limit: usd(10) } }, 'paused', 'budget_reached', 'raise_cap'],
  ['with a cap of nothing', { month: { limit: usd(0), spent: usd(0) } }, 'paused', 'budget_reached', 'raise_cap'],
  [
    'at its cap and out of credit',
    { month: { limit: usd(5) }, balance: usd(0) },
    'paused',
    'budget_reached',
    'raise_cap',
  ],
  [
    'stopped by the operator',
    { suspendedAt: new Date(), month: { limit: usd(5) } },
    'suspended',
    'account_suspended',
    null,
  ],
])('an account %s is told so', (_, wanted, kind, code, action) => {
  expect(decideState(facts(wanted))).toMatchObject({ kind, code, action })
})

test('the words say what happened, what it means for the money, and what to do', () => {
  expect(decideState(facts({ month: { limit: usd(10), timeZone: 'Asia/Tokyo' } })).detail).toBe(
    '$10.00 of the $10.00 cap is spent in November. Your credit is untouched. Usage resumes when you raise the cap, or by itself on December 1 at 09:00 (Asia/Tokyo).',
  )
  expect(decideState(facts({ balance: usd(-0.12) })).detail).toBe(
    'Nothing more is charged. Usage went $0.12 beyond your credit; the next credit pays that first. Usage resumes when you add credits.',
  )
  expect(
    decideState(facts({ balance: usd(0), autoTopUp: { isOn: true, state: 'on', isInProgress: true } })).detail,
  ).toBe('Auto top-up is buying credit now. Usage resumes as soon as it is paid.')
})

test.each<[string, Wanted, string | null]>([
  ['nothing', {}, null],
  ['credit of exactly a dollar', { balance: usd(1) }, null],
  ['less than a dollar', { balance: usd(0.99) }, 'balance_low'],
  ['less than a dollar that is not held', { held: usd(19.5) }, 'balance_low'],
  ['little credit with auto top-up', { balance: usd(0.5), autoTopUp: { isOn: true, state: 'on' } }, null],
  ['79 % of the cap', { month: { limit: usd(12.65) } }, null],
  ['80 % of the cap', { month: { limit: usd(12.5) } }, 'budget_nearly_reached'],
  ['a threshold of 50 %', { month: { limit: usd(20), warnAtPercent: [50, 90] } }, 'budget_nearly_reached'],
  ['no thresholds', { month: { limit: usd(10.5), warnAtPercent: [] } }, null],
  ['auto top-up paused', { autoTopUp: { isOn: true, state: 'paused' }, month: { limit: usd(11) } }, 'top_up_paused'],
  [
    'auto top-up waiting for the bank',
    { autoTopUp: { isOn: true, state: 'needs_you' }, balance: usd(0.1) },
    'top_up_needs_you',
  ],
])('%s is warned of by the most pressing thing', (_, wanted, code) => {
  expect(decideWarning(facts(wanted))?.code ?? null).toBe(code)
})

test.each<[TaxIdTypeName, string, string | null]>([
  ['eu_vat', 'de 123 456 789', 'DE123456789'],
  ['eu_vat', 'FR-AB.123456789', 'FRAB123456789'],
  ['eu_vat', 'NL123456789B12', 'NL123456789B12'],
  ['eu_vat', 'GB123456789', null],
  ['eu_vat', 'DE12345678', null],
  ['gb_vat', 'GB 123 4567 89', 'GB123456789'],
  ['us_ein', '123456789', '12-3456789'],
  ['us_ein', '12-34567890', null],
  ['ch_vat', 'che123456789mwst', 'CHE-123.456.789 MWST'],
  ['jp_trn', 'T1234567891234', 'T1234567891234'],
  ['au_abn', '12 345 678 912', '12345678912'],
  ['no_vat', '１２３', null],
])('as %s %j becomes %j', (type, typed, stored) => {
  expect(normalizeTaxId(type, typed)).toBe(stored)
})

test.each(Object.entries(taxIdTypes))('the example of %s has its shape', (type, { example }) => {
  expect(normalizeTaxId(type as TaxIdTypeName, example)).toBe(example)
})

test('every country has a name, and there are 249', () => {
  expect(new Set(countries).size).toBe(249)
  expect(countryNames().filter(({ code, name }) => code === name)).toEqual([])
})

test('credit that a refund or chargeback took back is told as that, and healed by buying', () => {
  const state = decideState(facts({ balance: usd(-3), isTakenBackDebt: true }))
  expect(state.title).toBe('Paused: credit was taken back')
  expect(state.detail).toContain('the balance is $3.00 below zero. No card is charged for that by itself.')
  expect(decideState(facts({ balance: usd(-3) })).title).toBe('Paused: credits used up')
})

test('frozen credit is told while usage runs, and when nothing else is left', () => {
  const { detail } = decideState(facts({ balance: usd(0), frozen: usd(4) }))
  expect(detail).toContain(' $4.00 of credit is frozen while the bank decides about a disputed payment.')
  expect(decideState(facts({ balance: usd(0) })).detail).not.toContain('frozen')
  expect(decideWarning(facts({ frozen: usd(4) }))).toMatchObject({
    code: 'payment_disputed',
    title: '$4.00 of credit is frozen',
    action: null,
  })
  expect(decideWarning(facts())).toBe(null)
})

test('a post-paid account runs below zero to its credit limit, and what it owes is no shortage of credit', () => {
  const contract = { creditLimit: usd(100), hasPaymentMethod: false }
  expect(decideState(facts({ ...contract, balance: usd(-99.99) })).kind).toBe('active')
  const state = decideState(facts({ ...contract, balance: usd(-100), isTakenBackDebt: true }))
  expect(state).toMatchObject({ kind: 'paused', code: 'credits_exhausted', action: 'buy_credits' })
  expect(state.title).toBe('Paused: the credit limit is used up')
  expect(state.detail).toContain('$100.00 is outstanding, and your contract allows $100.00.')
  expect(decideWarning(facts({ ...contract, balance: usd(0.5) }))).toBeNull()
  expect(decideWarning(facts({ ...contract, balance: usd(-79.99) }))).toBeNull()
  expect(decideWarning(facts({ ...contract, balance: usd(-60), held: usd(20) }))).toMatchObject({
    code: 'credit_limit_near',
    title: '80% of the credit limit is used',
  })
})

test('an unpaid invoice warns, and pauses whatever credit there is', () => {
  expect(decideState(facts({ isPausedForPayment: true }))).toMatchObject({
    kind: 'paused',
    code: 'payment_past_due',
    action: 'pay_invoice',
  })
  expect(decideWarning(facts({ isInvoicePastDue: true }))).toMatchObject({
    code: 'invoice_past_due',
    action: 'pay_invoice',
  })
  expect(decideWarning(facts({ isInvoicePastDue: true, hasInvoiceProblem: true }))?.code).toBe('invoice_needs_you')
})
