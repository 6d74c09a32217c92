/** How a case is written: a story in a world of its own, played once with every seed, and the books at its end. */
import { expect, test } from 'vitest'
import type { TestDatabase } from '@/lib/testing/database'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { caseName } from './case-name'
import { expectAllWell } from './expect-all-well'
import { Random } from './random'
import { secretsIn, type WatchedLogs, watchLogs } from './watch-logs'

export interface Story {
  world: MoneyIn
  seed: string
  random: Random
  /** What this process has logged since the story began. */
  logs: WatchedLogs
}

interface Settings {
  /** Part of `npm test`, with one seed. */
  isFast?: boolean
  /** What the story provokes at level error: a line that matches none of these fails it. */
  logs?: RegExp[]
  /** Another database than one of the cluster that all cases share. */
  openDatabase?: () => Promise<TestDatabase>
}

const seeds = process.env.SCORECARD_SEEDS?.split(',') ?? null

/**
 * Declares the case `id` of the scorecard (R…: as numbered in docs/scorecard.md; X…: besides). The world has a database, a local
 * Stripe and our webhook door of its own. When the story is told, everything that is due is done; then money must agree
 * everywhere (see `expectAllWell`), nothing may have gone unhandled, nothing unexpected have been logged as an error, and no
 * secret at all.
 */
export function scoreCase(
  id: string,
  title: string,
  play: (story: Story) => Promise<void>,
  { isFast = true, logs: expected = [], openDatabase }: Settings = {},
): void {
  if (!seeds && !isFast) return
  for (const seed of seeds ?? ['1']) {
    test(caseName.write({ id, seed, title }), { timeout: 600_000 }, async () => {
      const world = await aMoneyIn(openDatabase)
      const logs = watchLogs()
      const unhandled: unknown[] = []
      const note = (error: unknown) => void unhandled.push(error)
      process.on('unhandledRejection', note)
      try {
        await play({ world, seed, random: new Random(`${id}/${seed}`), logs })
        await expectAllWell(world)
        expect(unhandled, 'what went unhandled').toEqual([])
        const surprises = logs.errors().filter((line) => !expected.some((pattern) => pattern.test(line)))
        expect(surprises.join('; '), 'errors in the log').toBe('')
        expect(secretsIn(logs.lines.join('\n')), 'secrets in the log').toEqual([])
      } finally {
        process.off('unhandledRejection', note)
        logs.stop()
        await world.close()
      }
    })
  }
}
