/** Reads along what this process logs, as a collector of logs would. */
import pino from 'pino'
import { log } from '@/lib/edges/log'

const errorLevel = 50

export interface LogLine {
  level: number
  msg: string
}

export interface WatchedLogs {
  /** Every line since, as it was written. */
  lines: string[]
  /** What was written at level error and above, in words. */
  errors: () => string[]
  stop: () => void
}

/** Keeps the lines of level info and above from now on instead of writing them. */
export function watchLogs(): WatchedLogs {
  const sink = log as unknown as Record<symbol, { write: (line: string) => void }>
  const before = sink[pino.symbols.streamSym]!
  const levelBefore = log.level
  const lines: string[] = []
  sink[pino.symbols.streamSym] = { write: (line) => void lines.push(line) }
  log.level = 'info'
  return {
    lines,
    errors: () => errorsIn(lines),
    stop: () => {
      sink[pino.symbols.streamSym] = before
      log.level = levelBefore
    },
  }
}

/** The messages of level error and above among lines of log; lines of other programs are left out. */
export const errorsIn = (lines: string[]): string[] =>
  lines.flatMap((line) => {
    const parsed = lineOf(line)
    return parsed && parsed.level >= errorLevel ? [parsed.msg] : []
  })

function lineOf(line: string): LogLine | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Keys of Stripe and of ours, webhook secrets, sign-in tokens in links. */
const secretPatterns = [/\b[sr]k_(test|live)_\w+/, /\bwhsec_\w+/, /\bpurse_sk_\w+/, /[?&]token=[\w-]{8,}/]
const digitRuns = /(?<![\w.-])(?:\d[ -]?){13,19}(?![\w.-])/g

/** What must be in no log: secrets, and card numbers (found by their check digit). */
export function secretsIn(text: string): string[] {
  const named = secretPatterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? [])
  const cards = [...text.matchAll(digitRuns)].map(([run]) => run.replace(/\D/g, '')).filter(isCardNumber)
  return [...named, ...cards]
}

function isCardNumber(digits: string): boolean {
  if (!/^[3-6]/.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
