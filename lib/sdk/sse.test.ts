import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEvents } from './sse'

const idle = new AbortController().signal

/** Gives the bytes in pieces that end at these places. */
function cut(bytes: Uint8Array, places: number[]): ReadableStream<Uint8Array> {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return new ReadableStream({
    start: (controller) => {
      let from = 0
      for (const to of [...ends, bytes.length]) {
        controller.enqueue(bytes.slice(from, to))
        from = to
      }
      controller.close()
    },
  })
}

async function read(body: ReadableStream<Uint8Array>) {
  const events: { raw: string; data: string }[] = []
  for await (const event of readEvents(body, idle)) events.push(event)
  return events
}

describe('server-sent events', () => {
  test('are the same however the bytes are cut', async () => {
    const text = 'data: {"a":"é😀"}\n\n: keep-alive\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: [DONE]\n\n'
    const bytes = new TextEncoder().encode(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), async (places) => {
        const events = await read(cut(bytes, places))
        expect(events.map(({ data }) => data)).toEqual(['{"a":"é😀"}', '', 'one\ntwo', '[DONE]'])
        expect(events.map(({ raw }) => raw).join('')).toBe(text)
      }),
    )
  })

  test('a last event without its empty line still counts', async () => {
    expect(await read(cut(new TextEncoder().encode('data: 1\n\ndata: 2'), []))).toMatchObject([
      { data: '1' },
      { data: '2' },
    ])
  })

  test('an event without end is refused, and upstream is let go', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1_000_000).fill(97)),
      cancel: () => {
        isCancelled = true
      },
    })
    await expect(read(body)).rejects.toMatchObject({ code: 'bad_answer' })
    expect(isCancelled).toBe(true)
  })
})
