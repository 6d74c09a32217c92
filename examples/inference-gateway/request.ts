/** What a customer asks for, read from the body of POST /v1/chat/completions. */
import { type Completion, countTokens } from './model'

export interface Asked extends Completion {
  isStream: boolean
}

/** The request is malformed; `param` names what to correct. */
export class BadRequest extends Error {
  constructor(
    readonly param: string,
    message: string,
  ) {
    super(message)
  }
}

const mostOutputTokens = 1_000_000
const usualOutputTokens = 400
const usualSpeed = 40
const mostSpeed = 100_000
/** A message costs a little more than its words, as with real models. */
const tokensPerMessage = 3

/**
 * Beside OpenAI's own fields, `tokens_per_second` sets the pace. Without `max_tokens` the model stops by itself.
 * @throws BadRequest
 */
export function readRequest(body: unknown): Asked {
  if (typeof body !== 'object' || body === null) throw new BadRequest('body', 'The body must be a JSON object.')
  const asked = body as Record<string, unknown>
  if (typeof asked.model !== 'string' || asked.model === '') {
    throw new BadRequest('model', 'model is missing: GET /v1/models lists them.')
  }
  const limit = whole(asked, 'max_completion_tokens', mostOutputTokens) ?? whole(asked, 'max_tokens', mostOutputTokens)
  const options = asked.stream_options as { include_usage?: unknown } | null | undefined
  return {
    model: asked.model,
    inputTokens: promptTokens(asked.messages),
    maxOutputTokens: limit ?? usualOutputTokens,
    naturalLength: limit ?? usualOutputTokens,
    tokensPerSecond: whole(asked, 'tokens_per_second', mostSpeed) ?? usualSpeed,
    includeUsage: options?.include_usage === true,
    isStream: asked.stream === true,
  }
}

function promptTokens(messages: unknown): number {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new BadRequest('messages', 'messages must be a list with at least one message.')
  }
  return messages.reduce((sum: number, message, index) => {
    const content = textOf((message as { content?: unknown } | null)?.content)
    if (content === null) throw new BadRequest(`messages[${index}].content`, 'content must be text.')
    return sum + tokensPerMessage + countTokens(content)
  }, 0)
}

function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  const texts = content.map((part) => (part as { text?: unknown } | null)?.text)
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : null
}

function whole(asked: Record<string, unknown>, field: string, most: number): number | undefined {
  const value = asked[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
    throw new BadRequest(field, `${field} must be a whole number from 1 to ${most}.`)
  }
  return value
}
