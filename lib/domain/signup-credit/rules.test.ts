import { expect, test } from 'vitest'
import { formatMoney } from '@/lib/core/money'
import { identityOf, signupCredit } from './rules'

test('the signup credit is a dollar', () => expect(formatMoney(signupCredit)).toBe('1.00'))

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['Ada@Example.COM', 'ada@example.com'],
  ['ada+purse@example.com', 'ada@example.com'],
  ['ada+one+two@example.com', 'ada@example.com'],
  ['a.d.a@example.com', 'a.d.a@example.com'],
  ['a.d.a@gmail.com', 'ada@gmail.com'],
  ['A.da+x@googlemail.com', 'ada@gmail.com'],
  ['ada@gmail.com.example.com', 'ada@gmail.com.example.com'],
  ['+tag@example.com', '+tag@example.com'],
  ['ad\u00e9@example.com', 'ad\u00e9@example.com'],
  ['ade\u0301@example.com', 'ad\u00e9@example.com'],
])('%s is %s', (email, identity) => expect(identityOf(email)).toBe(identity))
