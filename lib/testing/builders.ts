/** Accounts for tests, made through the product's own verbs and steps. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { expect } from 'vitest'
import { system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { add, isPositive, type Money, parseMoney, subtract, zero } from '@/lib/core/money'
import { signUp } from '@/lib/domain/accounts'
import { checkBooks } from '@/lib/domain/books'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { savePaymentMethod } from '@/lib/domain/payment-methods'
import { publishPrices } from '@/lib/domain/prices'
import { openPurchase, type PaidFacts, settlePurchaseIn } from '@/lib/domain/purchases'
import type { PageTerms } from '@/lib/domain/purchases/rules'
import { inTransaction, query } from '@/lib/edges/db'

export const tester = system('test')

// Purchases carry the mode of the key; no test of these asks Stripe.
process.env.STRIPE_SECRET_KEY ??= 'sk_test_unused'

/** The price list that ships with the project, in force since long ago. */
export async function publishTestPrices(): Promise<void> {
  const csv = readFileSync(path.join(import.meta.dirname, '../../data/prices.csv'), 'utf8')
  await publishPrices(tester, { csv, effectiveFrom: new Date('2020-01-01T00:00:00Z') })
}

/**
 * A purchase that Stripe reported as paid, with what a promotion code took off and tax put on, settled by the step that
 * every door uses; without a Stripe to ask.
 */
export async function aPaidPurchase(
  accountId: string,
  amount: Money,
  parts: { discount?: Money; tax?: Money } = {},
): Promise<{ purchaseId: string }> {
  const pageTerms: PageTerms = { promotionCodes: true, tax: true, invoice: false, methods: ['card'] }
  const { purchaseId } = await inTransaction((tx) =>
    openPurchase(tx, { accountId, origin: 'checkout', amount, pageTerms, at: new Date() }),
  )
  await settleAgain(accountId, purchaseId, amount, parts)
  return { purchaseId }
}

/** The same payment learned of (again). */
export async function settleAgain(
  accountId: string,
  purchaseId: string,
  amount: Money,
  { discount = zero(), tax = zero() }: { discount?: Money; tax?: Money } = {},
): Promise<void> {
  const [account] = await query<{ stripe_customer_id: string | null }>(
    'select stripe_customer_id from accounts where account_id = $1',
    [accountId],
  )
  const total = add(subtract(amount, discount), tax)
  const paid: PaidFacts = {
    accountId,
    purchaseId,
    customerId: account?.stripe_customer_id ?? null,
    livemode: false,
    subtotal: amount,
    discount,
    tax,
    total,
    received: total,
    sessionId: null,
    paymentIntentId: isPositive(total) ? `pi_${purchaseId}` : null,
    charge: null,
    promotionCode: isPositive(discount) ? 'WELCOME' : null,
    invoice: null,
    savedCard: null,
  }
  await inTransaction((tx) => settlePurchaseIn(tx, { accountId, purchaseId, paid, at: new Date() }))
}

/** A card on file, as Stripe would have told of it. */
async function aPaymentMethod(accountId: string): Promise<void> {
  const customerId = `cus_${newId()}`
  await query('update accounts set stripe_customer_id = $2 where account_id = $1', [accountId, customerId])
  const card = {
    stripePaymentMethodId: `pm_${newId()}`,
    customerId,
    brand: 'visa',
    last4: '4242',
    expMonth: 12,
    expYear: 2040,
    fingerprint: newId(),
  }
  await inTransaction((tx) => savePaymentMethod(tx, { accountId, actor: tester, card, at: new Date() }))
}

/**
 * An account with the $1 signup credit, and what is asked for besides: bought credit, a saved card, a monthly cap. It may begin
 * as many requests and use as many tokens a minute as a test likes, unless the usual rate is asked for. Its user is the owner.
 */
export async function anAccount(
  wanted: { bought?: string; hasPaymentMethod?: boolean; cap?: string; hasUsualRate?: boolean } = {},
): Promise<{ accountId: string; userId: string; email: string }> {
  const email = `${randomUUID()}@example.com`
  const { accountId, userId } = await signUp(tester, { email, name: 'Ada' })
  if (!wanted.hasUsualRate) {
    await query(
      `update accounts set requests_per_minute = 1000000, prompt_tokens_per_minute = 1000000000000,
              uncached_tokens_per_minute = 1000000000000, generated_tokens_per_minute = 1000000000000
        where account_id = $1`,
      [accountId],
    )
  }
  if (wanted.bought) await aPaidPurchase(accountId, parseMoney(wanted.bought))
  if (wanted.hasPaymentMethod) await aPaymentMethod(accountId)
  if (wanted.cap) await setMonthlyCap(tester, { accountId, limit: wanted.cap, warnAtPercent: [80] })
  return { accountId, userId, email }
}

/** Runs every invariant and expects no violation. Call it after every test that moved money. */
export async function expectBooksToAgree(url = process.env.DATABASE_URL): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results = await checkBooks(client)
    const broken = results.flatMap(({ invariant, first }) => first.map(({ detail }) => `${invariant.id}: ${detail}`))
    expect(broken).toEqual([])
  } finally {
    await client.end()
  }
}
