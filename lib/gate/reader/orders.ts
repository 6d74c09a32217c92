/** What the reading thread is asked and what it answers. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Refusal } from '@/lib/core/errors'
import type { bodies } from '../bodies'

export interface ReadOrder {
  number: number
  operation: keyof typeof bodies
  /** The content type, one of the operation's forms. */
  type: string
  query: string
  headers: IncomingHttpHeaders
  blocks: Uint8Array<ArrayBuffer>[]
}

/** `blocks`: the memory of the order's, given back. */
export type ReadAnswer = ReadResult & { blocks: ArrayBuffer[] }

export type ReadResult = { number: number } & (
  | { body: unknown }
  | { refusal: Pick<Refusal, 'code' | 'facts'> }
  /** A mistake of ours. */
  | { broken: string }
)
