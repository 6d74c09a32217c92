import { Refusal } from '@/lib/core/errors'

/**
 * The whole body as text, refused as soon as it is known to be too large: by its announced length, and while it arrives.
 * @throws Refusal `body_too_large`, or `invalid_request` when it is not UTF-8.
 */
export async function readText(request: Request, mostBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes)
  const bytes: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > mostBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge(mostBytes)
    }
    bytes.push(value)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(bytes))
  } catch {
    throw new Refusal('invalid_request', { field: 'body', message: 'The body is not valid UTF-8 text.' })
  }
}

const tooLarge = (mostBytes: number) =>
  new Refusal('body_too_large', {
    message: `The body may have at most ${mostBytes} bytes. Nothing was changed.`,
    most_bytes: mostBytes,
  })
