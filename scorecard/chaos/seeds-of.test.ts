import { expect, test } from 'vitest'
import { seedsOf } from './seeds-of'

test('numbers and ranges, each once', () => {
  expect(seedsOf('7, 12,30-32,31')).toEqual(['7', '12', '30', '31', '32'])
})

test.each(['', 'a', '5-3', '1-', '1-99999'])('"%s" is refused, with what would be right', (text) => {
  expect(() => seedsOf(text)).toThrow('such as 7,12,30-35')
})
