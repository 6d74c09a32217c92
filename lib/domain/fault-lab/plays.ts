import * as z from 'zod'
import {
  cardBehaviours,
  disputeMoves,
  eventModes,
  faults,
  oddEvents,
  releaseOrders,
  spans,
  usageAmounts,
  waysToPay,
} from './rules'

/** What a press of a button sends. */
export const playInput = z.object({
  play: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('api'), fault: z.enum(faults), until: z.enum(['next', 'healed']) }),
    z.strictObject({ kind: z.literal('events'), mode: z.enum(eventModes) }),
    z.strictObject({ kind: z.literal('release'), order: z.enum(releaseOrders) }),
    z.strictObject({ kind: z.literal('event'), how: z.enum(oddEvents) }),
    z.strictObject({ kind: z.literal('card'), behaviour: z.enum(cardBehaviours) }),
    z.strictObject({ kind: z.literal('auto_top_up') }),
    z.strictObject({ kind: z.literal('pay'), how: z.enum(waysToPay) }),
    z.strictObject({ kind: z.literal('debit'), outcome: z.enum(['succeeded', 'failed']) }),
    z.strictObject({ kind: z.literal('refund'), part: z.enum(['half', 'rest']) }),
    z.strictObject({ kind: z.literal('refund_fails') }),
    z.strictObject({ kind: z.literal('dispute'), move: z.enum(disputeMoves) }),
    z.strictObject({ kind: z.literal('time'), by: z.enum(spans) }),
    z.strictObject({ kind: z.literal('usage'), amount: z.enum(usageAmounts) }),
    z.strictObject({ kind: z.literal('heal') }),
  ]),
})
