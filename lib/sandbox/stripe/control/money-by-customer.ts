import { withdrawnCents } from '../payments/dispute-charge'
import type { World } from '../state/world'

interface CustomerMoney {
  charged: number
  /** Refunds by what became of them; those that wait for the customer count as pending. */
  refunded: { succeeded: number; pending: number; failed: number; canceled: number }
  /** All that disputes ever took, and what of it came back. */
  withdrawn: number
  reinstated: number
}

/** Cents per customer id (`none`: charges of nobody), to compare a ledger with. */
export function moneyByCustomer(world: World): Record<string, CustomerMoney> {
  const money: Record<string, CustomerMoney> = {}
  const ofCharge = (chargeId: string): CustomerMoney => {
    const customer = (world.store.get('charges', chargeId)?.customer as string | null) ?? 'none'
    money[customer] ??= noMoney()
    return money[customer]
  }
  for (const charge of world.store.oldestFirst('charges')) {
    if (charge.status === 'succeeded') ofCharge(charge.id).charged += charge.amount_captured
  }
  for (const refund of world.store.oldestFirst('refunds')) {
    const { refunded } = ofCharge(refund.charge as string)
    const kind = refund.status === 'requires_action' ? 'pending' : (refund.status as keyof CustomerMoney['refunded'])
    refunded[kind] += refund.amount
  }
  for (const dispute of world.store.oldestFirst('disputes')) {
    const taken = dispute.balance_transactions.length > 0 ? dispute.amount : 0
    const of = ofCharge(dispute.charge as string)
    of.withdrawn += taken
    of.reinstated += taken - withdrawnCents(dispute)
  }
  return money
}

/** The same of one customer. */
export const moneyOf = (world: World, customerId: string): CustomerMoney =>
  moneyByCustomer(world)[customerId] ?? noMoney()

function noMoney(): CustomerMoney {
  return { charged: 0, refunded: { succeeded: 0, pending: 0, failed: 0, canceled: 0 }, withdrawn: 0, reinstated: 0 }
}
