/** A verb's Download as a web Response: sent as fast as the reader takes it, and no faster. */
import type { Download } from '@/lib/core/download'
import { log } from '@/lib/edges/log'

export const isDownload = (result: unknown): result is Download =>
  typeof result === 'object' && result !== null && 'chunks' in result && 'fileName' in result

/**
 * When making the file fails half way, the connection breaks, so that nobody takes a part for the whole.
 */
export function downloadResponse({ fileName, contentType, rowCount, chunks }: Download): Response {
  const encoder = new TextEncoder()
  const parts = chunks[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (error) {
          log.error({ name: error instanceof Error ? error.name : typeof error, fileName }, 'a download broke')
          controller.error(error)
        }
      },
      async cancel() {
        await parts.return?.()
      },
    },
    { highWaterMark: 1 },
  )
  return new Response(body, {
    headers: {
      'content-type': contentType,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(rowCount === undefined ? {} : { 'x-row-count': String(rowCount) }),
    },
  })
}
