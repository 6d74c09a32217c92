import { isUnderOneCent, type Money } from '@/lib/core/money'
import { pool } from '@/lib/edges/db'
import { readSandbox, readSandboxCustomer, type SandboxCustomer, type SandboxState } from '@/lib/edges/stripe-sandbox'
import { readTopUpState } from '../auto-top-up'
import { type Balance, readBalance } from '../ledger'
import { type ChargeableCard, defaultPaymentMethod } from '../payment-methods'
import type { LabFacts } from './rules'
import { type LabPurchase, readLabPurchases, readMoneyKept } from './store'

/** One account and its customer at the sandbox, at one moment. */
export interface LabWorld {
  sandbox: SandboxState
  customer: SandboxCustomer | null
  purchases: LabPurchase[]
  /** What our books say Stripe has of this customer. */
  kept: Money
  card: ChargeableCard | null
  balance: Balance
  facts: LabFacts
}

const shownPurchases = 20

/** @throws Refusal `not_found` without a sandbox, `payment_provider_unavailable` when it does not answer. */
export async function readLabWorld(accountId: string, at: Date): Promise<LabWorld> {
  const [sandbox, { customerId, kept }, purchases, card, balance, topUp] = await Promise.all([
    readSandbox(),
    readMoneyKept(accountId),
    readLabPurchases(accountId, at, shownPurchases),
    defaultPaymentMethod(pool(), accountId),
    readBalance(pool(), accountId),
    readTopUpState(pool(), accountId, at),
  ])
  const customer = customerId === null ? null : await readSandboxCustomer(customerId)
  const left = leftToReturn(customer)
  const facts: LabFacts = {
    hasSavedCard: card !== null,
    isAutoTopUpOn: topUp !== 'off',
    hasDebitUnderWay: debitUnderWay(customer) !== undefined,
    canRefund: left > 0,
    canRefundHalf: left > 1,
    canFailRefund: refundThatMayFail(customer) !== undefined,
    canDispute: disputable(customer) !== undefined,
    disputeStatus: customer?.disputes[0]?.status ?? null,
    heldEvents: customer?.deliveries.held ?? 0,
    hasEvent: (customer?.events.length ?? 0) > 0,
    hasCredit: !isUnderOneCent(balance.available),
  }
  return { sandbox, customer, purchases, kept, card, balance, facts }
}

export const debitUnderWay = (customer: SandboxCustomer | null) =>
  customer?.payments.find(({ status }) => status === 'processing')

/** The newest payment of which something can be returned; a disputed one is with the bank. */
export const refundable = (customer: SandboxCustomer | null) =>
  customer?.payments.find(
    ({ status, amount, refunded, disputed }) => status === 'succeeded' && refunded < amount && !disputed,
  )

const leftToReturn = (customer: SandboxCustomer | null): number => {
  const payment = refundable(customer)
  return payment ? payment.amount - payment.refunded : 0
}

export const refundThatMayFail = (customer: SandboxCustomer | null) =>
  customer?.refunds.find(({ status }) => ['pending', 'requires_action', 'succeeded'].includes(status))

export const disputable = (customer: SandboxCustomer | null) =>
  customer?.payments.find(({ status, amount, disputed }) => status === 'succeeded' && amount > 0 && !disputed)
