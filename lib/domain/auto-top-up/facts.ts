import type { Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { type ChargeableCard, defaultPaymentMethod } from '../payment-methods'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import type { TopUpFacts } from './rules'
import { readAccountFacts } from './store'

/** What the caller knows of this moment: from rows that it has locked, or from a plain read. */
export interface Moment {
  at: Date
  available: Money
  /** The billing month that a charge would count in. */
  month: string
  capHeadroom: Money | null
}

export interface GatheredFacts {
  facts: TopUpFacts
  card: ChargeableCard | null
  billingEmail: string
}

/** Everything that a decision about the account is made of. */
export async function gatherFacts(
  tx: Tx,
  accountId: string,
  { at, available, month, capHeadroom }: Moment,
  { hasOpenAttempt }: { hasOpenAttempt: boolean },
): Promise<GatheredFacts> {
  const card = await defaultPaymentMethod(tx, accountId)
  const stripePaymentMethodId = card?.stripePaymentMethodId ?? null
  const { billingEmail, isSuspended, ...rows } = await readAccountFacts(tx, {
    accountId,
    month,
    at,
    stripePaymentMethodId,
  })
  const { AUTO_TOP_UP_OFF, LARGEST_PURCHASE_USD } = env()
  const facts: TopUpFacts = {
    ...rows,
    at,
    available,
    capHeadroom,
    hasOpenAttempt,
    hasPaymentMethod: card !== null,
    isAccountSuspended: isSuspended,
    isStoppedByOperator: AUTO_TOP_UP_OFF === '1',
    smallestPurchase,
    largestPurchase: largestPurchase(LARGEST_PURCHASE_USD),
  }
  return { facts, card, billingEmail }
}
