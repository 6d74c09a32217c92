/** Our gate in this process: its verbs called directly, as the gate's own doors call them. */
import { randomUUID } from 'node:crypto'
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { authorize, recordUsage, settle } from '@/lib/domain/gate'
import { closeDatabase } from '@/lib/edges/db'
import { closedLoop, type Work } from './load'
import { useDatabase } from './postgres'
import { type BenchEvent, type BenchRequest, type Mix, traffic } from './traffic'

export const actor = system('bench')
export const inFlight = 256

const holdSeconds = 3600

/** What the callers of a cell were told: the books must say the same. */
export interface Answers {
  events: number
  duplicates: number
  refused: number
  holds: number
}

/** The gate on one database, with a tally of every answer it gave. */
export class InProcessGate {
  readonly answers: Answers = { events: 0, duplicates: 0, refused: 0, holds: 0 }

  static open(url: string): InProcessGate {
    useDatabase(url)
    return new InProcessGate()
  }

  /** Also closes the lanes' connections. */
  close(): Promise<void> {
    return closeDatabase()
  }

  /** Requests with so many events each. */
  usage(mix: Mix, eventsPerRequest = 1, callers = inFlight): Work {
    const requests = traffic(mix, eventsPerRequest)
    return (seconds) =>
      closedLoop(callers, seconds, async () => {
        const request = requests.next()
        await this.record(request)
        requests.taken(request)
        return request.events.length
      })
  }

  async record({ accountId, events }: BenchRequest): Promise<number> {
    const outcomes = await recordUsage(actor, { accountId, events: events.map(reportOf), beyondCredit: 'refuse' })
    let accepted = 0
    for (const { status } of outcomes) {
      if (status === 'accepted') accepted += 1
      else if (status === 'duplicate') this.answers.duplicates += 1
      else this.answers.refused += 1
    }
    this.answers.events += accepted
    return accepted
  }

  authorizations(mix: Mix, callers = inFlight): Work {
    const requests = traffic(mix)
    return (seconds) =>
      closedLoop(callers, seconds, async () => {
        const { accountId, events } = requests.next()
        await this.hold(accountId, events[0]!)
        return 1
      })
  }

  /** Authorize, then settle: one operation. */
  pairs(mix: Mix): Work {
    const requests = traffic(mix)
    return (seconds) =>
      closedLoop(inFlight, seconds, async () => {
        const { accountId, events } = requests.next()
        const holdId = await this.hold(accountId, events[0]!)
        if (holdId) await this.settle(accountId, holdId, events[0]!)
        return 1
      })
  }

  /** The hold's id, or null when it was refused. */
  async hold(accountId: string, event: BenchEvent): Promise<string | null> {
    try {
      const { hold, isNew } = await authorize(actor, {
        accountId,
        idempotencyKey: randomUUID(),
        size: {
          model: event.model,
          inputTokens: BigInt(event.inputTokens),
          maxOutputTokens: BigInt(event.outputTokens),
        },
        holdSeconds,
      })
      if (isNew) this.answers.holds += 1
      return hold.holdId
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'temporarily_unavailable') throw error
      this.answers.refused += 1
      return null
    }
  }

  async settle(accountId: string, holdId: string, event: BenchEvent): Promise<void> {
    const { isNew } = await settle(actor, { accountId, holdId, settlement: { model: null, ...tokensOf(event) } })
    if (isNew) this.answers.events += 1
  }
}

const tokensOf = (event: BenchEvent) => ({
  inputTokens: BigInt(event.inputTokens),
  cachedInputTokens: BigInt(event.cachedInputTokens),
  outputTokens: BigInt(event.outputTokens),
})

const reportOf = (event: BenchEvent) => ({
  eventId: event.eventId,
  model: event.model,
  ...tokensOf(event),
  occurredAt: null,
})
