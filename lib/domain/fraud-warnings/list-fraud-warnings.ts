import type { Actor } from '@/lib/core/actor'
import { cents, formatMoney } from '@/lib/core/money'
import { requireOperator } from '../members'
import { readFraudWarnings } from './store'

/** A warning as staff sees it. Amounts are decimal strings, instants ISO strings. */
export interface FraudWarningDto {
  purchaseId: string
  /** Stripe's own word, such as `made_with_stolen_card`. */
  fraudType: string
  /** Nobody has disputed the payment or refunded all of it yet: a refund may still keep the dispute away. */
  isActionable: boolean
  warnedAt: string
  /** What was paid, tax included. */
  amount: string
  paidAt: string | null
}

/** The account's fraud warnings, newest first. Stripe is not asked. @throws Refusal `not_found` for everybody who is no operator */
export async function listFraudWarnings(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<FraudWarningDto[]> {
  await requireOperator(actor, 'operator:read')
  const warnings = await readFraudWarnings(accountId)
  return warnings.map(({ purchaseId, fraudType, isActionable, warnedAt, amountCents, currency, paidAt }) => ({
    purchaseId,
    fraudType,
    isActionable,
    warnedAt: warnedAt.toISOString(),
    amount: formatMoney(cents(amountCents, currency)),
    paidAt: paidAt?.toISOString() ?? null,
  }))
}
