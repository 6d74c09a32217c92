import { test } from 'vitest'
import { caseName } from '../case-name'
import { runSeed } from './run-seed'

const wanted = process.env.CHAOS_SEEDS?.split(',')
const seeds = wanted ?? ['1', '2']
/** Short histories in `npm test`. */
const days = wanted ? undefined : 2

for (const seed of seeds) {
  test(caseName.write({ id: 'chaos', seed, title: 'foul weather ends in the books of fine weather' }), {
    timeout: 600_000,
  }, async ({ task }) => {
    const { difference, killed, history } = await runSeed(seed, days)
    task.meta.note = `${history.days} days, killed ${killed.length} times`
    // An error of its own: what an assertion says is cut short.
    if (difference) throw new Error(`killed at ${killed.join(', ') || 'no point'}: ${difference}`)
  })
}
