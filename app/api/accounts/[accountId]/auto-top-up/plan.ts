import * as z from 'zod'

const amount = z.string().max(40)

/** How credit is to be bought automatically, as the form sends it. The verb checks what the amounts mean. */
export const planInput = z.object({
  isOn: z.boolean(),
  minimum: amount,
  mode: z.enum(['amount', 'target']),
  amount,
  target: amount,
  monthlyLimit: amount.nullable(),
})
