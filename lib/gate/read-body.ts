import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from '@/lib/core/errors'
import { Blocks } from './blocks'

/** The caller went away before the request was complete: there is nobody to answer. */
export class CallerGone extends Error {}

/** A body above this is large: it is gathered unseen, at a limited pace, and read in another thread. */
export const largeBytes = 64 * 1024

/** What all requests together may have us keep, from their arrival until they are read. */
const mostKeptBytes = 64 * 1024 * 1024
let keptBytes = 0

/** A body that has arrived. A large one counts as kept until it is let go of. */
export type ArrivedBody = { bytes: Buffer } | { blocks: Uint8Array<ArrayBuffer>[]; letGo: () => void }

/**
 * The whole body. `look` sees each piece of one that is not large as it arrives, and may refuse it. What follows a refusal is read and
 * thrown away, so that the caller can read the answer.
 * @throws Refusal `body_too_large` by the announced length or while it arrives; `temporarily_unavailable` when too much is
 *   on its way already; CallerGone.
 */
export function readBody(
  request: IncomingMessage,
  mostBytes: number,
  look: ((bytes: Buffer) => void) | undefined,
): Promise<ArrivedBody> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    const pieces: Buffer[] = []
    const large = new Blocks()
    let isLarge = announced > largeBytes
    let length = 0
    let arrived = 0
    let isDone = false

    const letGo = () => {
      keptBytes -= length
    }
    const finish = (error: unknown) => {
      if (isDone) return
      isDone = true
      if (!error && isLarge) return resolve({ blocks: large.take(), letGo })
      letGo()
      if (!error) return resolve({ bytes: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces) })
      pieces.length = 0
      large.take()
      reject(error)
    }
    request.on('data', (piece: Buffer) => {
      arrived += piece.length
      if (isLarge || isDone) keepPace(request, piece.length, arrived)
      if (isDone) return
      length += piece.length
      keptBytes += piece.length
      if (length > mostBytes) return finish(tooLarge(mostBytes))
      if (keptBytes > mostKeptBytes) return finish(tooBusy())
      if (!isLarge && length > largeBytes) {
        isLarge = true
        for (const earlier of pieces.splice(0)) large.add(earlier)
      }
      if (isLarge) return large.add(piece)
      try {
        look?.(piece)
      } catch (error) {
        return finish(error)
      }
      pieces.push(piece)
    })
    request.on('end', () => finish(null))
    const leave = () => {
      if (!isDone) finish(new CallerGone())
    }
    request.on('error', leave)
    request.on('close', leave)
    if (announced > mostBytes) finish(tooLarge(mostBytes))
  })
}

interface Pace {
  bytesPerMs: number
  paidUntilMs: number
}

/** What all large bodies together may take of the time that reading needs, those that are thrown away among them. */
const usual: Pace = { bytesPerMs: 4_000, paidUntilMs: 0 }
/** What a body has beyond a thousand events of 1 KB is hardly usage: it comes slower, and nobody's usage waits behind it. */
const unusual: Pace = { bytesPerMs: 1_000, paidUntilMs: 0 }
const usualBytes = 1_000_000
/** So far a pace may be ahead. */
const headStartMs = 150

/**
 * Stops reading for a while when large bodies arrive faster than their pace. The caller feels it as a slow line. `bytes` have come just
 * now, `arrived` of this body with them.
 */
function keepPace(request: IncomingMessage, bytes: number, arrived: number): void {
  const at = performance.now()
  const pace = arrived > usualBytes ? unusual : usual
  pace.paidUntilMs = Math.max(pace.paidUntilMs, at) + bytes / pace.bytesPerMs
  const aheadMs = pace.paidUntilMs - at - headStartMs
  if (aheadMs < 1 || request.isPaused()) return
  request.pause()
  void wait(aheadMs, undefined, { ref: false }).then(() => request.resume())
}

const tooLarge = (mostBytes: number) =>
  new Refusal('body_too_large', {
    message: `The body may have at most ${mostBytes / 1_000_000} MB. Nothing was charged. Send it in parts.`,
    most_bytes: mostBytes,
  })

const tooBusy = () =>
  new Refusal('temporarily_unavailable', {
    message: 'Too many large requests are arriving at once. Nothing was charged. Send it again in a moment.',
    retry_after_seconds: 1,
  })
