import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { pool, query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { buyCredits, settlePurchase } from '../purchases'
import {
  defaultPaymentMethod,
  hasPaymentMethod,
  listPaymentMethods,
  removePaymentMethod,
  setDefaultPaymentMethod,
  settlePaymentMethod,
  startAddingPaymentMethod,
} from '.'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
})
afterAll(() => world.close())
beforeEach(() => world.heal())

async function aCustomer() {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  return { accountId, actor }
}

async function addCard(actor: Actor, accountId: string, number = '4242424242424242'): Promise<string> {
  const { url } = await startAddingPaymentMethod(actor, { accountId })
  await world.pay(url, number)
  const sessionId = sessionOf(url)
  expect(await settlePaymentMethod(actor, { accountId, sessionId })).toEqual({ isAdded: true })
  return sessionId
}

const cards = async (actor: Actor, accountId: string) =>
  (await listPaymentMethods(actor, { accountId })).map(
    ({ last4, isDefault }) => `${last4}${isDefault ? ' default' : ''}`,
  )

test('a card is added once, by the return page and by every event, and the first one is the default', async () => {
  const { accountId, actor } = await aCustomer()
  const { url } = await startAddingPaymentMethod(actor, { accountId })
  const sessionId = sessionOf(url)
  expect(await settlePaymentMethod(actor, { accountId, sessionId })).toEqual({ isAdded: false })
  expect(await hasPaymentMethod(pool(), accountId)).toBe(false)
  await world.pay(url)
  await Promise.all([
    settlePaymentMethod(actor, { accountId, sessionId }),
    settlePaymentMethod(actor, { accountId, sessionId }),
    world.drainEvents(),
  ])
  await addCard(actor, accountId, '5555555555554444')
  await world.drainEvents()
  expect(await cards(actor, accountId)).toEqual(['4242 default', '4444'])
  expect(await defaultPaymentMethod(pool(), accountId)).toMatchObject({ last4: '4242', brand: 'visa' })
  const audited = await query('select action from audit_entries where account_id = $1', [accountId])
  expect(audited.filter(({ action }) => action === 'payment_method.added').length).toBe(2)
})

test('the same card saved again takes the place of its former self', async () => {
  const { accountId, actor } = await aCustomer()
  await addCard(actor, accountId)
  await addCard(actor, accountId, '5555555555554444')
  await addCard(actor, accountId)
  await world.drainEvents()
  expect(await cards(actor, accountId)).toEqual(['4242 default', '4444'])
})

test('the default can be changed, and a removed default passes to the newest of the others', async () => {
  const { accountId, actor } = await aCustomer()
  await addCard(actor, accountId)
  await addCard(actor, accountId, '5555555555554444')
  const [, other] = await listPaymentMethods(actor, { accountId })
  await setDefaultPaymentMethod(actor, { accountId, paymentMethodId: other!.paymentMethodId })
  expect(await cards(actor, accountId)).toEqual(['4444 default', '4242'])
  await removePaymentMethod(actor, { accountId, paymentMethodId: other!.paymentMethodId })
  expect(await cards(actor, accountId)).toEqual(['4242 default'])
  await world.drainEvents()
  expect(await cards(actor, accountId)).toEqual(['4242 default'])
})

test('removing a card while Stripe is away changes nothing, and works afterwards', async () => {
  const { accountId, actor } = await aCustomer()
  const sessionId = await addCard(actor, accountId)
  const [card] = await listPaymentMethods(actor, { accountId })
  const choice = { accountId, paymentMethodId: card!.paymentMethodId }
  for (const fault of ['down', 'reset_after', 'http_409']) {
    await world.fail(fault, { path_prefix: '/v1/payment_methods' })
    await expect(removePaymentMethod(actor, choice)).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
    await world.heal()
  }
  expect(await cards(actor, accountId)).toEqual(['4242 default'])
  expect(await removePaymentMethod(actor, choice)).toEqual([])
  // Old news about it does not bring it back.
  await settlePaymentMethod(actor, { accountId, sessionId })
  expect(await cards(actor, accountId)).toEqual([])
})

test('a card detached at Stripe, or whose customer was deleted there, is gone here too', async () => {
  const { accountId, actor } = await aCustomer()
  await addCard(actor, accountId)
  await addCard(actor, accountId, '5555555555554444')
  const { stripePaymentMethodId, customerId } = (await defaultPaymentMethod(pool(), accountId))!
  await atStripe('POST', `/v1/payment_methods/${stripePaymentMethodId}/detach`)
  await world.drainEvents()
  expect(await cards(actor, accountId)).toEqual(['4444 default'])
  await atStripe('DELETE', `/v1/customers/${customerId}`)
  await world.drainEvents()
  expect(await cards(actor, accountId)).toEqual([])
  await addCard(actor, accountId)
  expect(await cards(actor, accountId)).toEqual(['4242 default'])
})

test('a card is saved with a purchase only when its owner agreed', async () => {
  for (const saveCard of [false, true]) {
    const { accountId, actor } = await aCustomer()
    const { purchaseId, checkoutUrl } = await buyCredits(actor, { accountId, amount: '10.00', saveCard })
    await world.pay(checkoutUrl)
    await settlePurchase(actor, { accountId, purchaseId })
    expect(await cards(actor, accountId)).toEqual(saveCard ? ['4242 default'] : [])
  }
})

test('a page of another account, or of nobody, is not found', async () => {
  const [one, other] = [await aCustomer(), await aCustomer()]
  const sessionId = await addCard(one.actor, one.accountId)
  const notFound = { code: 'not_found' }
  for (const foreign of [sessionId, 'cs_test_nothing', '', 'pi_1', '../customers']) {
    await expect(
      settlePaymentMethod(other.actor, { accountId: other.accountId, sessionId: foreign }),
    ).rejects.toMatchObject(notFound)
  }
  const [card] = await listPaymentMethods(one.actor, one)
  const choice = { accountId: other.accountId, paymentMethodId: card!.paymentMethodId }
  await expect(removePaymentMethod(other.actor, choice)).rejects.toMatchObject(notFound)
  await expect(setDefaultPaymentMethod(other.actor, choice)).rejects.toMatchObject(notFound)
  await expect(listPaymentMethods(other.actor, one)).rejects.toMatchObject(notFound)
  await expect(startAddingPaymentMethod(other.actor, one)).rejects.toMatchObject(notFound)
  await expect(settlePurchase(other.actor, { accountId: other.accountId, purchaseId: newId() })).rejects.toMatchObject(
    notFound,
  )
  await expect(listPaymentMethods(system('test'), one)).resolves.toMatchObject([{ last4: '4242' }])
})

const atStripe = (method: string, path: string) =>
  fetch(`${world.sandboxUrl}${path}`, { method, headers: { authorization: 'Bearer sk_test_moneyin' } })
