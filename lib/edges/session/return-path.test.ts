import { expect, test } from 'vitest'
import { safeReturnUrl } from './return-path'

const origin = 'https://billing.example'

test.each([
  ['/', '/'],
  ['/credits', '/credits'],
  ['/credits?purchase=1#top', '/credits?purchase=1#top'],
  ['/settings?next=//evil.example', '/settings?next=//evil.example'],
  [`${origin}/receipts`, '/receipts'],
  [`${origin}/`, '/'],
])('%j is a page of ours', (asked, path) => {
  expect(safeReturnUrl(asked, origin)).toBe(origin + path)
})

test.each([
  '//evil.example',
  '///evil.example',
  '////evil.example/%2f..',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example',
  '/\u0000/evil.example',
  '/./\\evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/x/../..//evil.example',
  'https://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'http://billing.example/',
  'HTTPS://BILLING.EXAMPLE/credits',
  'https://billing.example.evil.example/',
  'https://billing.example@evil.example/',
  'https://billing.example:443@evil.example/',
  'https://billing.example:8443/',
  'https://evil.example/https://billing.example/',
  'https://user:pass@billing.example/',
  'https://billing.example\\@evil.example/',
  'https://billing.example//evil.example',
  'https://billing.example/\\evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://billing.example/1',
  'mailto:eve@evil.example',
  'ftp://billing.example/',
  'evil.example',
  'credits',
  '?purchase=1',
  '#top',
  '',
  `/${'a'.repeat(2001)}`,
  '\u2028//evil.example',
  '//%65vil.example',
  '//0x7f000001',
])('%j leads home', (asked) => {
  expect(safeReturnUrl(asked, origin)).toBe(`${origin}/`)
})

test.each(['/%09/evil.example', '/%2f/evil.example', '/%5cevil.example', '/%2f%2fevil.example'])(
  '%j stays a path of ours, for what is escaped is not read as a slash',
  (asked) => {
    expect(new URL(safeReturnUrl(asked, origin)).origin).toBe(origin)
  },
)

test.each([undefined, null, 1, ['/credits'], { href: '/credits' }])('%j is no text and leads home', (asked) => {
  expect(safeReturnUrl(asked, origin)).toBe(`${origin}/`)
})
