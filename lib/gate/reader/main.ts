/** The thread that reads large bodies: from bytes to what the operation takes, or to why it is refused. */
import os from 'node:os'
import { parentPort } from 'node:worker_threads'
import { Refusal } from '@/lib/core/errors'
import { bodies } from '../bodies'
import { type BodyFacts, batchBytes } from '../form'
import type { ReadAnswer, ReadOrder, ReadResult } from './orders'

/** Below the thread that decides, which must not wait for a core. Elsewhere than on Linux this would concern the whole process. */
if (process.platform === 'linux') os.setPriority(10)

parentPort!.on('message', (order: ReadOrder) => {
  const blocks = order.blocks.map(({ buffer }) => buffer)
  parentPort!.postMessage({ ...answerTo(order), blocks } satisfies ReadAnswer, blocks)
})

function answerTo({ number, operation, type, query, headers, blocks }: ReadOrder): ReadResult {
  try {
    const { forms }: BodyFacts<unknown> = bodies[operation]
    const { look, read } = forms[type]!.reader({ query: new URLSearchParams(query), headers })
    const bytes = together(blocks)
    look?.(bytes)
    return { number, body: read(bytes) }
  } catch (error) {
    if (error instanceof Refusal) return { number, refusal: { code: error.code, facts: error.facts } }
    return { number, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Where each body is put together, one after another. */
const room = Buffer.allocUnsafeSlow(batchBytes)

function together(blocks: Uint8Array[]): Buffer {
  let length = 0
  for (const block of blocks) {
    room.set(block, length)
    length += block.length
  }
  return room.subarray(0, length)
}
