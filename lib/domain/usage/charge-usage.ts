import { add, isPositive, type Money, zero } from '@/lib/core/money'
import { dayKeyAt } from '@/lib/core/time'
import type { Tx } from '@/lib/edges/db'
import { considerAutoTopUp } from '../auto-top-up'
import { type BudgetState, recordSpend } from '../budgets'
import { type AccountBook, saveBook } from '../ledger'
import type { Tokens } from '../prices/rules'
import { insertUsage } from './store'

/** One billable request that is to be charged now. */
export interface Charge extends Tokens {
  eventId: string
  requestHash: Buffer
  model: string
  amount: Money
  beyond: Money
  holdId: string | null
  occurredAt: Date
}

/**
 * Charges usage in the caller's transaction, with the account's book open: the transfers (one for each cause), the grants
 * burnt, the events, the day's rollup, the month's spend, and the auto top-up that may follow from it all.
 */
export async function chargeUsage(
  tx: Tx,
  {
    account: { book, budget, at },
    charges,
    causeOf,
  }: {
    account: { book: AccountBook; budget: BudgetState; at: Date }
    charges: Charge[]
    causeOf: (charge: Charge) => string
  },
): Promise<void> {
  const totals = new Map<string, Money>()
  for (const charge of charges) {
    const cause = causeOf(charge)
    totals.set(cause, add(totals.get(cause) ?? zero(charge.amount.currency), charge.amount))
  }
  const seqOf = new Map<string, bigint>()
  for (const [cause, total] of totals) {
    if (isPositive(total)) seqOf.set(cause, book.charge(cause, total, at).transfer.seq)
  }
  const spent = [...totals.values()].reduce(add, zero(book.balance.currency))
  const events = charges.map((charge) => ({
    ...charge,
    transferSeq: isPositive(charge.amount) ? (seqOf.get(causeOf(charge)) ?? null) : null,
  }))
  const day = dayKeyAt(at, budget.timeZone)
  // Sent together, in this order.
  await Promise.all([
    saveBook(tx, book),
    insertUsage(tx, { accountId: book.accountId, currency: book.balance.currency, day, recordedAt: at, events }),
    ...(isPositive(spent)
      ? [
          recordSpend(tx, budget, spent, at),
          considerAutoTopUp(tx, { accountId: book.accountId, available: book.available }),
        ]
      : []),
  ])
}
