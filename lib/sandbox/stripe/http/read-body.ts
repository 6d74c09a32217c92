import type { IncomingMessage } from 'node:http'

export const bodyLimitBytes = 512 * 1024

/** The body as text, or null when it is larger than the limit. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read on without keeping it, so that the caller gets an answer instead of a broken pipe.
    if (size <= bodyLimitBytes) chunks.push(chunk)
    if (size > 20 * bodyLimitBytes) break
  }
  return size > bodyLimitBytes ? null : Buffer.concat(chunks).toString('utf8')
}
