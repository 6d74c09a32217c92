import { isNegative, type Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { type ChargeableCard, defaultPaymentMethod } from '../payment-methods'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import { hasTakenBackDebt } from '../refunds'
import { readSwitches } from '../switches'
import { cardOf, type TopUpFacts } from './rules'
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
  const { billingEmail, isSuspended, hasOpenDispute, hasAskingInvoice, ...rows } = await readAccountFacts(tx, {
    accountId,
    month,
    at,
    card: card && cardOf(card),
  })
  const facts: TopUpFacts = {
    ...rows,
    ...(await readStops(tx)),
    at,
    available,
    capHeadroom,
    hasOpenAttempt,
    hasPaymentMethod: card !== null,
    isAccountSuspended: isSuspended,
    isDebtInvoiced: isNegative(available) && hasAskingInvoice,
    hasRefundOrDispute: hasOpenDispute || (isNegative(available) && (await hasTakenBackDebt(tx, accountId))),
    smallestPurchase,
    largestPurchase: largestPurchase(env().LARGEST_PURCHASE_USD),
  }
  return { facts, card, billingEmail }
}

/** What keeps every account from being charged: switches in the database and in the environment. */
export async function readStops(
  tx: Tx,
): Promise<Pick<TopUpFacts, 'isStoppedByOperator' | 'isBreakerTripped' | 'isDryRun'>> {
  const switches = await readSwitches(tx)
  const { AUTO_TOP_UP_OFF, AUTO_TOP_UP_DRY_RUN } = env()
  return {
    isStoppedByOperator: AUTO_TOP_UP_OFF === '1' || switches.auto_top_up_off.isOn,
    isBreakerTripped: switches.auto_top_up_breaker.isOn,
    isDryRun: AUTO_TOP_UP_DRY_RUN === '1' || switches.auto_top_up_dry_run.isOn,
  }
}
