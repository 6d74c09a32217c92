import type { IncomingMessage } from 'node:http'
import { Refusal } from '@/lib/core/errors'

/** The caller went away before the request was complete: there is nobody to answer. */
export class CallerGone extends Error {}

/** What all requests together may have us keep while they arrive. */
const mostBufferedBytes = 128 * 1024 * 1024
let bufferedBytes = 0

/**
 * The whole body. `look` sees each piece as it arrives and may refuse it. What follows a refusal is read and thrown away,
 * so that the caller can read the answer.
 * @throws Refusal `body_too_large` by the announced length or while it arrives; `temporarily_unavailable` when too much is
 *   on its way already; CallerGone.
 */
export function readBody(
  request: IncomingMessage,
  mostBytes: number,
  look: ((bytes: Buffer) => void) | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBytes) return reject(tooLarge(mostBytes))
    const pieces: Buffer[] = []
    let length = 0
    let isDone = false

    const finish = (error: unknown) => {
      if (isDone) return
      isDone = true
      bufferedBytes -= length
      if (!error) return resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces))
      pieces.length = 0
      reject(error)
    }
    request.on('data', (piece: Buffer) => {
      if (isDone) return
      length += piece.length
      bufferedBytes += piece.length
      if (length > mostBytes) return finish(tooLarge(mostBytes))
      if (bufferedBytes > mostBufferedBytes) return finish(tooBusy())
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
  })
}

const tooLarge = (mostBytes: number) =>
  new Refusal('body_too_large', {
    message: `The body may have at most ${mostBytes / 1_000_000} MB. Nothing was charged. Send it in parts.`,
    most_bytes: mostBytes,
  })

const tooBusy = () =>
  new Refusal('temporarily_unavailable', {
    message: 'Too many large requests are arriving at once. Nothing was charged. Send it again in a moment.',
  })
