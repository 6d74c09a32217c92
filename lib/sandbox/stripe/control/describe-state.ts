import type Stripe from 'stripe'
import type { ServerParts } from '../http/server-parts'
import { readSettings } from '../state/clock'
import type { World } from '../state/world'
import { moneyByCustomer } from './money-by-customer'

const counted = [
  'customers',
  'checkoutSessions',
  'paymentIntents',
  'setupIntents',
  'paymentMethods',
  'charges',
  'refunds',
  'disputes',
  'balanceTransactions',
  'invoices',
  'creditNotes',
  'events',
  'webhookEndpoints',
] as const

/** Figures to compare books with: what exists, and what each customer paid, got back and took back. */
export function describeState({ world, faults }: ServerParts) {
  const { store, clock } = world
  const chargedCents: Record<string, number> = {}
  let totalChargedCents = 0
  for (const charge of store.oldestFirst('charges')) {
    if (charge.status !== 'succeeded') continue
    const customer = (charge.customer as string | null) ?? 'none'
    chargedCents[customer] = (chargedCents[customer] ?? 0) + charge.amount_captured
    totalChargedCents += charge.amount_captured
  }
  const deliveries: Record<string, number> = {}
  for (const { state } of store.oldestFirst('deliveries')) deliveries[state] = (deliveries[state] ?? 0) + 1
  return {
    clock: { now: clock.now(), offset_seconds: readSettings(store).clockOffsetSeconds },
    counts: Object.fromEntries(counted.map((name) => [name, store.count(name)])),
    charged_cents_by_customer: chargedCents,
    total_charged_cents: totalChargedCents,
    money_cents_by_customer: moneyByCustomer(world),
    balance_cents: balanceCents(world),
    deliveries,
    delivery_mode: readSettings(store).deliveries.mode,
    delivery_settings: readSettings(store).deliveries,
    faults: faults.list(),
  }
}

/** What all balance transactions come to, in cents. Charges count once they have settled. */
function balanceCents(world: World) {
  const transactions = world.store.oldestFirst('balanceTransactions')
  const sumOf = (pick: (transaction: Stripe.BalanceTransaction) => number) =>
    transactions.reduce((total, transaction) => total + pick(transaction), 0)
  return { gross: sumOf(({ amount }) => amount), fees: sumOf(({ fee }) => fee), net: sumOf(({ net }) => net) }
}
