import { formatMoney, type Money } from '@/lib/core/money'
import type { Hold, HoldKind, HoldState } from './rules'

export interface HoldDto {
  holdId: string
  accountId: string
  kind: HoldKind
  state: HoldState
  /** What is held; of a lease, what is left of it. */
  amount: string
  currency: string
  model: string | null
  /** The API key that it counts for; null: the account alone. */
  keyId: string | null
  tag: string | null
  createdAt: string
  expiresAt: string
  charged: string | null
  reported: {
    model: string
    inputTokens: number
    cachedInputTokens: number
    outputTokens: number
    /** What the reported usage costs. */
    cost: string
  } | null
}

/** `costOf` prices the reported usage. */
export const holdDto = (hold: Hold, costOf: (hold: Hold) => Money): HoldDto => ({
  holdId: hold.holdId,
  accountId: hold.accountId,
  kind: hold.kind,
  state: hold.state,
  amount: formatMoney(hold.amount),
  currency: hold.amount.currency,
  model: hold.model,
  keyId: hold.keyId,
  tag: hold.tag,
  createdAt: hold.createdAt.toISOString(),
  expiresAt: hold.expiresAt.toISOString(),
  charged: hold.charged && formatMoney(hold.charged),
  reported: hold.reported && {
    model: hold.reported.model,
    inputTokens: Number(hold.reported.inputTokens),
    cachedInputTokens: Number(hold.reported.cachedInputTokens),
    outputTokens: Number(hold.reported.outputTokens),
    cost: formatMoney(costOf(hold)),
  },
})
