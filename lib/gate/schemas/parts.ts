/** What the schemas of the public API are made of: money, tokens, ids, times. */
import * as z from 'zod'

const largestTokens = 1_000_000_000
export const someAccount = '019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10'
export const someTime = '2026-03-02T09:15:00.000Z'
export const ids = {
  authorization: `auth_${'019aa3b27c117e5f9a513f6f2f6f9f10'}${'5b1c1e0a9d3f8b77a2c46d0e51f3aa10'}`,
  lease: `lease_${'019aa3b27c117e5f9a513f6f2f6f9f10'}${'0f7a64c2be1a8d5590c2e8817b3d4e21'}`,
}

export const moneyIn = z
  .string({ error: 'must be a decimal string such as "0.25", in quotes' })
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a decimal string such as "0.25", with at most nine digits after the point')
  .meta({ examples: ['0.25'] })

export const moneyOut = z.string().meta({
  description: 'Decimal string, exact to the nano-dollar. Never a float.',
  examples: ['0.00314'],
})

const wholeNumber = (what: string) =>
  z
    .number({ error: `must be a whole number of ${what}` })
    .int(`must be a whole number of ${what}`)
    .refine((value) => !Object.is(value, -0), 'must be 0 or more')

export const tokens = wholeNumber('tokens')
  .min(0, 'must be 0 or more')
  .max(largestTokens, `must be at most ${largestTokens}`)
  .meta({ examples: [1200] })

export const seconds = (least: number, most: number) =>
  wholeNumber('seconds').min(least, `must be at least ${least}`).max(most, `must be at most ${most}`)

/** Printable ASCII without blanks: what can stand in a log, a URL and a cause. */
export const callerId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces')

/** UUIDs are compared without regard to case; inside we keep one form. */
export const accountId = z
  .uuid('must be the id of an account, a UUID')
  .toLowerCase()
  .meta({ examples: [someAccount] })

/** What a request says besides of whose usage it is. A key names its account, so it stands alone; a hash needs the account's id. */
const apiKey = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({
    description:
      'The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.',
    examples: ['purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012'],
  })

const apiKeyHash = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'must be the SHA-256 of the whole API key, 64 hexadecimal digits')
  .optional()
  .meta({
    description: 'Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal',
    examples: ['2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'],
  })

const tag = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,64}$/u, 'must have 1 to 64 characters, none of them a control character')
  .optional()
  .meta({
    description: 'What the usage is for: a project, a feature. Reports can be split by it.',
    examples: ['search'],
  })

export const usageFor = { api_key: apiKey, api_key_hash: apiKeyHash, tag }

/** The same in an answer. */
export const countedFor = {
  api_key_id: z
    .string()
    .nullable()
    .meta({ format: 'uuid', description: 'The API key that it counts for; null: the account alone', examples: [null] }),
  tag: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
}

interface NamedAccount {
  account_id?: string | undefined
  api_key?: string | undefined
  api_key_hash?: string | undefined
}

/** A key beside what it says already is a contradiction waiting to happen: the account is named once. */
export function namesAccountOnce({ account_id, api_key, api_key_hash }: NamedAccount, context: z.RefinementCtx): void {
  if (api_key === undefined) return
  const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  if (account_id !== undefined)
    refuse('api_key', 'names its account itself: leave account_id out, or send api_key_hash')
  if (api_key_hash !== undefined) refuse('api_key_hash', 'says the same as api_key: send one of them')
}

/** The same, and one of the ways is needed. */
export function namesAccount(value: NamedAccount, context: z.RefinementCtx): void {
  namesAccountOnce(value, context)
  const { account_id, api_key } = value
  if (account_id !== undefined || api_key !== undefined) return
  context.addIssue({
    code: 'custom',
    path: ['account_id'],
    message: 'is missing: send it, or the api_key that the customer sent',
  })
}

export const model = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces')
  .meta({ description: 'A model of the price list (GET /v1/prices)', examples: ['kimi-k2p7-code'] })

export const idempotencyKey = callerId.optional().meta({
  description:
    'Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.',
  examples: ['req-8f14e45f'],
})

export const count = z.int().min(0)
export const inputTokens = tokens.meta({ description: 'Prompt tokens, the cached ones included' })
export const cachedInputTokens = tokens.default(0).meta({ description: 'The part of input_tokens that was cached' })
export const outputTokens = tokens.meta({ description: 'Generated tokens', examples: [87] })

export const time = z.iso.datetime().meta({ examples: [someTime] })
export const id = (prefix: 'auth' | 'lease', example: string) =>
  z.string().meta({ pattern: `^${prefix}_[0-9a-f]{64}$`, examples: [example] })

/** Instead of idempotency_key in the body. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().optional().meta({ description: 'Instead of idempotency_key in the body' }),
})
