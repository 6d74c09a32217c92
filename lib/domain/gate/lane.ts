/**
 * A lane: one connection on which the requests of many callers are decided together. While a flush is on its way the next
 * requests gather; once its commit is sent they follow behind it, all at once. No timer: idle, a request goes by itself at once;
 * busy, the lane batches by itself. Callers hear of nothing before the commit.
 */
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { alsoClose, inPinnedTransaction, inTransaction, isRetryable, type Tx, waitMs } from '@/lib/edges/db'
import { SingleConnection } from '@/lib/edges/db/single-connection'
import { log } from '@/lib/edges/log'
import { considerAutoTopUp } from '../auto-top-up'
import { beginMonth, saveAllAssessed, saveHeld } from '../budgets'
import { readHolds, saveHolds } from '../holds'
import { noAccount, openBooks, saveBooks } from '../ledger'
import { type PriceBook, priceBook } from '../prices'
import { type LimitBook, limitBook } from '../tiers'
import { readTokenLimits, saveTokenLimits } from '../token-limits'
import { findEvents, insertUsage, makePartition, partitionOf } from '../usage'
import { Desk, LimitReached } from './desk'
import { readAccounts, readSubjectBudgets } from './store'
import type { UsageSubject } from './subject-budgets'

/** A question to one account. `decide` runs while the account is locked: it asks nobody, and changes nothing but the desk. */
export interface GateRequest<T> {
  accountId: string
  holdIds?: string[]
  eventKeys?: string[]
  /** Whose usage it is, where the request itself names a key. Those of its holds are found with them. */
  subjects?: UsageSubject[]
  /** The models that it names: their token limits apply. Those of its holds are found with them. */
  models?: string[]
  decide: (desk: Desk) => T
}

interface Waiting extends GateRequest<unknown> {
  resolve: (answer: never) => void
  reject: (error: unknown) => void
  sinceMs: number
}

/** What came of a request, to be told after the commit. */
type Outcome = { answer: unknown } | { error: unknown }

/** Requests in one flush, and waiting for one. */
const mostRequests = 512
/** When more than this wait, half of them go: the rest is made ready while the database works on the first half. */
const enoughRequests = 128
const mostEvents = 4000
const mostWaiting = 8000
const mostTries = 5

export class Lane {
  private readonly connection = new SingleConnection()
  private queue: Waiting[] = []
  private isRunning = false
  /** Accounts that are dealt with by themselves just now, and the requests that wait for that. */
  private readonly apart = new Map<string, Waiting[]>()

  submit<T>(request: GateRequest<T>): Promise<T> {
    if (this.queue.length >= mostWaiting) return Promise.reject(tooMany())
    return new Promise<T>((resolve, reject) => {
      this.enqueue([{ ...request, resolve, reject, sinceMs: Date.now() }])
    })
  }

  private enqueue(requests: Waiting[]): void {
    for (const request of requests) {
      const sameAccount = this.apart.get(request.accountId)
      if (sameAccount) sameAccount.push(request)
      else this.queue.push(request)
    }
    if (this.isRunning || this.queue.length === 0) return
    this.isRunning = true
    setImmediate(() => void this.run())
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.nextBatch()
      if (batch.length > 0) await new Promise<void>((next) => void this.flush(batch, next))
    }
    this.isRunning = false
  }

  /** The requests that waited longest. Those that have waited too long are told so: nothing was done for them. */
  private nextBatch(): Waiting[] {
    let events = 0
    let count = 0
    const latest = Date.now() - waitMs()
    const isLate = (request: Waiting) => request.sinceMs < latest
    const most = this.queue.length > enoughRequests ? Math.ceil(this.queue.length / 2) : this.queue.length
    while (count < most && count < mostRequests && events < mostEvents) {
      events += this.queue[count]!.eventKeys?.length ?? 1
      count += 1
    }
    const batch = this.queue.splice(0, count)
    for (const request of batch.filter(isLate)) request.reject(tooMany())
    return batch.filter((request) => !isLate(request))
  }

  /** Decides a batch and answers it. Calls `next` when the following batch may be sent. */
  private async flush(batch: Waiting[], next: () => void): Promise<void> {
    try {
      const basis = await prepare()
      const skipLocked = isOfSeveralAccounts(batch)
      for (let tried = 1; ; tried++) {
        try {
          const decide = (tx: Tx) => decideAll(tx, batch, { ...basis, skipLocked })
          const outcomes = await this.connection.transaction(decide, next)
          this.finish(batch, outcomes)
          return
        } catch (error) {
          if (!isRetryable(error) || tried >= mostTries) throw error
        }
      }
    } catch (error) {
      // What the database refused, or nobody foresaw: each request by itself, so that one cannot fail its neighbours.
      if (error instanceof Refusal || batch.length === 1) for (const { reject } of batch) reject(error)
      else this.setApart(batch)
    } finally {
      next()
    }
  }

  private finish(batch: Waiting[], outcomes: Map<Waiting, Outcome>): void {
    const left: Waiting[] = []
    for (const request of batch) {
      const outcome = outcomes.get(request)
      if (outcome) tell(request, outcome)
      else left.push(request)
    }
    if (left.length > 0) this.setApart(left)
  }

  /**
   * Deals with accounts by themselves, on other connections: those whose row somebody else has locked (only they wait for it),
   * and those with a request that broke. Their later requests wait until it is done, so that the order is kept.
   */
  private setApart(requests: Waiting[]): void {
    for (const [accountId, own] of byAccount(requests)) {
      const waiting = this.apart.get(accountId)
      if (waiting) {
        waiting.push(...own)
        continue
      }
      this.apart.set(accountId, [])
      void decideApart(own).finally(() => {
        const later = this.apart.get(accountId) ?? []
        this.apart.delete(accountId)
        this.enqueue(later)
      })
    }
  }
}

/** One account's requests in a transaction of their own that waits for its lock; if that breaks, each by itself. */
async function decideApart(requests: Waiting[]): Promise<void> {
  try {
    const basis = await prepare()
    const outcomes = await inPinnedTransaction(async (tx) => {
      const { result, writes } = await decideAll(tx, requests, { ...basis, skipLocked: false })
      await Promise.all(writes)
      return result
    })
    if (outcomes.size === 0) throw new Error('one of several requests broke')
    for (const [request, outcome] of outcomes) tell(request, outcome)
  } catch (error) {
    if (error instanceof Refusal || requests.length === 1) for (const { reject } of requests) reject(error)
    else for (const request of requests) await decideApart([request])
  }
}

function tell(request: Waiting, outcome: Outcome): void {
  if ('error' in outcome) request.reject(outcome.error)
  else request.resolve(outcome.answer as never)
}

/** What every decision stands on; read before anything is locked. */
interface Basis {
  at: Date
  prices: PriceBook
  limits: LimitBook
}

async function prepare(): Promise<Basis> {
  const [at, prices, limits] = await Promise.all([now(), priceBook(), limitBook()])
  await makePartitionsOf(at)
  return { at, prices, limits }
}

const knownPartitions = new Set<string>()
// Another database has other partitions.
alsoClose(async () => knownPartitions.clear())

/** The month's partition is there before anything is locked; the worker makes it long before it is needed. */
async function makePartitionsOf(at: Date): Promise<void> {
  const month = partitionOf(at)
  if (knownPartitions.has(month)) return
  await inTransaction((tx) => makePartition(tx, month))
  knownPartitions.add(month)
}

/**
 * Locks the accounts of the requests, decides each request in its account's order, and sends the writes. A request without an
 * outcome was not decided: somebody else has its account's lock, or another request of its account broke.
 */
async function decideAll(
  tx: Tx,
  batch: Waiting[],
  { at, prices, limits, skipLocked }: Basis & { skipLocked: boolean },
): Promise<{ result: Map<Waiting, Outcome>; writes: Promise<unknown>[] }> {
  const requestsOf = byAccount(batch)
  const accountIds = [...requestsOf.keys()].sort()
  const wanted = (keys: (request: Waiting) => string[] | undefined) =>
    batch.flatMap((request) => (keys(request) ?? []).map((key) => ({ accountId: request.accountId, key })))
  const holdKeys = wanted((request) => request.holdIds).map(({ accountId, key }) => ({ accountId, holdId: key }))
  const models = wanted((request) => request.models).map(({ accountId, key }) => ({ accountId, model: key }))
  // Sent together, in this order: the first takes the locks, the others see what their last holders wrote.
  const [books, accounts, holds, subjectBudgets, tokenLimits, events] = await Promise.all([
    openBooks(tx, accountIds, { skipLocked }),
    readAccounts(tx, accountIds),
    readHolds(tx, holdKeys, accountIds, at),
    readSubjectBudgets(tx, { subjects: batch.flatMap(subjectsOf), holds: holdKeys }, accountIds, at),
    readTokenLimits(tx, { models, holds: holdKeys }, accountIds, at),
    findEvents(
      tx,
      wanted((request) => request.eventKeys).map(({ accountId, key }) => ({ accountId, eventKey: key })),
    ),
  ])
  const holdsOf = byAccount(holds)
  const eventsOf = byAccount(events)
  const budgetsOf = byAccount(subjectBudgets)
  const tokenLimitsOf = byAccount(tokenLimits)
  const outcomes = new Map<Waiting, Outcome>()
  const desks: Desk[] = []
  for (const [accountId, requests] of requestsOf) {
    const book = books.get(accountId)
    const account = accounts.get(accountId)
    if (!account) {
      for (const request of requests) outcomes.set(request, { error: noAccount(accountId) })
      continue
    }
    if (!book) continue
    const contents = {
      book,
      ...account,
      subjectBudgets: budgetsOf.get(accountId) ?? [],
      holds: holdsOf.get(accountId) ?? [],
      events: eventsOf.get(accountId) ?? [],
      tokenLimits: tokenLimitsOf.get(accountId) ?? [],
    }
    const desk = decideAccount(new Desk(contents, prices, limits, at), requests, outcomes)
    if (desk) desks.push(desk)
  }
  const isExpiry = desks.some(({ expiredCredit }) => expiredCredit > 0)
  if (isExpiry) crashPoint('expiry:before-write')
  const writes = writeAll(tx, desks)
  if (isExpiry) {
    await Promise.all(writes)
    crashPoint('expiry:before-commit')
  }
  return { result: outcomes, writes }
}

/** The keys and members that a request names. */
const subjectsOf = ({ accountId, subjects = [] }: Waiting) =>
  subjects.flatMap(({ keyId, memberId }) => [
    ...(keyId ? [{ accountId, scope: 'key' as const, subjectId: keyId }] : []),
    ...(memberId ? [{ accountId, scope: 'member' as const, subjectId: memberId }] : []),
  ])

/**
 * Decides one account's requests in order. Null when one of them broke: its desk is not to be trusted, and nothing of it is
 * written. Several requests then have no outcome, and are decided one by one.
 */
function decideAccount(desk: Desk, requests: Waiting[], outcomes: Map<Waiting, Outcome>): Desk | null {
  const own = new Map<Waiting, Outcome>()
  try {
    desk.expireOverdue()
    desk.expireCredit()
    for (const request of requests) own.set(request, decideOne(desk, request))
    desk.close()
  } catch (error) {
    const [alone] = requests.length === 1 ? requests : []
    if (alone) {
      log.error({ err: error, accountId: desk.accountId }, 'a request broke')
      outcomes.set(alone, { error })
    }
    return null
  }
  for (const [request, outcome] of own) outcomes.set(request, outcome)
  return desk
}

function decideOne(desk: Desk, request: Waiting): Outcome {
  try {
    return { answer: request.decide(desk) }
  } catch (error) {
    if (error instanceof Refusal || error instanceof LimitReached) return { error }
    throw error
  }
}

/** Sends everything that follows from the decisions: one statement for each table, whatever the number of requests. */
function writeAll(tx: Tx, desks: Desk[]): Promise<unknown>[] {
  const holds = desks.flatMap((desk) => [...desk.changedHolds])
  const charged = desks.filter((desk) => desk.posted.length > 0)
  const held = desks.flatMap((desk) => desk.subjectBudgets.changedHeld)
  const low = desks.filter((desk) => desk.book.hasChanged && desk.isLow)
  return [
    ...desks.filter((desk) => desk.isNewMonth).map((desk) => beginMonth(tx, desk.budget)),
    ...saveBooks(
      tx,
      desks.map((desk) => desk.book),
    ),
    ...(holds.length > 0 ? [saveHolds(tx, holds)] : []),
    ...(held.length > 0 ? [saveHeld(tx, held)] : []),
    ...saveTokenLimits(
      tx,
      desks.flatMap((desk) => desk.tokens.changed),
    ),
    ...insertUsage(
      tx,
      charged.map((desk) => desk.usage),
    ),
    ...saveAllAssessed(
      tx,
      charged.flatMap((desk) =>
        [desk.budget, ...desk.subjectBudgets.changedSpent].map((budget) => ({ budget, at: desk.at })),
      ),
    ),
    // What is held is not available, and available credit is what the minimum is about.
    ...low.map((desk) => considerAutoTopUp(tx, { accountId: desk.accountId, available: desk.book.available })),
  ]
}

function byAccount<T extends { accountId: string }>(items: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(item.accountId)
    if (group) group.push(item)
    else groups.set(item.accountId, [item])
  }
  return groups
}

const isOfSeveralAccounts = (batch: Waiting[]) => batch.some(({ accountId }) => accountId !== batch[0]?.accountId)

const tooMany = () =>
  new Refusal('temporarily_unavailable', {
    message: 'Too many requests are waiting just now. Nothing was charged. Retry in a moment.',
    retry_after_seconds: 1,
  })
