/** What a cell is given and what it gives back, and the frame that most cells share: a database, rounds, the books. */

import { rawInsert } from './baselines/raw'
import { bareUpdate } from './baselines/singles'
import { type BooksReport, checkCellBooks, problemsOf } from './books'
import type { InProcessGate } from './gate'
import { type BenchPostgres, Connections } from './postgres'
import { medians, type Rounds, runRounds, type Sandwich } from './round'
import type { Measured } from './statistics'
import type { CellId } from './targets'

export interface Settings {
  isQuick: boolean
  rounds: number
  /** Of one stretch of load within a round, after its warm-up. */
  seconds: number
  soakMinutes: number | null
  /** Whether there is time to make up for a dropped round. */
  mayRepeat?: () => boolean
}

export interface Context {
  postgres: BenchPostgres
  settings: Settings
  serviceKey: string
  pairsName: string
  /** Tells the person what is being done. */
  say: (what: string) => void
  /** Runs when the cell ends, or at once when the bench is stopped: for processes and connections. */
  defer: (end: () => Promise<unknown>) => void
}

export interface CellResult {
  cell: CellId
  title: string
  /** By target name: one figure for each valid round, or the only one. */
  samples: Record<string, number[]>
  rounds?: Rounds
  rates?: Record<string, Measured>
  books?: BooksReport
  problems: string[]
  notes: string[]
}

export interface Cell {
  cell: CellId
  title: string
  run: (context: Context) => Promise<CellResult>
}

/** The two that stand in every sandwich. As many RAW connections as the machine of the targets has cores. */
export const rawConnections = 2

export const frame = (connections: Connections) => ({
  raw: rawInsert(connections, rawConnections),
  update: bareUpdate('uniform')(connections),
})

/** Runs a sandwich's rounds in `url`, closes the gate, and reads the books. */
export async function measure(
  context: Context,
  cell: Cell,
  {
    url,
    gate,
    sandwich,
    answered,
  }: {
    url: string
    gate: InProcessGate | null
    sandwich: Sandwich
    /** What callers were told, where it was not this process that asked. */
    answered?: () => { events: number; holds: number } | null
  },
): Promise<Omit<CellResult, 'samples'> & { rounds: Rounds }> {
  const { settings, say } = context
  const rounds = await runRounds(sandwich, settings, ({ valid, dropped }) => {
    const dropNote = dropped.length > 0 ? `, ${dropped.length} dropped` : ''
    say(`${cell.cell}: round ${valid.length} of ${settings.rounds}${dropNote}`)
  })
  await gate?.close()
  say(`${cell.cell}: reading the books`)
  const books = await checkCellBooks(url, gate ? gate.answers : (answered?.() ?? null))
  return {
    cell: cell.cell,
    title: cell.title,
    rounds,
    rates: medians(rounds),
    books,
    problems: problemsOf(books),
    notes:
      rounds.valid.length < rounds.wanted
        ? [
            `Only ${rounds.valid.length} of ${rounds.wanted} rounds were valid: in ${rounds.dropped.length} the two RAWs differed by more than 25 %.`,
          ]
        : [],
  }
}

/** A copy of the template for this cell, dropped at its end. */
export async function ownDatabase({ postgres, defer }: Context): Promise<string> {
  const { url, drop } = await postgres.copy()
  defer(drop)
  return url
}

export async function ownConnections({ defer }: Context, url: string, count: number): Promise<Connections> {
  const connections = await Connections.open(url, count)
  defer(() => connections.close())
  return connections
}
