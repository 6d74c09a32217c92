/** Runs the cells one after another on one PostgreSQL and puts what they found together. */
import { pairLedger } from './baselines/pairs'
import type { Cell, CellResult, Context } from './cell'
import { cells } from './cells'
import { describeMachine, type Machine } from './machine'
import type { Options } from './options'
import { startBenchPostgres } from './postgres'
import { prepareTemplate } from './prepare'
import { killAllNow } from './processes'
import { startProgress } from './progress'
import { type CellId, type Evaluation, evaluate, targets } from './targets'

export interface BenchReport {
  machine: Machine
  isQuick: boolean
  roundsWanted: number
  secondsPerStretch: number
  /** Of the whole run. */
  seconds: number
  targets: Evaluation[]
  cells: CellResult[]
}

/** A quick run makes up for dropped rounds only this long, to be done within a minute. */
const quickRepeatMs = 25_000

/** What has to be ended when the process is, in the order in which it was begun. */
const running: (() => void)[] = []

/** Ends what a run has started, at once. */
export function stopNow(): void {
  killAllNow()
  for (const stop of running.splice(0).reverse()) stop()
}

export async function runBench(options: Options): Promise<BenchReport> {
  const began = performance.now()
  const chosen = cells.filter(({ cell }) => isChosen(cell, options))
  const progress = startProgress(chosen.length)
  const pairs = pairLedger(options.pgledger)
  progress.say('starting PostgreSQL')
  const postgres = await startBenchPostgres()
  running.push(postgres.stopNow)
  try {
    const { serviceKey } = await prepareTemplate(postgres.templateUrl, pairs)
    const machine = await describeMachine(postgres)
    const mayRepeat = () => !options.isQuick || performance.now() - began < quickRepeatMs
    const shared = {
      postgres,
      settings: { ...options, mayRepeat },
      serviceKey,
      pairsName: pairs.name,
      say: progress.say,
    }
    const results: CellResult[] = []
    for (const cell of chosen) {
      progress.say(`${cell.cell}: ${cell.title}`)
      results.push(await runCell(cell, shared))
      progress.cellDone()
    }
    return {
      machine,
      isQuick: options.isQuick,
      roundsWanted: options.rounds,
      secondsPerStretch: options.seconds,
      seconds: (performance.now() - began) / 1000,
      targets: evaluateAll(results, options),
      cells: results,
    }
  } finally {
    progress.stop()
    running.pop()
    await postgres.stop()
  }
}

/** The soak is a run of its own length: only when asked for. */
function isChosen(cell: CellId, { only, soakMinutes }: Options): boolean {
  if (cell === 'G13') return soakMinutes !== null
  // The HTTP cell also measures reads over HTTP, and the memory of the gate meanwhile.
  if (cell === 'G7' && (only?.has('G8') || only?.has('memory'))) return true
  return !only || only.has(cell)
}

async function runCell(cell: Cell, shared: Omit<Context, 'defer'>): Promise<CellResult> {
  const ends: (() => Promise<unknown>)[] = []
  try {
    return await cell.run({ ...shared, defer: (end) => ends.push(end) })
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return {
      cell: cell.cell,
      title: cell.title,
      samples: {},
      problems: [`The cell did not come to its end: ${problem}`],
      notes: [],
    }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

function evaluateAll(results: CellResult[], options: Options): Evaluation[] {
  const samples = new Map<string, number[]>()
  for (const result of results) {
    for (const [name, values] of Object.entries(result.samples)) {
      samples.set(name, [...(samples.get(name) ?? []), ...values])
    }
  }
  return targets
    .filter(({ name, cell }) => samples.has(name) || !options.only || options.only.has(cell))
    .map((target) => {
      const reason =
        target.cell === 'G13' && options.soakMinutes === null
          ? 'asked for with --soak MINUTES'
          : 'no valid round, or the cell failed'
      return evaluate(target, samples.get(target.name) ?? [], reason)
    })
}
