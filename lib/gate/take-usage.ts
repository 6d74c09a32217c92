/** A batch of usage events: each parsed alone, grouped by account, answered by its place. */
import type { z } from '@hono/zod-openapi'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { recordUsage, type UsageOutcome, type UsageReport } from '@/lib/domain/usage'
import { invalidInput } from '@/lib/http/invalid-input'
import { type usageAnswer, type usageBody, usageEvent } from './schemas'

type Result = z.infer<typeof usageAnswer>['results'][number]

/** @throws Refusal `not_allowed` without the scope; `temporarily_unavailable`: send the batch again, repeats change nothing. */
export async function takeUsage(actor: Actor, body: z.infer<typeof usageBody>): Promise<z.infer<typeof usageAnswer>> {
  const results: Result[] = []
  const byAccount = new Map<string, { index: number; report: UsageReport }[]>()
  body.events.forEach((raw, index) => {
    const parsed = usageEvent.safeParse(raw)
    const id = parsed.success ? parsed.data.id : idOf(raw)
    const refuse = (field: string, message: string) => {
      results[index] = { index, id, status: 'refused', code: 'invalid_request', field, message }
    }
    if (!parsed.success) {
      const { facts } = invalidInput(parsed.error)
      refuse(facts.field ?? 'body', facts.message ?? '')
      return
    }
    const accountId = parsed.data.account_id ?? body.account_id
    if (!accountId) {
      refuse('account_id', 'account_id is missing: name it in the event or for the whole batch.')
      return
    }
    const entries = byAccount.get(accountId) ?? []
    entries.push({ index, report: reportOf(parsed.data) })
    byAccount.set(accountId, entries)
  })
  // In the order of ids, one account after the other: no transaction spans two accounts.
  for (const [accountId, entries] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const outcomes = await outcomesOf(
      actor,
      accountId,
      entries.map((entry) => entry.report),
      body.beyond_credit,
    )
    entries.forEach(({ index, report }, place) => {
      results[index] = { index, id: report.eventId, ...outcomes[place]! }
    })
  }
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length
  return { accepted: count('accepted'), duplicates: count('duplicate'), refused: count('refused'), results }
}

async function outcomesOf(
  actor: Actor,
  accountId: string,
  events: UsageReport[],
  beyondCredit: 'refuse' | 'record',
): Promise<UsageOutcome[]> {
  try {
    return await recordUsage(actor, { accountId, events, beyondCredit })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error
    return events.map(() => ({ status: 'refused', code: 'not_found', field: 'account_id', message: error.message }))
  }
}

const reportOf = (event: z.infer<typeof usageEvent>): UsageReport => ({
  eventId: event.id,
  model: event.model,
  inputTokens: BigInt(event.input_tokens),
  cachedInputTokens: BigInt(event.cached_input_tokens),
  outputTokens: BigInt(event.output_tokens),
  occurredAt: event.occurred_at ? new Date(event.occurred_at) : null,
})

function idOf(raw: unknown): string | null {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : null
  return typeof id === 'string' && id.length <= 128 ? id : null
}
