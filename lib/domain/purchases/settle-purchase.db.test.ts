import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { listPaymentMethods } from '../payment-methods'
import { listReceipts } from '../receipts'
import { sweepStripeEvents } from '../stripe-events'
import { buyCredits, findMyPurchase, getPurchase, reconcilePurchases, settlePurchase } from '.'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.heal()
  await world.control('POST', '/deliveries', { mode: 'auto' })
})

async function aCustomer() {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  return { accountId, actor }
}

async function aPurchase(amount = '50.00', saveCard = false) {
  const customer = await aCustomer()
  const bought = await buyCredits(customer.actor, { accountId: customer.accountId, amount, saveCard })
  return { ...customer, ...bought }
}

async function balanceOf(accountId: string): Promise<bigint> {
  const [row] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
    accountId,
  ])
  return row!.balance
}

const signupCredit = 1_000_000_000n

test('a payment is credited once, however many learn of it, at once and again', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00', true)
  expect(await balanceOf(accountId)).toBe(signupCredit)
  await world.pay(checkoutUrl, '4242424242424242')
  for (let round = 0; round < 2; round++) {
    await Promise.all([
      world.drainEvents(),
      settlePurchase(actor, { accountId, purchaseId }),
      settlePurchase(actor, { accountId, purchaseId }),
      reconcilePurchases(worker),
      findMyPurchase(actor, { accountId }),
    ])
  }
  expect(await balanceOf(accountId)).toBe(signupCredit + 50_000_000_000n)
  const purchase = await getPurchase(actor, { accountId, purchaseId })
  expect(purchase).toMatchObject({
    state: 'paid',
    amount: '50.00',
    total: '50.00',
    tax: '0.00',
    card: { brand: 'visa', last4: '4242' },
    grant: { amount: '50.00', remaining: '50.00' },
    nextStep: null,
  })
  expect(purchase.receiptUrl).toMatch(/^http/)
  expect(await listReceipts(actor, { accountId })).toEqual([{ ...purchase, refunds: [] }])
  expect(await listPaymentMethods(actor, { accountId })).toMatchObject([{ last4: '4242', isDefault: true }])
  const told = await query('select kind from notifications where account_id = $1', [accountId])
  expect(told).toEqual([{ kind: 'purchase_paid' }])
  await expectMoneyToAgree(world)
})

test('events repeated and in reverse order change nothing more', async () => {
  await world.control('POST', '/deliveries', { mode: 'hold' })
  const { accountId, checkoutUrl } = await aPurchase('10.00')
  await world.pay(checkoutUrl)
  await world.control('POST', '/deliveries/release', { order: 'reverse', repeat: 3 })
  await world.drainEvents()
  await world.drainEvents()
  expect(await balanceOf(accountId)).toBe(signupCredit + 10_000_000_000n)
  const left = await query(`select type, last_error from stripe_events where status in ('received', 'dead')`)
  expect(left).toEqual([])
  await expectMoneyToAgree(world)
})

test('with every event lost for ever, the reconcile credits', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, checkoutUrl } = await aPurchase('10.00')
  await world.pay(checkoutUrl)
  expect(await reconcilePurchases(worker)).toMatchObject({ failed: 0, isComplete: true })
  expect(await balanceOf(accountId)).toBe(signupCredit + 10_000_000_000n)
  await expectMoneyToAgree(world)
})

test('the sweep takes in the events that never arrived', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, checkoutUrl } = await aPurchase('10.00')
  await world.pay(checkoutUrl)
  expect((await sweepStripeEvents(worker)).taken).toBeGreaterThan(0)
  expect((await sweepStripeEvents(worker)).taken).toBe(0)
  await world.drainEvents()
  expect(await balanceOf(accountId)).toBe(signupCredit + 10_000_000_000n)
})

test('"Find my purchase" finds one whose page was never written down', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await query('update purchases set checkout_session_id = null, checkout_url = null where purchase_id = $1', [
    purchaseId,
  ])
  await world.pay(checkoutUrl)
  const { found, checked } = await findMyPurchase(actor, { accountId })
  expect(found).toMatchObject([{ purchaseId, state: 'paid' }])
  expect(checked).toBe(1)
  expect(await findMyPurchase(actor, { accountId })).toEqual({ found: [], checked: 0 })
  await expectMoneyToAgree(world)
})

test('a declined card leaves the page open, and the next card pays it', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await world.pay(checkoutUrl, '4000000000000002').catch(() => {})
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'open',
    nextStep: { href: checkoutUrl },
  })
  expect(await balanceOf(accountId)).toBe(signupCredit)
  await world.pay(checkoutUrl, '5555555555554444')
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid' })
  await world.drainEvents()
  expect(await balanceOf(accountId)).toBe(signupCredit + 10_000_000_000n)
  await expectMoneyToAgree(world)
})

test('a page that expired is not completed, and one paid after we gave it up still credits', async () => {
  const expired = await aPurchase('10.00')
  await expire(sessionOf(expired.checkoutUrl))
  await world.drainEvents()
  expect(await getPurchase(expired.actor, expired)).toMatchObject({ state: 'expired', checkoutUrl: null })

  const late = await aPurchase('10.00')
  await query(`update purchases set state = 'expired' where purchase_id = $1`, [late.purchaseId])
  await world.pay(late.checkoutUrl)
  await world.drainEvents()
  expect(await getPurchase(late.actor, late)).toMatchObject({ state: 'paid' })
  expect(await balanceOf(late.accountId)).toBe(signupCredit + 10_000_000_000n)
  await expectMoneyToAgree(world)
})

const expire = (sessionId: string) =>
  fetch(`${world.sandboxUrl}/v1/checkout/sessions/${sessionId}/expire`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })

test('what was paid but not ordered is put aside, visible and without credit', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await query('update purchases set amount = 20000000000 where purchase_id = $1', [purchaseId])
  await world.pay(checkoutUrl)
  await world.drainEvents()
  await reconcilePurchases(worker)
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'quarantined',
    stateText: 'Under review',
    total: '10.00',
    grant: null,
  })
  expect(await query('select state_reason from purchases where purchase_id = $1', [purchaseId])).toEqual([
    { state_reason: 'amount: $10.00 instead of $20.00' },
  ])
  expect(await balanceOf(accountId)).toBe(signupCredit)
  await expectMoneyToAgree(world)
})
