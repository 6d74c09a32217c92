import * as z from 'zod'
import { type Actor, actorName } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, isNegative, type Money, parseMoney } from '@/lib/core/money'
import { secondMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { areInOrder, type HouseLimits, type SizeClass, usualHouseLimits } from './rules'
import { insertHouseLimits, readHouseLimits, readSizeClasses } from './store'

const counts = z.strictObject({
  prompt: z.int().min(1).max(1_000_000_000_000),
  uncached: z.int().min(1).max(1_000_000_000_000),
  generated: z.int().min(1).max(1_000_000_000_000),
})
const bySize = z.strictObject({ small: counts, medium: counts, large: counts })
const amount = z.string()

/** As it is stored, and as an operator writes it: money as decimal strings. */
const written = z.strictObject({
  from: z.strictObject({ 2: amount, 3: amount, 4: amount }),
  highestBudget: z.strictObject({ 1: amount, 2: amount, 3: amount, 4: amount }),
  limitsPrepaidBudgets: z.boolean(),
  tokens: z.strictObject({
    start: counts,
    floor: counts,
    ceilings: z.strictObject({ 1: bySize, 2: bySize, 3: bySize }),
  }),
})
export type WrittenHouseLimits = z.infer<typeof written>

function parsed(value: WrittenHouseLimits): HouseLimits {
  const money = (text: string, field: string): Money => parseMoney(text, field)
  const { from, highestBudget } = value
  return {
    ...value,
    from: { 2: money(from[2], 'from.2'), 3: money(from[3], 'from.3'), 4: money(from[4], 'from.4') },
    highestBudget: {
      1: money(highestBudget[1], 'highestBudget.1'),
      2: money(highestBudget[2], 'highestBudget.2'),
      3: money(highestBudget[3], 'highestBudget.3'),
      4: money(highestBudget[4], 'highestBudget.4'),
    },
  }
}

/** The limits as an operator reads and writes them. */
export const writtenHouseLimits = (limits: HouseLimits): WrittenHouseLimits => ({
  ...limits,
  from: { 2: formatMoney(limits.from[2]), 3: formatMoney(limits.from[3]), 4: formatMoney(limits.from[4]) },
  highestBudget: {
    1: formatMoney(limits.highestBudget[1]),
    2: formatMoney(limits.highestBudget[2]),
    3: formatMoney(limits.highestBudget[3]),
    4: formatMoney(limits.highestBudget[4]),
  },
})

/** What holds for every account, as a transaction sees it. */
export async function readHouse(tx: Tx): Promise<HouseLimits> {
  const value = await readHouseLimits(tx)
  return value === null ? usualHouseLimits : parsed(written.parse(value))
}

/** What holds for every account, with the size class of every model: in memory, so that a lock never waits for a read. */
export interface LimitBook {
  house: HouseLimits
  sizeOf: (model: string) => SizeClass
}

/** How long a process may work with what it read: a change holds everywhere after that. */
const freshMs = 30 * secondMs

interface Cached {
  book: LimitBook
  readAtMs: number
  reading: Promise<void> | null
}

const nothingRead = (): Cached => ({
  book: { house: usualHouseLimits, sizeOf: () => 'medium' },
  readAtMs: Number.NEGATIVE_INFINITY,
  reading: null,
})

let cached = nothingRead()

async function read(): Promise<void> {
  const [house, sizes] = await Promise.all([readHouse(pool()), readSizeClasses()])
  cached = { book: { house, sizeOf: (model) => sizes.get(model) ?? 'medium' }, readAtMs: Date.now(), reading: null }
}

/** The limits of the house, read at most once in 30 s. */
export async function limitBook(): Promise<LimitBook> {
  if (Date.now() - cached.readAtMs > freshMs) {
    cached.reading ??= read().catch((error) => {
      cached.reading = null
      throw error
    })
    await cached.reading
  }
  return cached.book
}

/** Reads the limits anew on the next use: for a process that has just changed them. */
export function forgetLimits(): void {
  cached = nothingRead()
}

/**
 * Sets the definition of tiers and the bounds of token limits, for every account; null: as the product has them. Each change is kept
 * with who made it. Holds in every process within 30 seconds. For operators.
 * @throws Refusal `not_allowed`; `invalid_request` or `invalid_amount` naming the field
 */
export async function setHouseLimits(actor: Actor, { limits }: { limits: unknown }): Promise<HouseLimits> {
  if (actor.kind !== 'system') {
    throw new Refusal('not_allowed', { message: 'Limits of the house are set by the platform that runs Purse.' })
  }
  const house = limits === null ? usualHouseLimits : checked(limits)
  const at = await now()
  const changedBy = actorName(actor)
  await inTransaction((tx) => insertHouseLimits(tx, { value: writtenHouseLimits(house), changedBy, at }))
  log.warn({ changedBy, limits: writtenHouseLimits(house) }, 'the limits of the house were changed')
  forgetLimits()
  return house
}

function checked(limits: unknown): HouseLimits {
  const result = written.safeParse(limits)
  if (!result.success) {
    const [issue] = result.error.issues
    const field = issue?.path.join('.') || 'limits'
    throw new Refusal('invalid_request', { field, message: `${field}: ${issue?.message}` })
  }
  const house = parsed(result.data)
  const { from, highestBudget } = house
  if (from[2].nanos > from[3].nanos || from[3].nanos > from[4].nanos || isNegative(from[2])) {
    throw new Refusal('invalid_request', { field: 'from', message: 'A tier begins at no less than the one below it.' })
  }
  if (Object.values(highestBudget).some(isNegative)) {
    throw new Refusal('invalid_request', { field: 'highestBudget', message: 'A budget is not negative.' })
  }
  if (!areInOrder(house)) {
    throw new Refusal('invalid_request', {
      field: 'tokens',
      message: 'A token limit begins between its floor and its ceiling, in every tier and size class.',
    })
  }
  return house
}
