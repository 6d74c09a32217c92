/** A batch of usage events: grouped by account, recorded, answered by place. */
import type * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { recordUsage, type UsageOutcome, type UsageReport } from '@/lib/domain/gate'
import { noUsageFacts } from '@/lib/domain/usage/rules'
import type { UsageBatch } from './bodies'
import type { EventRefusal, Named } from './events'
import type { usageAnswer } from './schemas'
import { Turns } from './turns'
import { type KnownKeys, keyNameOf, keyOf, whoseWith } from './whose'

type Answer = z.infer<typeof usageAnswer>
type Result = Answer['results'][number]

/**
 * So many events of an account are decided together. A larger batch goes in parts, one behind the other: while a part is decided the
 * process does nothing else, and other requests must not feel it.
 */
const mostTogether = 100

/**
 * Large batches take turns, part by part: parts in both lanes at once leave no core for anybody else. A turn ends early when its account
 * is locked, for which other accounts must not wait.
 */
const parts = new Turns(100)

/** @throws Refusal `not_allowed` without the scope; `temporarily_unavailable`: send the batch again, repeats change nothing. */
export async function takeUsage(actor: Actor, batch: UsageBatch): Promise<Answer> {
  const results: Result[] = []
  const byAccount = new Map<string, { index: number; report: UsageReport }[]>()
  const keys = await lookUpKeys(batch)
  batch.events.forEach((event, index) => {
    if ('refusal' in event) {
      results[index] = refused(index, event.id, event.refusal)
      return
    }
    const found = whoseWith(namedIn(batch, event.named), keys)
    if (found instanceof Refusal) {
      results[index] = refused(index, event.id, found)
      return
    }
    const { accountId, facts } = found
    const report = facts === noUsageFacts ? event.report : { ...event.report, facts }
    const entries = byAccount.get(accountId)
    if (entries) entries.push({ index, report })
    else byAccount.set(accountId, [{ index, report }])
  })
  // No transaction spans two accounts. When one fails the others are waited for: nothing runs on after the answer.
  const settled = await Promise.allSettled(
    [...byAccount].map(async ([accountId, entries]) => {
      const reports = entries.map(({ report }) => report)
      const outcomes = await outcomesOf(actor, accountId, reports, batch.beyondCredit)
      entries.forEach(({ index, report }, place) => {
        results[index] = { index, id: report.eventId, ...outcomes[place]! }
      })
    }),
  )
  const failed = settled.find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
  return counted(results)
}

/** An event that names no account is of the batch's. */
const namedIn = ({ accountId }: UsageBatch, named: Named): Named =>
  named.apiKey !== undefined || named.accountId !== undefined ? named : { ...named, accountId }

/** The keys that the events name, each looked up once. */
async function lookUpKeys(batch: UsageBatch): Promise<KnownKeys> {
  const asked: KnownKeys = new Map()
  const wanted = new Map<string, Named>()
  for (const event of batch.events) {
    if ('refusal' in event) continue
    const named = namedIn(batch, event.named)
    const name = keyNameOf(named)
    if (name !== null) wanted.set(name, named)
  }
  const found = [...wanted].map(async ([name, named]) => asked.set(name, await orRefusal(keyOf(named))))
  await Promise.all(found)
  return asked
}

/** A refusal of the caller's input as a value. What is wrong with us is everybody's. */
export async function orRefusal<T>(answer: Promise<T>): Promise<T | Refusal> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'temporarily_unavailable') return error
    throw error
  }
}

/** Results with their counts. */
export function counted(results: Result[]): Answer {
  const count = { accepted: 0, duplicate: 0, refused: 0 }
  for (const { status } of results) count[status] += 1
  return { accepted: count.accepted, duplicates: count.duplicate, refused: count.refused, results }
}

/** A refused event, answered by its place. */
export const refused = (index: number, id: string | null, { code, message, facts }: EventRefusal): Result => ({
  index,
  id,
  status: 'refused',
  code,
  ...(facts.field === undefined ? {} : { field: facts.field }),
  message,
})

async function outcomesOf(
  actor: Actor,
  accountId: string,
  events: UsageReport[],
  beyondCredit: UsageBatch['beyondCredit'],
): Promise<UsageOutcome[]> {
  if (events.length <= mostTogether) return outcomesOfPart(actor, accountId, events, beyondCredit)
  const outcomes: UsageOutcome[] = []
  for (let from = 0; from < events.length; from += mostTogether) {
    const part = events.slice(from, from + mostTogether)
    outcomes.push(...(await parts.take(() => outcomesOfPart(actor, accountId, part, beyondCredit))))
  }
  return outcomes
}

async function outcomesOfPart(
  actor: Actor,
  accountId: string,
  events: UsageReport[],
  beyondCredit: UsageBatch['beyondCredit'],
): Promise<UsageOutcome[]> {
  try {
    return await recordUsage(actor, { accountId, events, beyondCredit })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error
    return events.map(() => ({ status: 'refused', code: 'not_found', field: 'account_id', message: error.message }))
  }
}
