/** The command line of the bench. Pure. */
import { parseArgs } from 'node:util'
import type { Settings } from './cell'
import { type CellId, targets } from './targets'

export interface Options extends Settings {
  json: string | null
  only: Set<CellId> | null
  /** pgledger's own SQL, in the order in which it is to be run. */
  pgledger: string[]
}

const usage = `npm run bench -- [options]
  --quick          under a minute: fewer and shorter rounds, less data; its figures are a glance, not a measurement
  --json FILE      also writes everything to FILE
  --only G2,G5     only these cells
  --pgledger FILE  pgledger's own SQL instead of our own of its pattern; may be given several times, in order
  --soak MINUTES   also runs the soak (G13); 10 minutes with --soak=10
`

const full = { rounds: 5, seconds: 2 }
const quick = { rounds: 1, seconds: 0.25 }

/** @throws Error that says what is wrong with the command line, and what there is. */
export function parseOptions(args: string[]): Options {
  const { values } = parsed(args)
  if (values.help) throw new Error(usage)
  const isQuick = values.quick ?? false
  const only = values.only ? new Set(values.only.split(',').map((name) => cellIdOf(name.trim()))) : null
  return {
    ...(isQuick ? quick : full),
    isQuick,
    json: values.json ?? null,
    only,
    pgledger: values.pgledger ?? [],
    soakMinutes: minutesOf(values.soak) ?? (only?.has('G13') ? 10 : null),
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        json: { type: 'string' },
        only: { type: 'string' },
        pgledger: { type: 'string', multiple: true },
        soak: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`)
  }
}

function cellIdOf(name: string): CellId {
  const known = [...new Set(targets.map(({ cell }) => cell))]
  const found = known.find((cell) => cell.toLowerCase() === name.toLowerCase())
  if (!found) throw new Error(`--only: there is no cell ${name}. There are ${known.join(', ')}.`)
  return found
}

function minutesOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const minutes = Number(text)
  if (Number.isInteger(minutes) && minutes >= 2 && minutes <= 1440) return minutes
  throw new Error(`--soak: ${text} is not a whole number of minutes from 2 to 1440.`)
}
