import { cents, displayMoney } from '@/lib/core/money'
import { failRefund, finishDebit, moveDispute, openDispute, refundInDashboard } from '@/lib/edges/stripe-sandbox'
import { debitUnderWay, disputable, refundable, refundThatMayFail } from './lab-world'
import { type DisputeMove, type Play, statusesAfter, unknownStatus } from './rules'
import type { Stage } from './stage'

type BankPlay = Extract<Play, { kind: 'debit' | 'refund' | 'refund_fails' | 'dispute' }>

/** What banks, cardholders and the merchant at Stripe's dashboard do to a payment that was made. */
export async function playBank({ world }: Stage, play: BankPlay): Promise<string> {
  const { customer } = world
  switch (play.kind) {
    case 'debit': {
      const { id, amount } = debitUnderWay(customer)!
      await finishDebit(id, play.outcome)
      return play.outcome === 'succeeded'
        ? `The bank paid the debit of ${inWords(amount)}.`
        : `The bank sent the debit of ${inWords(amount)} back: nothing was paid.`
    }
    case 'refund': {
      const { id, amount, refunded } = refundable(customer)!
      const left = amount - refunded
      const returned = await refundInDashboard(id, play.part === 'half' ? Math.floor(left / 2) : undefined)
      return `${inWords(returned.amount)} of ${inWords(amount)} was refunded in Stripe’s dashboard.`
    }
    case 'refund_fails': {
      const { id, amount } = refundThatMayFail(customer)!
      await failRefund(id)
      return `The card’s bank did not take the refund of ${inWords(amount)}: the money is with Stripe again.`
    }
    case 'dispute':
      return dispute(customer!, play.move)
  }
}

async function dispute(customer: NonNullable<Stage['world']['customer']>, move: DisputeMove): Promise<string> {
  if (move === 'open' || move === 'inquiry') {
    const { amount } = await openDispute(disputable(customer)!.id, move === 'inquiry')
    return move === 'inquiry'
      ? `The bank asks about ${inWords(amount)}. No money moves.`
      : `The cardholder disputes ${inWords(amount)}, and the bank has taken it from Stripe.`
  }
  const { id, amount, status } = customer.disputes[0]!
  for (const next of statusesAfter(move, status)) await moveDispute(id, next, next === unknownStatus)
  return moveSentences[move](inWords(amount))
}

const moveSentences: Record<Exclude<DisputeMove, 'open' | 'inquiry'>, (amount: string) => string> = {
  won: (amount) => `The dispute of ${amount} is over: the money is ours.`,
  lost: (amount) => `The dispute of ${amount} is lost: the cardholder has the money.`,
  appeal: (amount) => `The loss of ${amount} is appealed; the money stays with the cardholder meanwhile.`,
  won_back: (amount) => `The appeal is won: ${amount} came back.`,
  unknown: (amount) => `The dispute of ${amount} is “${unknownStatus}” now, a status that does not exist yet.`,
}

const inWords = (amountCents: number): string => displayMoney(cents(amountCents))
