/** What is only read, and the problem that every refusal is. */
import * as z from 'zod'
import { count, moneyOut, someAccount, time } from './parts'

export const accountPath = z.object({ account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }) })

export const balance = z
  .object({
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    currency: z.string().meta({ examples: ['usd'] }),
    balance: moneyOut,
    held: moneyOut.meta({ description: 'The part that running requests and leases hold' }),
    available: moneyOut.meta({ description: 'balance − held' }),
    credit_limit: moneyOut.meta({
      description: 'How far usage may go beyond that by contract; 0.00 for a prepaid account',
    }),
    as_of: time,
  })
  .meta({ id: 'Balance' })

export const prices = z
  .object({
    prices: z.array(
      z.object({
        model: z.string(),
        name: z.string(),
        currency: z.string(),
        input_per_million: moneyOut,
        cached_input_per_million: moneyOut,
        output_per_million: moneyOut,
      }),
    ),
  })
  .meta({ id: 'Prices' })

export const health = z.object({ ok: z.literal(true) }).meta({ id: 'Health' })

/** RFC 9457. Which of the optional facts are there depends on `code`. */
export const problem = z
  .object({
    type: z.string().meta({ examples: ['urn:purse:problem:credits_exhausted'] }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened, what it means for the money, and what to do' }),
    code: z.string().meta({ description: 'Stable: decide by this', examples: ['credits_exhausted'] }),
    field: z.string().optional().meta({ description: 'What to correct' }),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    account_id: z.string().optional(),
    required: moneyOut.optional().meta({ description: 'What the request may cost' }),
    max_affordable: moneyOut.optional().meta({
      description: 'The most that the same call would be given now; of an extension, the largest new total',
    }),
    currency: z.string().optional(),
    budget: z
      .object({
        scope: z.enum(['account', 'key', 'member']),
        window: z.enum(['daily', 'weekly', 'monthly', 'lifetime']),
        subject_id: z.string().nullable().meta({ description: 'The API key or the member; null: the account' }),
        subject_name: z.string().nullable(),
      })
      .optional()
      .meta({ description: 'The budget that binds' }),
    limit: moneyOut.optional().meta({ description: 'Of that budget' }),
    spent: moneyOut.optional().meta({ description: 'Of that budget, in its present period' }),
    resets_at: time.nullable().optional().meta({ description: 'When the budget begins anew; null: never' }),
    retry_after_seconds: z.number().optional().meta({ description: 'As the header Retry-After' }),
    state: z.string().optional().meta({ description: 'Of a closed hold' }),
    most_bytes: count.optional(),
    line: count.optional(),
    column: count.optional(),
    reference: z.string().optional().meta({ description: 'Of a failure on our side: quote it to the operator' }),
  })
  .meta({ id: 'Problem' })
