/** What the gate is to reach, and whether it did. Pure. */
import { median } from './statistics'

export type CellId =
  | 'G1'
  | 'G2'
  | 'G3'
  | 'G4'
  | 'G5'
  | 'G6'
  | 'G7'
  | 'G8'
  | 'G9'
  | 'G11'
  | 'G12'
  | 'G13'
  | 'G14'
  | 'lease'
  | 'memory'
  | 'neighbours'

export interface Target {
  /** Names it in every output; its first word is the cell that measures it. */
  name: string
  cell: CellId
  direction: 'at least' | 'at most'
  target: number
  /** How the figure is written: a plain ratio, "1/500", or with its unit. */
  unit?: 'one over' | 'ms' | 'bytes' | 'per second' | 'MB' | 'count'
  /** By the median, unless one bad measurement is bad enough. */
  judgedBy?: 'worst'
  /** What a miss is owed to, where it is known. */
  cost?: string
}

export interface Evaluation extends Target {
  /** The median, or the worst; null when it was not measured. */
  ratio: number | null
  least: number | null
  most: number | null
  met: boolean | null
  samples: number
  /** Why there is no figure. */
  notRun?: string
}

const atLeast = (cell: CellId, what: string, target: number, more: Partial<Target> = {}): Target => ({
  name: `${cell} ${what}`,
  cell,
  direction: 'at least',
  target,
  ...more,
})
const atMost = (cell: CellId, what: string, target: number, more: Partial<Target> = {}): Target => ({
  ...atLeast(cell, what, target, more),
  direction: 'at most',
})

/** What the misses are owed to; docs/performance.md has the figures. */
const turns =
  'One account is one queue: its lane reads it, decides in memory and writes, and the two round trips of a batch cannot overlap with the next one of the same account. RAW neither reads nor decides, and its rows were made before its clock ran.'
const thread =
  'The thread that prices, decides and serializes every operation is the limit: the update and the peers send ready-made parameters.'
const accountWork =
  'Each account in a batch is locked, read with its grants, budget and state, and gets a transfer with its hash, a draw, a budget and two rollups: nine rows where RAW writes one and the peers four.'
const ownRows =
  'See the parts above: nearly every event has a transfer of its own with its hash and its cause, and a draw from a grant.'
const wholeGate =
  'Besides what the no-work server does, a request is checked, priced and decided on the same thread, and PostgreSQL has the other core.'

export const targets: Target[] = [
  atLeast('G1', '100 events a request, 10,000 accounts ÷ RAW', 0.5, { cost: thread }),
  atLeast('G2', 'single events, 10,000 accounts, 256 in flight ÷ RAW', 0.2, { cost: accountWork }),
  atLeast('G2', 'single events, 10,000 accounts, 256 in flight ÷ pgledger-style pairs', 10, { cost: accountWork }),
  atLeast('G3', 'one hot account, 256 in flight ÷ RAW', 0.4, { cost: turns }),
  atLeast('G3', 'one hot account, 256 in flight ÷ pgledger-style', 25, { cost: turns }),
  atLeast('G3', 'one hot account, 256 in flight ÷ naive', 40, { cost: turns }),
  atMost('G4', 'authorize: idle p99 ÷ bare update p99', 1.5, {
    cost: 'Two round trips and eight statements where the update is one of each: lock, grants, state, holds, then balance, hold, commit.',
  }),
  atLeast('G4', 'authorize: hot, 256 in flight ÷ bare same-row update at 16', 30, { cost: thread }),
  atLeast('G5', 'authorize + settle pairs, hot ÷ two single calls', 20, { cost: thread }),
  atLeast('G5', 'authorize + settle pairs, 10,000 accounts ÷ two single calls', 4, { cost: accountWork }),
  atLeast('G6', '1 ms flush, hot: usage ÷ one transaction each', 60, { cost: turns }),
  atLeast('G6', '1 ms flush, hot: authorize ÷ one transaction each', 90, { cost: turns }),
  atLeast('G7', 'over HTTP, hot ÷ no-work server', 0.5, { cost: wholeGate }),
  atLeast('G7', 'over HTTP, hot ÷ naive over HTTP', 12),
  atLeast('G7', 'over HTTP, 10,000 accounts ÷ no-work server', 0.3, { cost: accountWork }),
  atMost('G8', 'balance read p50 ÷ bare select p50', 1.3, {
    cost: 'The same statement; the key is checked, the read is shared with others that wait, and four amounts are written out.',
  }),
  atLeast('G8', 'balance read over HTTP ÷ no-work server', 0.6, { cost: wholeGate }),
  atMost('G9', '90 days by model and day ÷ raw scan', 1 / 500, { unit: 'one over' }),
  atMost('G9', '90 days by model and day, milliseconds', 10, { unit: 'ms' }),
  atMost('G11', 'bytes per event all-in, hot', 200, {
    unit: 'bytes',
    cost: 'See the parts above: the row, and the key index, whose random ids leave its pages a third empty.',
  }),
  atMost('G11', 'bytes per event all-in, worst case', 480, { unit: 'bytes', cost: ownRows }),
  atMost('G12', 'acknowledged and lost after an immediate stop', 0, { unit: 'count' }),
  atMost('G12', 'accounts overspent after an immediate stop', 0, { unit: 'count' }),
  atMost('G12', 'accounts whose sums differ after an immediate stop', 0, { unit: 'count' }),
  atMost('G12', 'acknowledged and lost after kill -9 of the gate', 0, { unit: 'count' }),
  atMost('G12', 'charged twice after kill -9 of the gate', 0, { unit: 'count' }),
  atLeast('G13', 'soak with checkpoints: last minute ÷ first', 0.8),
  atMost('G14', '90 days by day and model ÷ raw scan', 1 / 100, { unit: 'one over' }),
  atMost('G14', '90 days by day and key, milliseconds', 100, { unit: 'ms' }),
  atMost('G14', 'slowest page of 50 events, milliseconds', 50, { unit: 'ms' }),
  atMost('G14', 'explanation, milliseconds', 25, { unit: 'ms' }),
  atLeast('G14', 'export as CSV', 20_000, { unit: 'per second' }),
  atLeast('lease', 'authorize out of a lease in the SDK, one process', 300_000, { unit: 'per second' }),
  atMost('neighbours', 'p99 of others beside 200 slow clients ÷ alone', 2),
  atMost('neighbours', 'p99 of others beside 1,000 idle connections ÷ alone', 2),
  atMost('neighbours', 'p99 of others beside batches of 5 MB ÷ alone', 2),
  atMost('neighbours', 'p99 of others beside a million brackets ÷ alone', 2),
  atMost('memory', 'of a gate process under load over HTTP, most', 300, { unit: 'MB', judgedBy: 'worst' }),
]

/** The median (or the worst) over the samples of a target against its bound. Without samples: not measured, neither met nor missed. */
export function evaluate(target: Target, samples: readonly number[], notRun?: string): Evaluation {
  if (samples.length === 0 || samples.some(Number.isNaN)) {
    return {
      ...target,
      ratio: null,
      least: null,
      most: null,
      met: null,
      samples: 0,
      notRun: notRun ?? 'no valid measurement',
    }
  }
  const ratio = target.judgedBy === 'worst' ? worst(target, samples) : median(samples)
  return {
    ...target,
    ratio,
    least: Math.min(...samples),
    most: Math.max(...samples),
    met: target.direction === 'at least' ? ratio >= target.target : ratio <= target.target,
    samples: samples.length,
  }
}

function worst({ direction }: Target, samples: readonly number[]): number {
  return direction === 'at least' ? Math.min(...samples) : Math.max(...samples)
}
