/** Credit held for one request. */
import * as z from 'zod'
import { defaultHoldSeconds, longestHoldSeconds } from '@/lib/domain/holds/rules'
import {
  accountId,
  cachedInputTokens,
  callerId,
  count,
  countedFor,
  id,
  idempotencyKey,
  ids,
  inputTokens,
  model,
  moneyIn,
  moneyOut,
  namesAccount,
  outputTokens,
  seconds,
  someAccount,
  time,
  tokens,
  usageFor,
} from './parts'

// Whatever else stands in the path names nothing, which is 404 and not 400: see public-ids.ts.
export const authorizationPath = z.object({ id: id('auth', ids.authorization) })

const byMaxCost = { required: ['max_cost'] }
const byTokens = { required: ['model', 'input_tokens', 'max_output_tokens'] }

export const authorizeBody = z
  .strictObject({
    account_id: accountId.optional(),
    ...usageFor,
    idempotency_key: idempotencyKey,
    model: model.optional(),
    input_tokens: tokens.optional().meta({ description: 'Prompt tokens' }),
    cached_input_tokens: tokens.optional().meta({
      description:
        'Those of input_tokens that a cache is expected to have. They do not count for the limit on uncached prompt tokens; the hold is the same. Left out: none.',
    }),
    max_output_tokens: tokens.optional().meta({ description: 'The most tokens that may be generated' }),
    max_cost: moneyIn.optional().meta({
      description:
        'The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.',
    }),
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .default(defaultHoldSeconds)
      .meta({ description: 'When the hold ends by itself. Extend it for a long stream.' }),
  })
  .superRefine(namesAccount)
  .meta({
    id: 'AuthorizeRequest',
    anyOf: ['account_id', 'api_key'].flatMap((account) =>
      [byMaxCost, byTokens].map(({ required }) => ({ required: [account, ...required] })),
    ),
  })

export const extendBody = z
  .strictObject({
    max_cost: moneyIn.optional().meta({
      description: 'The new total to hold, not the difference. A total that is not above what is held changes nothing.',
    }),
    input_tokens: tokens
      .optional()
      .meta({ description: 'The new total of prompt tokens, priced with the model of the hold' }),
    max_output_tokens: tokens.optional().meta({ description: 'The new total of tokens that may be generated' }),
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .optional()
      .meta({ description: 'The new end, counted from now. An earlier end than the present one changes nothing.' }),
    idempotency_key: callerId.optional().meta({
      description: 'Your id of this extension. May be sent as the header Idempotency-Key instead. Not needed.',
    }),
  })
  .meta({
    id: 'ExtendRequest',
    anyOf: [byMaxCost, { required: ['input_tokens', 'max_output_tokens'] }, { required: ['expires_in_seconds'] }],
  })

const used = {
  model: model.optional().meta({ description: 'May be left out when the authorization named it' }),
  input_tokens: inputTokens,
  cached_input_tokens: cachedInputTokens,
  output_tokens: outputTokens,
}

export const progressBody = z
  .strictObject({
    ...used,
    expires_in_seconds: seconds(1, longestHoldSeconds)
      .optional()
      .meta({ description: 'The new end, counted from now. An earlier end than the present one changes nothing.' }),
  })
  .meta({ id: 'ProgressRequest', description: 'The usage of the request so far, from its beginning.' })

export const settleBody = z.strictObject(used).meta({ id: 'SettleRequest', description: 'What the request used.' })

/** A body that may be left out. */
export const nothing = z.strictObject({}).meta({ description: 'Nothing, or an empty object' })

export const authorization = z
  .object({
    id: id('auth', ids.authorization),
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    ...countedFor,
    state: z.enum(['open', 'settled', 'released', 'expired']),
    amount: moneyOut.meta({ description: 'What is held, or was while it was open' }),
    currency: z.string().meta({ description: 'ISO 4217 in lower case', examples: ['usd'] }),
    model: z.string().nullable(),
    charged: moneyOut.nullable().meta({ description: 'What was charged; null when nothing was' }),
    reported: z
      .object({
        model: z.string(),
        input_tokens: count,
        cached_input_tokens: count,
        output_tokens: count,
        cost: moneyOut,
      })
      .nullable()
      .meta({ description: 'The last usage that was reported; what is charged when the hold expires' }),
    available: moneyOut.meta({ description: 'What the account has left for other requests after this call' }),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Authorization' })
