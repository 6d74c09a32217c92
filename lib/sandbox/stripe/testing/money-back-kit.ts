import type Stripe from 'stripe'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { ContractChecker, checkedClient } from './checked-client'
import { control } from './sandbox-kit'

export interface MoneyBackKit {
  sandbox: RunningSandbox
  stripe: Stripe
  /** A customer with a saved card. */
  aPayer(token?: string): Promise<{ customer: string; method: string }>
  /** A paid charge of a new customer, settled unless asked otherwise. */
  aCharge(amount: number, options?: { token?: string; isSettled?: boolean }): Promise<Stripe.Charge>
  /** What the control surface answers; throws on anything but success. */
  steer<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  advance(seconds: number): Promise<void>
  /** Types of the events since this was last asked, oldest first. */
  newEventTypes(): Promise<string[]>
  /** All balance transactions, oldest first. */
  balanceTransactions(): Promise<Stripe.BalanceTransaction[]>
}

/** A kit for each test of the file, given to `take`; no answer of it may break the contract. */
export function withMoneyBackKit(take: (kit: MoneyBackKit) => void): void {
  let checker: ContractChecker
  let kit: MoneyBackKit
  beforeAll(() => {
    checker = new ContractChecker(true)
  }, 60_000)
  beforeEach(async () => {
    kit = await startMoneyBackKit(checker)
    take(kit)
  })
  afterEach(async () => {
    await kit.sandbox.close()
    expect(checker.violations.splice(0)).toEqual([])
  })
}

/** A sandbox of its own with what tests of refunds and disputes need. Every answer is checked against the contract. */
export async function startMoneyBackKit(checker: ContractChecker): Promise<MoneyBackKit> {
  const sandbox = await startSandbox()
  const stripe = checkedClient('sk_test_money_back', sandbox.url, checker)
  const steer: MoneyBackKit['steer'] = (method, path, body) => control(sandbox.url, method, path, body)
  const advance = async (seconds: number) => void (await steer('POST', '/clock', { advance_seconds: seconds }))
  const aPayer = async (token = 'pm_card_visa') => {
    const customer = await stripe.customers.create({ email: 'payer@example.com' })
    const method = await stripe.paymentMethods.attach(token, { customer: customer.id })
    return { customer: customer.id, method: method.id }
  }
  let seen = 0
  return {
    sandbox,
    stripe,
    steer,
    advance,
    aPayer,
    async aCharge(amount, { token, isSettled = true } = {}) {
      const { customer, method } = await aPayer(token)
      const intent = await stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        customer,
        payment_method: method,
        off_session: true,
        confirm: true,
      })
      if (isSettled) await advance(10)
      return stripe.charges.retrieve(intent.latest_charge as string)
    },
    async newEventTypes() {
      const events = await everything(stripe.events.list({ limit: 100 }))
      const types = events.map(({ type }) => type as string)
      const fresh = types.slice(seen)
      seen = types.length
      return fresh
    },
    balanceTransactions: () => everything(stripe.balanceTransactions.list({ limit: 100 })),
  }
}

/** A whole list, oldest first. */
export async function everything<T>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items.reverse()
}

/** The error a call ends with; throws when there is none. */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const result = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (result === null) throw new Error('The call was not refused.')
  return result as Stripe.errors.StripeError
}
