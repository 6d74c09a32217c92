/** The only SQL of fraud warnings. */
import { query } from '@/lib/edges/db'
import type { FraudWarningFacts } from '@/lib/edges/stripe'

export interface FraudWarning {
  purchaseId: string
  fraudType: string
  isActionable: boolean
  warnedAt: Date
  amountCents: bigint
  currency: string
  paidAt: Date
}

/** Writes a warning under the purchase that its payment paid, if there is one. What was asked for earlier changes nothing. */
export async function saveFraudWarning(warning: FraudWarningFacts, askedAt: Date): Promise<void> {
  await query(
    `insert into fraud_warnings as w (account_id, stripe_warning_id, purchase_id, fraud_type, is_actionable, warned_at, updated_at)
     select account_id, $2, purchase_id, $3, $4, $5, $6 from purchases where payment_intent_id = $1
     on conflict (account_id, stripe_warning_id) do update set
       fraud_type = excluded.fraud_type, is_actionable = excluded.is_actionable, updated_at = excluded.updated_at
      where w.updated_at <= excluded.updated_at`,
    [
      warning.paymentIntentId,
      warning.stripeWarningId,
      warning.fraudType,
      warning.isActionable,
      warning.createdAt,
      askedAt,
    ],
  )
}

/** Newest first. */
export const readFraudWarnings = (accountId: string): Promise<FraudWarning[]> =>
  query<FraudWarning>(
    `select w.purchase_id as "purchaseId", w.fraud_type as "fraudType", w.is_actionable as "isActionable", w.warned_at as "warnedAt",
            p.total_cents as "amountCents", p.currency, p.paid_at as "paidAt"
       from fraud_warnings w join purchases p using (account_id, purchase_id)
      where account_id = $1 order by w.warned_at desc, w.stripe_warning_id`,
    [accountId],
  )
