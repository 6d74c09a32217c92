import * as z from 'zod'

/** Limits of one account. What is not named stays as it is; null: the usual rule. */
export const limitsInput = z.strictObject({
  requestsPerMinute: z.number().nullable().optional(),
  tokens: z.strictObject({ prompt: z.number(), uncached: z.number(), generated: z.number() }).nullable().optional(),
  isUnlimited: z.boolean().optional(),
})
