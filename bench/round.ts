/** A round: the same work before, between and after, so that a machine that changed its mind half-way is found out. */
import type { Work } from './load'
import { combine, type Measured, mean, median } from './statistics'

/** What a round runs, in this order: RAW, the bases, the candidates, the peers, the candidates again, RAW. */
export interface Sandwich {
  raw: Work
  bases: Record<string, Work>
  candidates: Record<string, Work>
  peers: Record<string, Work>
}

export interface Round {
  /** By name; "raw" and the candidates are the mean of both runs. */
  measured: Record<string, Measured>
  /** The larger RAW over the smaller, less 1. */
  rawDrift: number
  isValid: boolean
}

export interface Rounds {
  valid: Round[]
  dropped: Round[]
  wanted: number
}

/** Of a stretch: what each candidate runs before the first round, so that no code is measured while it is being compiled. */
const unmeasuredShare = 0.5

/** Two RAWs that differ by more than this say that the machine did something else meanwhile. */
const mostRawDrift = 0.25

export function rawDriftOf(first: number, second: number): number {
  return Math.max(first, second) / Math.min(first, second) - 1
}

export const isValidDrift = (drift: number): boolean => drift <= mostRawDrift

export async function runRound(sandwich: Sandwich, seconds: number): Promise<Round> {
  const before = await sandwich.raw(seconds)
  const measured: Record<string, Measured> = { raw: before }
  for (const [name, work] of Object.entries(sandwich.bases)) measured[name] = await work(seconds)
  const first: Record<string, Measured> = {}
  for (const [name, work] of Object.entries(sandwich.candidates)) first[name] = await work(seconds)
  for (const [name, work] of Object.entries(sandwich.peers)) measured[name] = await work(seconds)
  for (const [name, work] of Object.entries(sandwich.candidates).reverse()) {
    measured[name] = combine([first[name]!, await work(seconds)], mean)
  }
  const after = await sandwich.raw(seconds)
  measured.raw = combine([before, after], mean)
  const rawDrift = rawDriftOf(before.perSecond, after.perSecond)
  return { measured, rawDrift, isValid: isValidDrift(rawDrift) }
}

/** Runs rounds until enough are valid, at most twice as many, or until there is no time for more. `onRound` hears of each. */
export async function runRounds(
  sandwich: Sandwich,
  { rounds, seconds, mayRepeat = () => true }: { rounds: number; seconds: number; mayRepeat?: () => boolean },
  onRound: (done: Rounds) => void,
): Promise<Rounds> {
  for (const work of Object.values(sandwich.candidates)) await work(seconds * unmeasuredShare)
  const done: Rounds = { valid: [], dropped: [], wanted: rounds }
  const mayGoOn = (attempt: number) => attempt < rounds || (attempt < rounds * 2 && mayRepeat())
  for (let attempt = 0; mayGoOn(attempt) && done.valid.length < rounds; attempt++) {
    const round = await runRound(sandwich, seconds)
    ;(round.isValid ? done.valid : done.dropped).push(round)
    onRound(done)
  }
  return done
}

/**
 * One ratio for each valid round: only what was measured within the same round is ever divided. A round in which either did
 * nothing at all in its time gives none.
 */
export const ratios = (
  { valid }: Rounds,
  of: string,
  by: string,
  figure: keyof Measured = 'perSecond',
  byFigure: keyof Measured = figure,
): number[] =>
  valid
    .map(({ measured }) => measured[of]![figure] / measured[by]![byFigure])
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0)

/** The median of every figure over the valid rounds, for the table of rates. */
export function medians({ valid }: Rounds): Record<string, Measured> {
  const names = Object.keys(valid[0]?.measured ?? {})
  const middle = (name: string) =>
    combine(
      valid.map(({ measured }) => measured[name]!),
      median,
    )
  return Object.fromEntries(names.map((name) => [name, middle(name)]))
}
