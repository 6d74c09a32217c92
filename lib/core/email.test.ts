import { expect, test } from 'vitest'
import { normalizeEmail } from './email'

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['Ada.Lovelace+credits@Example.COM', 'ada.lovelace+credits@example.com'],
  ["o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"],
])('%s is an address', (typed, stored) => {
  expect(normalizeEmail(typed)).toBe(stored)
})

test.each([
  '',
  'ada',
  '@example.com',
  'ada@',
  'ada@localhost',
  'ada@@example.com',
  'ada@example.com@evil.example',
  'ada@example.com,eve@evil.example',
  'ada@example.com;eve@evil.example',
  'ada@example.com eve@evil.example',
  '"ada@example.com"@evil.example',
  '"ada"@example.com',
  'Ada <ada@example.com>',
  'ada(comment)@example.com',
  'ada@example.com\r\nBcc: eve@evil.example',
  'ada\u0000@example.com',
  ' ada@example.com',
  'ada\uff20example.com', // full-width @
  'ada\ufe6bexample.com', // small @
  'adа@example.com', // Cyrillic а
  'ada@exаmple.com',
  'ada@example..com',
  '.ada@example.com',
  'ada.@example.com',
  'ada@-example.com',
  'ada@[127.0.0.1]',
  'ada@127.0.0.1',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(64)}.com`,
])('%j is refused', (typed) => {
  expect(normalizeEmail(typed)).toBeNull()
})
