import { readFileSync } from 'node:fs'
import path from 'node:path'

const file = path.join(import.meta.dirname, '../../data/llm-trace-code.csv')

export interface TraceRequest {
  /** When it was sent, in milliseconds since the first one. */
  offsetMs: number
  inputTokens: number
  outputTokens: number
}

/** The real LLM trace in data/, in its own order. */
export function readTrace(): TraceRequest[] {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  let firstMs: number | undefined
  return lines.map((line, index) => {
    const [time = '', input, output] = line.split(',')
    const atMs = Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`)
    firstMs ??= atMs
    const request = { offsetMs: atMs - firstMs, inputTokens: Number(input), outputTokens: Number(output) }
    if (!Object.values(request).every(Number.isSafeInteger))
      throw new Error(`${file}: line ${index + 2} cannot be read: ${line}`)
    return request
  })
}
