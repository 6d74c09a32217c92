/** What a route of the public API is: one description that requests are checked against and the document is made of. */
import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import type { RefusalCode } from '@/lib/core/errors'
import { checked } from './check'
import { JsonMeter, readJson } from './json'

export interface Answer {
  status: number
  body: unknown
  /** Names and values in turn. */
  headers?: string[]
}

/** A request whose head is known: who asks, and what the address names. */
export interface Call {
  actor: Actor
  path: Record<string, string>
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

/** A form in which a body may be sent. */
export interface Form<Body> {
  /** What the document says of it. */
  schema: z.ZodType
  examples: Record<string, unknown>
  /** Given anew for each request: sees the bytes as they come, and makes the body of them. */
  reader: (call: Call) => { look?: (bytes: Buffer) => void; read: (bytes: Buffer) => Body }
}

export interface RouteFacts {
  method: 'GET' | 'POST'
  /** With {names} of what stands in the path. */
  path: string
  operationId: string
  tag: string
  summary: string
  description?: string
  /** The scope that the service key needs; null: no key is asked for. */
  scope: 'usage:write' | 'balance:read' | null
  params?: z.ZodObject
  query?: z.ZodObject
  headers?: z.ZodObject
  /** Tells how much of the request limit is left. */
  tellsRate?: boolean
  answers: Record<number, { description: string; schema: z.ZodType; examples: Record<string, unknown> }>
  /** The codes that it can be refused with, besides those of every route. */
  refusals: RefusalCode[]
}

export interface Route extends RouteFacts {
  body: { mostBytes: number; isOptional: boolean; forms: Map<string, Form<unknown>> } | null
  run: (call: Call, body: unknown) => Promise<Answer>
}

const megabyte = 1_000_000
/** What a batch of events may have. */
export const batchBytes = 5 * megabyte

/** A route without a body. */
export const get = (facts: Omit<RouteFacts, 'method'>, run: (call: Call) => Promise<Answer>): Route => ({
  ...facts,
  method: 'GET',
  body: null,
  run,
})

/** A route with a body in one of several forms, by content type. */
export function post<Body>(
  facts: Omit<RouteFacts, 'method'>,
  body: { mostBytes?: number; isOptional?: boolean; forms: Record<string, Form<Body>> },
  run: (call: Call, body: Body) => Promise<Answer>,
): Route {
  const { mostBytes = megabyte, isOptional = false, forms } = body
  return {
    ...facts,
    method: 'POST',
    body: { mostBytes, isOptional, forms: new Map(Object.entries(forms)) },
    run: run as Route['run'],
  }
}

/** A JSON document, made into a body by `take`. */
export const jsonForm = <Body>(
  schema: z.ZodType,
  examples: Record<string, unknown>,
  take: (value: unknown, call: Call) => Body,
): Form<Body> => ({
  schema,
  examples,
  reader: (call) => {
    const meter = new JsonMeter()
    return { look: (bytes) => meter.take(bytes), read: (bytes) => take(readJson(bytes, meter), call) }
  },
})

/** A JSON body that fits `schema`. */
export const json = <Schema extends z.ZodType>(schema: Schema, examples: Record<string, unknown>) => ({
  forms: { 'application/json': jsonForm(schema, examples, (value) => checked(schema, value)) },
})
