/** Reads large bodies in a thread of its own, one after another, so that nobody else waits meanwhile. */
import { Worker } from 'node:worker_threads'
import { Refusal } from '@/lib/core/errors'
import { log } from '@/lib/edges/log'
import { keepSpare } from '../blocks'
import type { BodyHead } from '../form'
import type { ReadAnswer, ReadOrder } from './orders'

/** Bodies that are being read or wait for it. */
const mostWaiting = 16
const memory = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }

interface Waiting {
  resolve: (body: unknown) => void
  reject: (error: Error) => void
}

let worker: Worker | null = null
let orders = 0
const waiting = new Map<number, Waiting>()

/**
 * What the operation takes, made of the blocks of a body; they are handed over and empty afterwards.
 * @throws Refusal as the body's form refuses; `temporarily_unavailable` when too many wait, or when the thread broke.
 */
export function readLarge(
  facts: Pick<ReadOrder, 'operation' | 'type' | 'blocks'>,
  { query, headers }: BodyHead,
): Promise<unknown> {
  if (waiting.size >= mostWaiting) return Promise.reject(unavailable('Too many large requests are waiting just now.'))
  return new Promise((resolve, reject) => {
    orders += 1
    const order: ReadOrder = { ...facts, number: orders, query: query.toString(), headers: { ...headers } }
    waiting.set(orders, { resolve, reject })
    worker ??= start()
    worker.postMessage(
      order,
      facts.blocks.map(({ buffer }) => buffer),
    )
  })
}

/** Ends the thread; the next large body starts another one. */
export async function closeReader(): Promise<void> {
  await worker?.terminate()
}

function start(): Worker {
  const started = open()
  started.unref()
  started.on('message', take)
  started.on('error', (error) => log.error({ err: error }, 'the thread that reads large bodies broke'))
  started.on('exit', () => {
    if (worker === started) worker = null
    for (const { reject } of waiting.values()) reject(unavailable('A large request could not be read just now.'))
    waiting.clear()
  })
  return started
}

/** The bundle of scripts/setup/gate.mjs has the thread's program beside it; sources are TypeScript, which a thread has to be taught. */
function open(): Worker {
  const { url } = import.meta
  if (!url.endsWith('.ts')) return new Worker(new URL('./reader.mjs', url), { execArgv: [], resourceLimits: memory })
  const load = `import('tsx/esm/api').then(({ tsImport }) => tsImport('./main.ts', ${JSON.stringify(url)}))`
  return new Worker(load, { eval: true, execArgv: [], resourceLimits: memory })
}

function take(answer: ReadAnswer): void {
  keepSpare(answer.blocks)
  const asked = waiting.get(answer.number)
  waiting.delete(answer.number)
  if ('body' in answer) asked?.resolve(answer.body)
  else if ('refusal' in answer) asked?.reject(new Refusal(answer.refusal.code, answer.refusal.facts))
  else asked?.reject(new Error(answer.broken))
}

const unavailable = (what: string) =>
  new Refusal('temporarily_unavailable', {
    message: `${what} Nothing was charged. Send it again in a moment.`,
    retry_after_seconds: 1,
  })
