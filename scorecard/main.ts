/**
 * Runs the cases of the scorecard, each with every seed, against real PostgreSQL and the local Stripe.
 *   npm run scorecard                          all cases, seeds 1, 2 and 3
 *   npm run scorecard -- --seeds 11,12,13      other seeds
 *   npm run scorecard -- --only R01,R24        some cases
 *   npm run scorecard -- --json FILE           writes {cases: [{id, passed, seed, note}]} as well
 * Exit code: 0 every case passed with every seed, 1 one did not, 2 it could not run.
 */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { resultsTable } from './results'
import { runCases } from './run-cases'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '1,2,3' }, only: { type: 'string' }, json: { type: 'string' } },
  })
  const seeds = listOf(values.seeds)
  const only = values.only === undefined ? null : listOf(values.only)
  if (seeds.length === 0 || seeds.some((seed) => !/^[\w-]{1,40}$/.test(seed))) {
    throw new Error('--seeds takes words of letters, digits and dashes, with commas between them.')
  }
  process.env.SCORECARD_SEEDS = seeds.join(',')
  const { cases, broken } = await runCases({
    files: 'scorecard/cases/*.score.ts',
    ...(only && { testNamePattern: `^(${only.join('|')}) ` }),
  })
  const unknown = only?.filter((id) => !cases.some((scored) => scored.id === id)) ?? []
  if (unknown.length > 0) throw new Error(`There is no case ${unknown.join(', ')}.`)
  if (cases.length === 0) throw new Error(broken.join('\n') || 'No case ran.')
  console.log(resultsTable(cases))
  for (const problem of broken) console.log(problem)
  if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ cases }, null, 2)}\n`)
  return broken.length > 0 || cases.some(({ passed }) => !passed) ? 1 : 0
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`The scorecard could not run: ${error.message}`)
    process.exit(2)
  },
)
