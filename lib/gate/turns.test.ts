import { expect, test } from 'vitest'
import { Turns } from './turns'

const anHour = 3_600_000

/** Lets everything run that need not wait. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a piece begins when the one before it has ended, in the order of asking', async () => {
  const turns = new Turns(anHour)
  const begun: string[] = []
  const ends: (() => void)[] = []
  const piece = (name: string) => () => {
    begun.push(name)
    return new Promise<string>((resolve) => ends.push(() => resolve(name)))
  }
  const all = Promise.all(['a', 'b', 'c'].map((name) => turns.take(piece(name))))
  for (const expected of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
    await settle()
    expect(begun).toEqual(expected)
    ends.at(-1)!()
  }
  expect(await all).toEqual(['a', 'b', 'c'])
})

test('a piece that breaks is told to who asked, and the next one has its turn', async () => {
  const turns = new Turns(anHour)
  const broken = turns.take(() => Promise.reject(new Error('it broke')))
  const next = turns.take(() => Promise.resolve('next'))
  await expect(broken).rejects.toThrow('it broke')
  expect(await next).toBe('next')
})

test('a piece that waits for long gives up its turn, and is still answered', async () => {
  const turns = new Turns(1)
  let end = () => {}
  const stuck = turns.take(
    () =>
      new Promise<string>((resolve) => {
        end = () => resolve('late')
      }),
  )
  expect(await turns.take(() => Promise.resolve('next'))).toBe('next')
  end()
  expect(await stuck).toBe('late')
})
