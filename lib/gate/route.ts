/** What a route of the public API is: one description that requests are checked against and the document is made of. */
import type * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import type { RefusalCode } from '@/lib/core/errors'
import { type BodyFacts, type BodyHead, type Form, megabyte } from './form'

export interface Answer {
  status: number
  body: unknown
  /** Names and values in turn. */
  headers?: string[]
}

/** A request whose head is known: who asks, and what the address names. */
export interface Call extends BodyHead {
  actor: Actor
  path: Record<string, string>
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
  /** Whether an account's own API key with the scope `read` may ask as well. */
  isForApiKeys?: boolean
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
  body: BodyFacts<Body>,
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
