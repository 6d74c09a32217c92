/** Who asks for what: accounts, events, repeats. Also loaded by the HTTP client's process, so it imports nothing of ours. */
import { createHash, randomUUID } from 'node:crypto'

export const accountCounts = { uniform: 10_000, dry: 100, small: 50 }

type AccountKind = 'hot' | keyof typeof accountCounts

/** The same account ids in every process: made of their kind and number. */
export function accountIdOf(kind: AccountKind, number = 0): string {
  const hash = createHash('sha256').update(`bench ${kind} ${number}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

export const accountIds = (kind: keyof typeof accountCounts): string[] =>
  Array.from({ length: accountCounts[kind] }, (_, number) => accountIdOf(kind, number))

export interface Mix {
  accounts: 'hot' | 'uniform' | 'zipf' | 'small'
  /** The share of events sent again that were answered before. */
  repeats?: number
  /** The share of events for accounts without credit. */
  dry?: number
}

export const dirty = { repeats: 0.05, dry: 0.01 }

export interface BenchEvent {
  eventId: string
  model: string
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
}

export interface BenchRequest {
  accountId: string
  events: BenchEvent[]
}

const models = ['gpt-oss-20b', 'gpt-oss-120b', 'deepseek-v4-flash', 'kimi-k2p7-code']
const mostInputTokens = 2000
const mostOutputTokens = 400
const rememberedRequests = 512

const below = (bound: number) => Math.floor(Math.random() * bound)

/** A random event under a random UUID: the worst order for an index, and what most callers have. */
export function anEvent(): BenchEvent {
  const inputTokens = 1 + below(mostInputTokens)
  return {
    eventId: randomUUID(),
    model: models[below(models.length)]!,
    inputTokens,
    cachedInputTokens: below(2) === 0 ? 0 : inputTokens >> 1,
    outputTokens: 1 + below(mostOutputTokens),
  }
}

export interface Traffic {
  next: () => BenchRequest
  /** Tells that the request was taken, so that it may be repeated. */
  taken: (request: BenchRequest) => void
}

export function traffic(mix: Mix, eventsPerRequest = 1): Traffic {
  const pick = pickerOf(mix.accounts)
  const dry = accountIds('dry')
  const before: BenchRequest[] = []
  let written = 0
  return {
    next: () => {
      const chance = Math.random()
      if (mix.repeats && chance < mix.repeats && before.length > 0) return before[below(before.length)]!
      const isDry = mix.dry !== undefined && chance > 1 - mix.dry
      return {
        accountId: isDry ? dry[below(dry.length)]! : pick(),
        events: Array.from({ length: eventsPerRequest }, anEvent),
      }
    },
    taken: (request) => {
      if (mix.repeats) before[written++ % rememberedRequests] = request
    },
  }
}

function pickerOf(accounts: Mix['accounts']): () => string {
  if (accounts === 'hot') {
    const hot = accountIdOf('hot')
    return () => hot
  }
  const ids = accountIds(accounts === 'small' ? 'small' : 'uniform')
  if (accounts !== 'zipf') return () => ids[below(ids.length)]!
  const sums = zipfSums(ids.length)
  return () => ids[placeOf(Math.random() * sums[sums.length - 1]!, sums)]!
}

/** Running sums of 1/1, 1/2, 1/3 …: Zipf's law with exponent 1. */
function zipfSums(count: number): number[] {
  let sum = 0
  return Array.from({ length: count }, (_, index) => {
    sum += 1 / (index + 1)
    return sum
  })
}

/** The first place whose running sum is not below `value`. */
function placeOf(value: number, sums: number[]): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
