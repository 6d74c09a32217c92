import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { makeOperator } from '@/lib/domain/members'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { aPurchase, atStripe, openDispute, refundInDashboard, takenBack } from '@/lib/testing/take-backs'
import { listAccountsForOperator } from '../accounts'
import { getAccountStory } from '../operator'
import { refundPurchase } from '../refunds'
import { sweepStripeEvents } from '../stripe-events'
import { syncFraudWarning } from '.'

let world: MoneyIn
let operator: Actor
const tester = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
  const { userId } = await anAccount()
  await makeOperator(tester, { userId, role: 'admin' })
  operator = { kind: 'user', userId }
}, 120_000)
afterAll(() => world.close())
beforeEach(() => world.control('POST', '/deliveries', { mode: 'auto' }))
afterEach(async () => {
  await expectBooksToAgree()
  await expectStripeAndLedgerToAgree(world)
})

const warn = (paymentIntentId: string): Promise<{ id: string }> =>
  world.control('POST', '/fraud_warnings', { payment_intent: paymentIntentId })

/** What staff reads: in the list, and on the account's page. */
async function shownOf(accountId: string) {
  const [listed] = (await listAccountsForOperator(operator, { search: accountId })).accounts
  const { fraudWarnings } = await getAccountStory(operator, { accountId })
  return {
    attention: listed!.attention.map(({ code }) => code),
    isActionable: fraudWarnings.map((w) => w.isActionable),
  }
}

test('a reported payment is shown to staff alone, moves no credit, and is over when it is refunded in full', async () => {
  const bought = await aPurchase(world, { amount: '10.00' })
  await warn(bought.paymentIntentId)
  await world.drainEvents()
  expect(await shownOf(bought.accountId)).toEqual({ attention: ['fraud_warning'], isActionable: [true] })
  const { fraudWarnings } = await getAccountStory(operator, bought)
  expect(fraudWarnings).toMatchObject([
    { purchaseId: bought.purchaseId, amount: '10.00', fraudType: 'made_with_stolen_card', paidAt: expect.any(String) },
  ])
  expect((await takenBack(bought.accountId)).balance).toBe('11')

  await refundPurchase(operator, {
    ...bought,
    amount: '10.00',
    isBeyondUnused: true,
    reason: 'Reported as fraud',
  })
  await world.drainEvents()
  expect(await shownOf(bought.accountId)).toEqual({ attention: [], isActionable: [false] })
  expect((await takenBack(bought.accountId)).balance).toBe('1')
})

test('the test card for it is bought with, and the dispute that follows takes its place', async () => {
  const bought = await aPurchase(world, { cardNumber: '4000000000005423' })
  await world.control('POST', '/clock', { advance_seconds: 60 })
  await expect
    .poll(
      async () => {
        await world.drainEvents()
        return (await shownOf(bought.accountId)).attention
      },
      { timeout: 20_000 },
    )
    .toEqual(['fraud_warning'])
  await openDispute(world, bought.paymentIntentId)
  await world.drainEvents()
  expect(await shownOf(bought.accountId)).toEqual({ attention: ['dispute'], isActionable: [false] })
})

test('news that was lost, repeated or came first ends the same', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const bought = await aPurchase(world)
  const { id } = await warn(bought.paymentIntentId)
  await refundInDashboard(world, bought.paymentIntentId, 400)
  expect(await shownOf(bought.accountId)).toEqual({ attention: [], isActionable: [] })
  await world.control('POST', '/clock', { advance_seconds: 120 })
  await sweepStripeEvents(tester)
  await world.drainEvents()
  expect(await shownOf(bought.accountId)).toEqual({ attention: ['fraud_warning'], isActionable: [true] })

  await refundInDashboard(world, bought.paymentIntentId, 600)
  const news = () => syncFraudWarning(tester, { stripeWarningId: id })
  expect(await Promise.all([news(), news(), news()])).toEqual(['followed', 'followed', 'followed'])
  expect(await shownOf(bought.accountId)).toEqual({ attention: [], isActionable: [false] })
})

test('payments that are not ours, and warnings that Stripe does not have, change nothing', async () => {
  const foreign = await atStripe<{ id: string }>(world, '/payment_intents', {
    amount: '900',
    currency: 'usd',
    confirm: 'true',
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com',
  })
  const { id } = await warn(foreign.id)
  expect(await syncFraudWarning(tester, { stripeWarningId: id })).toBe('foreign')
  expect(await syncFraudWarning(tester, { stripeWarningId: 'issfr_nothing' })).toBe('missing')
  await atStripe(world, '/refunds', { payment_intent: foreign.id })
})
