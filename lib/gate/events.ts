/** Usage events in each form that the API takes, made into one: the index, and the event or why it was refused. */
import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'
import { Refusal } from '@/lib/core/errors'
import type { UsageReport } from '@/lib/domain/gate'
import { checked } from './check'
import { readJsonLine, readText } from './json'
import { cloudEvent, eventList, type leaseEvent, mostEvents, usageEvent } from './schemas'

/** A Refusal as plain data, which can be sent from thread to thread. */
export type EventRefusal = Pick<Refusal, 'code' | 'message' | 'facts'>

/** How a request or an event names its account: by its id, by the whole API key, or by its id and the key's hash. */
export interface Named {
  accountId: string | undefined
  apiKey: string | undefined
  apiKeyHash: string | undefined
  tag: string | undefined
}

/** The same from the wire. */
export const namedBy = (fields: {
  account_id?: string | undefined
  api_key?: string | undefined
  api_key_hash?: string | undefined
  tag?: string | undefined
}): Named => ({
  accountId: fields.account_id,
  apiKey: fields.api_key,
  apiKeyHash: fields.api_key_hash,
  tag: fields.tag,
})

/** An event by its place in the request. */
export type ReadEvent = { id: string | null; refusal: EventRefusal } | { id: string; named: Named; report: UsageReport }

type Tokens = Pick<z.infer<typeof leaseEvent>, 'model' | 'input_tokens' | 'cached_input_tokens' | 'output_tokens'>

const reportOf = (id: string, tokens: Tokens, occurredAt: string | undefined): UsageReport => ({
  eventId: id,
  model: tokens.model,
  inputTokens: BigInt(tokens.input_tokens),
  cachedInputTokens: BigInt(tokens.cached_input_tokens),
  outputTokens: BigInt(tokens.output_tokens),
  occurredAt: occurredAt === undefined ? null : new Date(occurredAt),
})

/** An event of a JSON batch, of a line of NDJSON or of a lease. */
export function readUsageEvent(raw: unknown, schema: typeof usageEvent | typeof leaseEvent = usageEvent): ReadEvent {
  return orRefusal(raw, () => {
    const event: z.infer<typeof usageEvent> = checked(schema, raw)
    return { id: event.id, named: namedBy(event), report: reportOf(event.id, event, event.occurred_at) }
  })
}

/** A CloudEvent in structured mode, alone or of a batch. */
export function readCloudEvent(raw: unknown): ReadEvent {
  return orRefusal(raw, () => {
    const event = checked(cloudEvent, raw)
    const named = namedBy({ ...event.data, account_id: event.subject })
    return { id: event.id, named, report: reportOf(event.id, event.data, event.time) }
  })
}

/** @throws Refusal `invalid_request` when it is no list, or too long. */
export const readCloudEvents = (raw: unknown): ReadEvent[] => checked(eventList, raw).map(readCloudEvent)

/** Whether a request is a CloudEvent in binary mode: its attributes are headers and the body is the data alone. */
export const isBinaryCloudEvent = (headers: IncomingHttpHeaders): boolean => headers['ce-specversion'] !== undefined

/** @throws nothing: what is wrong with it is its refusal. */
export function readBinaryCloudEvent(headers: IncomingHttpHeaders, data: unknown): ReadEvent {
  const attributes: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes[name.slice(3)] = decoded(String(value))
  }
  return readCloudEvent({ ...attributes, data })
}

/** Header values carry characters beyond ASCII percent-encoded (CloudEvents HTTP binding 3.1.3.2). */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/**
 * NDJSON: one event a line; blank lines are passed over. A line that is no JSON is refused alone.
 * @throws Refusal `invalid_request` without events, with too many, or when the text is not UTF-8.
 */
export function readLines(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = []
  const text = readText(bytes)
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    const line = text.slice(from, to).trim()
    from = to + 1
    if (line === '') continue
    if (events.length === mostEvents) throw wrongCount(`must have at most ${mostEvents} lines: send the rest later`)
    events.push(orRefusal(null, () => readUsageEvent(readJsonLine(line))))
  }
  if (events.length === 0) throw wrongCount('must have at least one event, one a line')
  return events
}

/** What is wrong with one event is its own refusal, and no one else's. */
function orRefusal(raw: unknown, read: () => ReadEvent): ReadEvent {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, facts } = error
    return { id: idOf(raw), refusal: { code, message, facts } }
  }
}

const wrongCount = (reason: string) =>
  new Refusal('invalid_request', { field: 'body', message: `The body ${reason}. Nothing was charged.` })

function idOf(raw: unknown): string | null {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : null
  return typeof id === 'string' && id.length <= 128 ? id : null
}
