/** A batch of usage events: grouped by account, recorded, answered by place. */
import type * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { recordUsage, type UsageOutcome, type UsageReport } from '@/lib/domain/gate'
import type { UsageBatch } from './bodies'
import type { EventRefusal } from './events'
import type { usageAnswer } from './schemas'
import { Turns } from './turns'

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
  batch.events.forEach((event, index) => {
    if ('refusal' in event) {
      results[index] = refused(index, event.id, event.refusal)
      return
    }
    const accountId = event.accountId ?? batch.accountId
    if (!accountId) {
      results[index] = refused(index, event.id, accountMissing())
      return
    }
    const entries = byAccount.get(accountId)
    if (entries) entries.push({ index, report: event.report })
    else byAccount.set(accountId, [{ index, report: event.report }])
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

const accountMissing = () =>
  new Refusal('invalid_request', {
    field: 'account_id',
    message: 'account_id is missing: name it in the event or for the whole batch.',
  })
