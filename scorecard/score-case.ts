/** How a case is written: a story in a world of its own, played once with every seed, and the books at its end. */
import { test } from 'vitest'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { caseName } from './case-name'
import { expectAllWell } from './expect-all-well'
import { Random } from './random'

export interface Story {
  world: MoneyIn
  seed: string
  random: Random
}

interface Settings {
  /** Part of `npm test`, with one seed. */
  isFast?: boolean
}

const seeds = process.env.SCORECARD_SEEDS?.split(',') ?? null

/**
 * Declares the case `id` of the scorecard (R…: as numbered in docs/scorecard.md; X…: besides). The world has a database, a local Stripe and our webhook door of its own. When
 * the story is told, everything that is due is done, and money must agree everywhere (see `expectAllWell`).
 */
export function scoreCase(
  id: string,
  title: string,
  play: (story: Story) => Promise<void>,
  { isFast = true }: Settings = {},
): void {
  if (!seeds && !isFast) return
  for (const seed of seeds ?? ['1']) {
    test(caseName.write({ id, seed, title }), { timeout: 300_000 }, async () => {
      const world = await aMoneyIn()
      try {
        await play({ world, seed, random: new Random(`${id}/${seed}`) })
        await expectAllWell(world)
      } finally {
        await world.close()
      }
    })
  }
}
