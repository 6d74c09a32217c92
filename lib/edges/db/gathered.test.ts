import { expect, test } from 'vitest'
import { gathered } from './gathered'

const later = () => new Promise((resolve) => setTimeout(resolve, 5))

test('reads gather while others are on their way, each key once, and every one is answered', async () => {
  const batches: string[][] = []
  const read = gathered(async (keys) => {
    batches.push(keys)
    await later()
    return new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]))
  }, 1)
  const answers = await Promise.all(['a', 'b', 'c', 'b', 'none'].map(read))
  expect(answers).toEqual(['A', 'B', 'C', 'B', undefined])
  expect(batches).toEqual([['a'], ['b', 'c', 'none']])
})

test('a read that fails fails those who waited for it, and the next one is made', async () => {
  let isDown = true
  const read = gathered(async (keys) => {
    if (isDown) throw new Error('down')
    return new Map(keys.map((key) => [key, 1]))
  })
  await expect(read('a')).rejects.toThrow('down')
  isDown = false
  await expect(read('a')).resolves.toBe(1)
})
