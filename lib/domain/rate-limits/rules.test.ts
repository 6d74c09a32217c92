import { describe, expect, test } from 'vitest'
import { cents, zero } from '@/lib/core/money'
import { minuteOf, rateAt, requestLimit } from './rules'

const at = new Date('2026-11-21T10:00:42.500Z')

describe('the request limit', () => {
  test.each([
    ['a card and credit', { ownLimit: null, hasPaymentMethod: true, balance: cents(500) }, 6000],
    ['no card', { ownLimit: null, hasPaymentMethod: false, balance: cents(500) }, 10],
    ['no credit', { ownLimit: null, hasPaymentMethod: true, balance: zero() }, 10],
    ['the last fraction of a cent', { ownLimit: null, hasPaymentMethod: true, balance: cents(0) }, 10],
    ["the operator's own", { ownLimit: 77, hasPaymentMethod: false, balance: zero() }, 77],
  ])('with %s', (_what, account, limit) => expect(requestLimit(account)).toBe(limit))
})

describe('what is left of a minute', () => {
  test('counts the requests of that minute only', () => {
    expect(rateAt(10, { minute: minuteOf(at), requests: 4 }, at)).toEqual({ limit: 10, remaining: 6, resetSeconds: 18 })
    const earlier = new Date('2026-11-21T09:59:00Z')
    expect(rateAt(10, { minute: earlier, requests: 10 }, at)).toMatchObject({ remaining: 10 })
    expect(rateAt(10, { minute: null, requests: 0 }, at)).toMatchObject({ remaining: 10 })
  })

  test('is never negative, when the limit was lowered', () => {
    expect(rateAt(10, { minute: minuteOf(at), requests: 4000 }, at).remaining).toBe(0)
  })
})
