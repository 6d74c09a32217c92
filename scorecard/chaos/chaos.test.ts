import { expect, test } from 'vitest'
import { caseName } from '../case-name'
import { runSeed } from './run-seed'

const seeds = process.env.CHAOS_SEEDS?.split(',') ?? ['1', '2']

for (const seed of seeds) {
  test(caseName.write({ id: 'chaos', seed, title: 'foul weather ends in the books of fine weather' }), {
    timeout: 600_000,
  }, async ({ task }) => {
    const { difference, killed, history } = await runSeed(seed)
    task.meta.note = `${history.days} days, killed ${killed.length} times`
    expect(difference, `first difference (killed at ${killed.join(', ') || 'no point'})`).toBeNull()
  })
}
