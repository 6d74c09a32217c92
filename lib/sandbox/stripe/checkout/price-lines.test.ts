import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { shuffle } from '../events/shuffle'
import { priceLines } from './price-lines'
import { taxFor } from './tax-rates'

const lines = (...amounts: number[]) =>
  amounts.map((amount) => ({ amount_subtotal: amount, amount_total: amount }) as Stripe.LineItem)
const percent = (percent_off: number) => ({ percent_off, amount_off: null }) as Stripe.Coupon
const dollars = (amount_off: number) => ({ percent_off: null, amount_off }) as Stripe.Coupon
const home = { state: null, taxIdType: null, customerExemption: 'none' as const }

test.each([
  ['a percentage', lines(5_000), percent(20), null, { discount: 1_000, tax: 0, total: 4_000 }],
  ['half a cent goes up', lines(5_001), percent(50), null, { discount: 2_501, total: 2_500 }],
  ['a percentage with decimals', lines(10_000), percent(12.5), null, { discount: 1_250, total: 8_750 }],
  ['more off than there is', lines(1_000), dollars(5_000), null, { discount: 1_000, total: 0 }],
  ['everything off', lines(333, 333, 334), percent(100), null, { discount: 1_000, total: 0 }],
  ['tax on top', lines(5_000), null, taxFor({ ...home, country: 'US', state: 'NY' }), { tax: 444, total: 5_444 }],
  [
    'tax on what is left after the discount',
    lines(5_000),
    percent(20),
    taxFor({ ...home, country: 'de' }),
    { discount: 1_000, tax: 760, total: 4_760 },
  ],
  ['no tax where none is collected', lines(5_000), null, taxFor({ ...home, country: 'BR' }), { tax: 0, total: 5_000 }],
])('%s', (_, given, coupon, tax, expected) => {
  expect(priceLines(given, coupon, tax)).toMatchObject(expected)
})

test('whatever the amounts, the lines add up to the whole and no line falls below nothing', () => {
  const amounts = shuffle([1, 1, 2, 3, 7, 99, 100, 4_999, 12_345, 99_999], 7)
  const tax = taxFor({ ...home, country: 'US', state: 'TX' })
  for (let size = 1; size <= amounts.length; size++) {
    for (const coupon of [null, percent(33.33), percent(99.99), dollars(1), dollars(777), percent(100)]) {
      const priced = priceLines(lines(...amounts.slice(0, size)), coupon, tax)
      const total = (name: 'amount_discount' | 'amount_tax' | 'amount_total') =>
        priced.lineItems.reduce((sum, line) => sum + line[name], 0)
      expect([total('amount_discount'), total('amount_tax'), total('amount_total')]).toEqual([
        priced.discount,
        priced.tax,
        priced.total,
      ])
      expect(priced.lineItems.every((line) => line.amount_discount >= 0 && line.amount_total >= 0)).toBe(true)
    }
  }
})

test('exempt customers and businesses with a VAT number of the place pay no tax', () => {
  expect(taxFor({ ...home, country: 'DE', customerExemption: 'exempt' })).toMatchObject({ ratePer100000: 0 })
  expect(taxFor({ ...home, country: 'DE', taxIdType: 'eu_vat' })).toMatchObject({ reason: 'reverse_charge' })
  expect(taxFor({ ...home, country: 'GB', taxIdType: 'eu_vat' })).toMatchObject({ ratePer100000: 20_000 })
})
