import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isId, newId } from '@/lib/core/ids'
import { apiKeyState, apiKeyText, readApiKey } from './rules'

const publicId = 'abcdwxyz'
const secret = `${'A-_z'.repeat(10)}abc`

test('a key names its account and itself, whatever the account’s id is', () => {
  fc.assert(
    fc.property(fc.uuid(), (accountId) => {
      const key = apiKeyText(accountId, publicId, secret)
      expect(key).toMatch(/^purse_ak_[a-z2-7]{34}_/)
      expect(readApiKey(key)).toEqual({ accountId, publicId })
    }),
  )
})

test('the lowest and the highest id survive', () => {
  for (const accountId of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
    expect(readApiKey(apiKeyText(accountId, publicId, secret))?.accountId).toBe(accountId)
  }
})

test('an account has one way to be written: bits left over are refused', () => {
  const key = apiKeyText(newId(), publicId, secret)
  const last = 'purse_ak_'.length + 25
  const readable = [...'abcdefghijklmnopqrstuvwxyz234567'].filter(
    (character) => readApiKey(key.slice(0, last) + character + key.slice(last + 1)) !== null,
  )
  expect(readable).toEqual([...'aeimquy4'])
})

test('what is no key is none, and never an error', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 100 }), (start, rest) => {
      expect(readApiKey(start)).toBeNull()
      const named = readApiKey(`purse_ak_${rest}`)
      if (named) expect(isId(named.accountId)).toBe(true)
    }),
  )
  const key = apiKeyText(newId(), publicId, secret)
  for (const wrong of [key.slice(1), `${key}a`, key.toUpperCase(), key.replace('_ak_', '_sk_'), `${key}\n`]) {
    expect(readApiKey(wrong)).toBeNull()
  }
})

test.each([
  [null, null, 'active'],
  [null, 1, 'active'],
  [null, 0, 'expired'],
  [0, null, 'revoked'],
  [-1, -1, 'revoked'],
  [1, null, 'active'],
] as const)('a key that is revoked at %s and expires at %s is %s at 0', (revoked, expires, state) => {
  const at = (offset: number | null) => (offset === null ? null : new Date(1_800_000_000_000 + offset))
  expect(apiKeyState({ revokedAt: at(revoked), expiresAt: at(expires) }, at(0)!)).toBe(state)
})
