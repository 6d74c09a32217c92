import type Stripe from 'stripe'
import { newId } from '../state/ids'
import type { World } from '../state/world'

export interface BalanceChange {
  type: 'refund' | 'refund_failure' | 'adjustment'
  reportingCategory: 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal'
  /** Cents; negative when money leaves the balance. */
  amount: number
  /** What Stripe keeps for its work, in cents. */
  fee?: { amount: number; description: string }
  currency: string
  description: string
  /** The id of the object that moved the money. */
  source: string
}

/** Writes down that money came to or left the account's balance after the charge itself. Available at once. */
export function changeBalance(world: World, change: BalanceChange): Stripe.BalanceTransaction {
  const now = world.clock.now()
  const { amount, currency, fee } = change
  const transaction: Stripe.BalanceTransaction = {
    id: newId.balanceTransaction(),
    object: 'balance_transaction',
    amount,
    available_on: now,
    balance_type: 'payments',
    created: now,
    currency,
    description: change.description,
    exchange_rate: null,
    fee: fee?.amount ?? 0,
    fee_details: fee ? [{ ...fee, application: null, currency, type: 'stripe_fee' }] : [],
    net: amount - (fee?.amount ?? 0),
    reporting_category: change.reportingCategory,
    source: change.source,
    status: 'available',
    type: change.type,
  }
  return world.store.put('balanceTransactions', transaction.id, transaction)
}
