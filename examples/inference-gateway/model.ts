/** An inference server that makes its words up. What it counts is what it says: one word is one token. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

export interface Completion {
  model: string
  inputTokens: number
  maxOutputTokens: number
  /** Ends by itself after so many tokens. */
  naturalLength: number
  tokensPerSecond: number
  includeUsage: boolean
}

const words =
  'the river carries what it finds and asks for nothing back so the stone learns patience while light walks over water and every bridge remembers who crossed it'.split(
    ' ',
  )
/** The longest time between two pieces of a stream that is fast; slow ones come word by word. */
const tickMs = 5

/** Words and marks: near enough to a tokenizer, and the same for everybody who counts. */
export const countTokens = (text: string): number => text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0

const wordsFrom = (start: number, count: number): string => {
  let text = ''
  for (let number = start; number < start + count; number++)
    text += `${words[(number * 11 + Math.floor(number / words.length)) % words.length]} `
  return text
}

/** The completion as a stream of server-sent events; ends early when the signal aborts. */
export function streamCompletion(completion: Completion, signal: AbortSignal): Response {
  const frames = framesOf(completion, signal)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await frames.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(`data: ${value}\n\n`))
      },
      cancel: async () => void (await frames.return(undefined)),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

async function* framesOf(completion: Completion, signal: AbortSignal): AsyncGenerator<string, undefined> {
  const head = headOf(completion, 'chat.completion.chunk')
  const delta = (content: object, finish_reason: string | null = null) =>
    JSON.stringify({ ...head, choices: [{ index: 0, delta: content, finish_reason }] })
  const total = Math.min(completion.naturalLength, completion.maxOutputTokens)
  const startedAt = performance.now()
  yield delta({ role: 'assistant', content: '' })
  for (let said = 0; said < total; ) {
    const due = ((performance.now() - startedAt + tickMs) / 1000) * completion.tokensPerSecond
    const count = Math.min(total - said, Math.max(1, Math.floor(due) - said))
    const at = startedAt + ((said + count) / completion.tokensPerSecond) * 1000
    await wait(Math.max(0, at - performance.now()), undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    yield delta({ content: wordsFrom(said, count) })
    said += count
  }
  yield delta({}, finishReason(completion))
  if (completion.includeUsage) yield JSON.stringify({ ...head, choices: [], usage: usageOf(completion, total) })
  yield '[DONE]'
}

/** The completion in one piece, after the time that it takes. */
export async function wholeCompletion(completion: Completion, signal: AbortSignal): Promise<Response> {
  const total = Math.min(completion.naturalLength, completion.maxOutputTokens)
  await wait((total / completion.tokensPerSecond) * 1000, undefined, { signal })
  const message = { role: 'assistant', content: wordsFrom(0, total).trim() }
  return Response.json({
    ...headOf(completion, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: finishReason(completion) }],
    usage: usageOf(completion, total),
  })
}

const finishReason = ({ naturalLength, maxOutputTokens }: Completion) =>
  naturalLength > maxOutputTokens ? 'length' : 'stop'

const headOf = ({ model }: Completion, object: string) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model,
})

const usageOf = ({ inputTokens }: Completion, outputTokens: number) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})
