/** How a body is read: its forms by content type. */
import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'
import { checked } from './check'
import { JsonMeter, readJson } from './json'

/** What of a request's head its body is read with. */
export interface BodyHead {
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

/** A form in which a body may be sent. What is made of it can be sent from thread to thread. */
export interface Form<Body> {
  /** What the document says of it. */
  schema: z.ZodType
  examples: Record<string, unknown>
  /** Given anew for each request: sees the bytes as they come, and makes the body of them. */
  reader: (head: BodyHead) => { look?: (bytes: Uint8Array) => void; read: (bytes: Buffer) => Body }
}

/** The body of an operation. */
export interface BodyFacts<Body> {
  /** One megabyte, if nothing is said. */
  mostBytes?: number
  isOptional?: boolean
  forms: Record<string, Form<Body>>
}

export const megabyte = 1_000_000
/** What a batch of events may have. */
export const batchBytes = 5 * megabyte

/** A JSON document, made into a body by `take`. */
export const jsonForm = <Body>(
  schema: z.ZodType,
  examples: Record<string, unknown>,
  take: (value: unknown, head: BodyHead) => Body,
): Form<Body> => ({
  schema,
  examples,
  reader: (head) => {
    const meter = new JsonMeter()
    return { look: (bytes) => meter.take(bytes), read: (bytes) => take(readJson(bytes, meter), head) }
  },
})

/** A JSON body that fits `schema`. */
export const json = <Schema extends z.ZodType>(schema: Schema, examples: Record<string, unknown>) => ({
  forms: { 'application/json': jsonForm(schema, examples, (value) => checked(schema, value)) },
})
