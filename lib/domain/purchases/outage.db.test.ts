import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { buyCredits, findMyPurchase, listPurchases, reconcilePurchases, settlePurchase } from '.'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())
beforeEach(() => world.heal())

async function aCustomer() {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  return { accountId, actor }
}

/** Every way in which Stripe, or the road to it, breaks. */
const faults = [
  'down',
  'reset_before',
  'reset_after',
  'truncated_200',
  'http_429',
  'http_409',
  'http_500',
  'http_500_no_retry',
  'html_502',
]
/** Where buying asks Stripe; at the first step, the faults after which nothing is known to be there. */
const steps = [
  ...faults.map((fault) => [fault, '/v1/checkout/sessions']),
  ...['down', 'http_409', 'http_500', 'html_502'].map((fault) => [fault, '/v1/customers']),
]

test.each(steps)(
  'buying while Stripe answers %s at %s is refused clearly; pressing again buys once, and nothing is lost',
  async (fault, path_prefix) => {
    const { accountId, actor } = await aCustomer()
    await world.fail(fault!, { method: 'POST', path_prefix: path_prefix! })
    await expect(buyCredits(actor, { accountId, amount: '10.00', saveCard: false })).rejects.toMatchObject({
      code: 'payment_provider_unavailable',
    })
    // The reconcile meets the same outage and gives nothing up.
    await reconcilePurchases(worker)
    expect(await listPurchases(actor, { accountId })).toMatchObject([{ state: 'open' }])

    await world.heal()
    const { checkoutUrl } = await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
    await world.pay(checkoutUrl)
    expect(await reconcilePurchases(worker)).toMatchObject({ failed: 0, isComplete: true })
    const states = (await listPurchases(actor, { accountId })).map(({ state }) => state)
    expect(states.sort()).toEqual(['open', 'paid'])
    await expectMoneyToAgree(world)
  },
)

test.each(faults)('a payment made before Stripe answered %s is credited once it answers again', async (fault) => {
  const { accountId, actor } = await aCustomer()
  const { purchaseId, checkoutUrl } = await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
  await world.pay(checkoutUrl)
  await world.fail(fault, { method: 'GET', path_prefix: '/v1/checkout/sessions' })
  const unavailable = { code: 'payment_provider_unavailable' }
  await expect(settlePurchase(actor, { accountId, purchaseId })).rejects.toMatchObject(unavailable)
  await expect(findMyPurchase(actor, { accountId })).rejects.toMatchObject(unavailable)
  expect(await reconcilePurchases(worker)).toMatchObject({ isComplete: false })
  expect(await listPurchases(actor, { accountId })).toMatchObject([{ state: 'open' }])

  await world.heal()
  await Promise.all([reconcilePurchases(worker), settlePurchase(actor, { accountId, purchaseId })])
  expect(await listPurchases(actor, { accountId })).toMatchObject([{ state: 'paid' }])
  await expectMoneyToAgree(world)
})

test.each(['truncated_200', 'reset_after'])(
  'a customer made while its answer was lost (%s) is found at once, and buying goes on',
  async (fault) => {
    const { accountId, actor } = await aCustomer()
    const customers = async () =>
      (await world.control<{ counts: { customers: number } }>('GET', '/state')).counts.customers
    const before = await customers()
    await world.fail(fault, { method: 'POST', path_prefix: '/v1/customers' })
    await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
    expect((await customers()) - before).toBe(1)
  },
)

test('a page opened while its answer was lost is found again, and it is the same page', async () => {
  const { accountId, actor } = await aCustomer()
  await world.fail('truncated_200', { method: 'POST', path_prefix: '/v1/checkout/sessions' })
  await expect(buyCredits(actor, { accountId, amount: '10.00', saveCard: false })).rejects.toThrow()
  await world.heal()
  const before = await world.control<{ counts: { checkoutSessions: number } }>('GET', '/state')
  await reconcilePurchases(worker)
  const after = await world.control<{ counts: { checkoutSessions: number } }>('GET', '/state')
  expect(after.counts.checkoutSessions).toBe(before.counts.checkoutSessions)
  const [purchase] = await listPurchases(actor, { accountId })
  await world.pay(purchase!.checkoutUrl!)
  expect((await findMyPurchase(actor, { accountId })).found).toMatchObject([{ purchaseId: purchase!.purchaseId }])
  await expectMoneyToAgree(world)
})

test('the sandbox killed and started again in the middle loses nothing', async () => {
  const { accountId, actor } = await aCustomer()
  const { purchaseId, checkoutUrl } = await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
  await world.restartSandbox()
  await world.pay(checkoutUrl)
  await world.restartSandbox()
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid' })
  await expectMoneyToAgree(world)
})

test('many purchases at once make one customer, and each press is a purchase of its own', async () => {
  const { accountId, actor } = await aCustomer()
  const presses = await Promise.all(
    Array.from({ length: 6 }, () => buyCredits(actor, { accountId, amount: '10.00', saveCard: false })),
  )
  expect(new Set(presses.map(({ purchaseId }) => purchaseId)).size).toBe(6)
  await Promise.all(presses.map(({ checkoutUrl }) => world.pay(checkoutUrl)))
  await reconcilePurchases(worker)
  const credited = await query('select 1 from transfers where account_id = $1 and kind = $2', [accountId, 'purchase'])
  expect(credited.length).toBe(6)
  await expectMoneyToAgree(world)
})

test('a customer deleted at Stripe is replaced once, and buying goes on', async () => {
  const { accountId, actor } = await aCustomer()
  await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
  const [{ stripe_customer_id: former }] = (await query<{ stripe_customer_id: string }>(
    'select stripe_customer_id from accounts where account_id = $1',
    [accountId],
  )) as [{ stripe_customer_id: string }]
  await fetch(`${world.sandboxUrl}/v1/customers/${former}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const again = await Promise.all([
    buyCredits(actor, { accountId, amount: '10.00', saveCard: false }),
    buyCredits(actor, { accountId, amount: '10.00', saveCard: false }),
  ])
  for (const { checkoutUrl } of again) await world.pay(checkoutUrl)
  await reconcilePurchases(worker)
  const paid = (await listPurchases(actor, { accountId })).filter(({ state }) => state === 'paid')
  expect(paid.length).toBe(2)
  await expectMoneyToAgree(world)
})
