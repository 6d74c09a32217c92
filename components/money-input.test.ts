import { expect, it } from 'vitest'
import { formatMoney } from '@/lib/core/money'
import { typedAmount } from './money-input'

const read = (text: string, locale: 'en' | 'de' | 'ar') => {
  const amount = typedAmount(text, locale)
  return amount && formatMoney(amount)
}

it.each([
  ['25', '25.00'],
  ['$1,000.50', '1000.50'],
  [' 0.000000001 ', '0.000000001'],
  ['25,50', null],
  ['1,00.50', null],
  ['ten', null],
  ['1e3', null],
  ['', null],
])('reads %j in English as %j', (text, amount) => {
  expect(read(text, 'en')).toBe(amount)
})

it.each([
  ['25,5', '25.50'],
  ['25.50', '25.50'],
  ['1.000,50', '1000.50'],
  ['1.000', '1000.00'],
  ['0.125', '0.125'],
  ['1,000.50', '1000.50'],
  ['25,50 $', '25.50'],
  ['1.00,50', null],
])('reads %j in German as %j', (text, amount) => {
  expect(read(text, 'de')).toBe(amount)
})

it.each([
  ['٢٥٫٥٠', '25.50'],
  ['١٬٠٠٠', '1000.00'],
  ['25.50', '25.50'],
])('reads %j in Arabic as %j', (text, amount) => {
  expect(read(text, 'ar')).toBe(amount)
})
