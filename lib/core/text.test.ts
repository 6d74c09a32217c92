import { expect, test } from 'vitest'
import { parseLine } from './text'

const field = { field: 'name', label: 'The name' }

test('a line is composed, trimmed and collapsed', () => {
  expect(parseLine('  Cafe\u0301   du  Nord ', field)).toBe('Café du Nord')
  expect(parseLine('می‌خواهم', field)).toBe('می‌خواهم') // a real word, with a joiner
  expect(parseLine('Ada 👩‍💻', field)).toBe('Ada 👩‍💻')
})

test.each([
  'a\u202eb',
  'a\u2066b',
  'a\u200eb',
  'a\u200bb',
  '\ufeffa',
  'a\u0000b',
  'a\nb',
  'a\u2028b',
  'a\ud800b',
  'a\u00adb',
])('the deceptive %j is refused', (text) => {
  expect(() => parseLine(text, field)).toThrow('invisible or control')
})

test('length is counted in characters, and a needed line cannot be blank', () => {
  expect(parseLine('😀'.repeat(200), field)).toHaveLength(400)
  expect(() => parseLine('😀'.repeat(201), field)).toThrow('at most 200')
  expect(() => parseLine(' \u00a0 ', { ...field, isRequired: true })).toThrow('cannot be empty')
})
