import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { newId } from '../state/ids'
import { noCause, type World } from '../state/world'
import { disputeByTestCard } from './dispute-test-card'
import { warnByTestCard } from './fraud-warnings'

const availableAfterSeconds = 2 * 24 * 3600

/**
 * Writes the balance transaction of a captured charge. Stripe's are 2.9 % + 30 cents of a card, and 0.8 % but at most
 * $5.00 of a bank account.
 */
export function settleCharge(world: World, chargeId: string): void {
  const before = world.store.get('charges', chargeId)
  if (!before?.captured || before.balance_transaction) return
  const created = world.clock.now()
  const amount = before.amount_captured
  const isBank = before.payment_method_details?.type === 'us_bank_account'
  const fee = isBank ? Math.min(500, Math.round((amount * 8) / 1000)) : Math.round((amount * 29) / 1000) + 30
  const transaction: Stripe.BalanceTransaction = {
    id: newId.balanceTransaction(),
    object: 'balance_transaction',
    amount,
    available_on: created + availableAfterSeconds,
    balance_type: 'payments',
    created,
    currency: before.currency,
    description: before.description,
    exchange_rate: null,
    fee,
    fee_details: [
      {
        amount: fee,
        application: null,
        currency: before.currency,
        description: 'Stripe processing fees',
        type: 'stripe_fee',
      },
    ],
    net: amount - fee,
    reporting_category: 'charge',
    source: before.id,
    status: 'pending',
    type: isBank ? 'payment' : 'charge',
  }
  world.store.put('balanceTransactions', transaction.id, transaction)
  const charge = world.store.put('charges', before.id, { ...before, balance_transaction: transaction.id })
  emitEvent(world, noCause, 'charge.updated', charge, before)
  warnByTestCard(world, charge)
  disputeByTestCard(world, charge.id)
}
