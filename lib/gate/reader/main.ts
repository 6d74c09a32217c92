/** The thread that reads large bodies: from bytes to what the operation takes, or to why it is refused. */
import os from 'node:os'
import { parentPort } from 'node:worker_threads'
import { Refusal } from '@/lib/core/errors'
import { bodies } from '../bodies'
import type { BodyFacts } from '../form'
import type { ReadAnswer, ReadOrder } from './orders'

/** Below the thread that decides, which must not wait for a core. Elsewhere than on Linux this would concern the whole process. */
if (process.platform === 'linux') os.setPriority(10)

parentPort!.on('message', (order: ReadOrder) => parentPort!.postMessage(answerTo(order)))

function answerTo({ number, operation, type, query, headers, blocks }: ReadOrder): ReadAnswer {
  try {
    const { forms }: BodyFacts<unknown> = bodies[operation]
    const { look, read } = forms[type]!.reader({ query: new URLSearchParams(query), headers })
    for (const block of blocks) look?.(block)
    return { number, body: read(Buffer.concat(blocks)) }
  } catch (error) {
    if (error instanceof Refusal) return { number, refusal: { code: error.code, facts: error.facts } }
    return { number, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
