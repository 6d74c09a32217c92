import { ownError } from './errors.js'

export interface ServerSentEvent {
  /** The event as it came, with the empty line that ends it. */
  raw: string
  data: string
}

const longestEvent = 8_000_000

/**
 * Server-sent events out of a body, however its bytes are cut. Ends early, and upstream with it, when the signal aborts.
 * @throws PurseError `bad_answer` for an event without end
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, undefined> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      for (let end = endOfEvent(rest); end > 0; end = endOfEvent(rest)) {
        yield eventOf(rest.slice(0, end))
        rest = rest.slice(end)
      }
      if (rest.length > longestEvent) throw ownError('bad_answer', 502, 'An event of the stream does not end.')
      if (!done) continue
      if (rest.trim() !== '') yield eventOf(`${rest}\n\n`)
      return
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    // Also when the reader of the events stops early: upstream shall not go on.
    await reader.cancel().catch(() => {})
  }
}

/** Where the first event ends, or 0. A line may still be half a CRLF at the very end; it is then waited for. */
function endOfEvent(text: string): number {
  const match = /\r\n\r\n|\n\n|\n\r\n|\r\r(?=[^\n])/.exec(text)
  return match ? match.index + match[0].length : 0
}

function eventOf(raw: string): ServerSentEvent {
  const data = raw
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n')
  return { raw, data }
}
