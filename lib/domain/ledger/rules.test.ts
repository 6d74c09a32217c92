import { expect, test } from 'vitest'
import { grantSources } from '../grants/rules'
import { movementText, transferKinds } from './rules'

const text = (kind: keyof typeof transferKinds, source: (typeof grantSources)[number] | null = null) =>
  movementText({ kind, cause: 'grant:x/1', source })

test('every kind of movement has words of its own', () => {
  const kinds = Object.keys(transferKinds) as (keyof typeof transferKinds)[]
  expect(new Set(kinds.map((kind) => text(kind))).size).toBe(kinds.length)
})

test('what expired is said by where it came from', () => {
  expect(grantSources.map((source) => text('expiry', source))).toEqual([
    'Signup credit expired',
    'Bought credit expired',
    'Credit of an auto top-up expired',
    'Promotion expired',
    'Adjustment expired',
    'Credit of an invoice payment expired',
  ])
  expect(text('expiry')).toBe('Credit expired')
  expect(movementText({ kind: 'expiry', cause: 'grant:x/1' })).toBe('Credit expired')
  // Of other kinds the source changes nothing.
  expect(text('usage', 'signup')).toBe('Usage')
})

test('a request that never finished is named as such', () => {
  expect(movementText({ kind: 'usage', cause: 'expired_hold:x' })).toBe(
    'Usage of a request that never finished, as it last reported',
  )
})
