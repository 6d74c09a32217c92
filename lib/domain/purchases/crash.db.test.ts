import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { startProcess } from '@/lib/testing/processes'
import { processStripeEvent } from '../stripe-events'
import { buyCredits, getPurchase, reconcilePurchases } from '.'

let world: MoneyIn
const worker = system('test')
const longSeconds = 60

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())

/** Runs a verb in a process that dies at a point, and checks that it did. */
async function dieAt(point: string, concept: string, verb: string, input: unknown): Promise<void> {
  const args = [`lib/domain/${concept}`, verb, JSON.stringify(input)]
  const child = startProcess('lib/testing/run-verb.ts', args, { ...world.env, CRASH_AT: point })
  const { code, stderr } = await child.exit
  expect({ code, stderr }, `dies at ${point}`).toEqual({ code: null, stderr: '' })
  expect(child.messages).toEqual([])
}

async function aPaidPage() {
  const { accountId } = await anAccount()
  const bought = await buyCredits(worker, { accountId, amount: '10.00', saveCard: true })
  await world.pay(bought.checkoutUrl)
  return { accountId, ...bought }
}

async function expectCreditedOnce(accountId: string): Promise<void> {
  const credited = await query('select amount from transfers where account_id = $1 and kind = $2', [
    accountId,
    'purchase',
  ])
  expect(credited).toEqual([{ amount: 10_000_000_000n }])
  await expectMoneyToAgree(world)
}

test.each([
  'purchase:after-intent',
  'customer:after-create',
  'purchase:after-checkout',
  'purchase:after-session-stored',
])(
  'buying survives kill -9 at %s: the reconcile finds the page, and it can be paid',
  async (point) => {
    const { accountId } = await anAccount()
    await dieAt(point, 'purchases', 'buyCredits', { accountId, amount: '10.00', saveCard: false })
    await reconcilePurchases(worker)
    const [row] = await query<{ purchase_id: string }>('select purchase_id from purchases where account_id = $1', [
      accountId,
    ])
    const purchase = await getPurchase(worker, { accountId, purchaseId: row!.purchase_id })
    expect(purchase).toMatchObject({ state: 'open', checkoutUrl: expect.stringMatching(/^http/) })
    await world.pay(purchase.checkoutUrl!)
    await reconcilePurchases(worker)
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)

test.each(['settle:after-read', 'settle:before-commit', 'settle:after-commit'])(
  'settling survives kill -9 at %s',
  async (point) => {
    const { accountId, purchaseId } = await aPaidPage()
    await dieAt(point, 'purchases', 'settlePurchase', { accountId, purchaseId })
    await reconcilePurchases(worker)
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)

test.each(['webhook:before-commit', 'webhook:after-commit'])(
  'taking in an event survives kill -9 at %s: Stripe sends it again, and it is there once',
  async (point) => {
    const { accountId, checkoutUrl } = await aPaidPage()
    const event = {
      eventId: `evt_${accountId}`,
      type: 'checkout.session.completed',
      livemode: false,
      apiVersion: null,
      objectId: /cs_\w+/.exec(checkoutUrl)![0],
      createdAt: new Date(),
    }
    await dieAt(point, 'stripe-events', 'receiveStripeEvent', event)
    const again = startProcess(
      'lib/testing/run-verb.ts',
      ['lib/domain/stripe-events', 'receiveStripeEvent', JSON.stringify(event)],
      world.env,
    )
    expect((await again.exit).code).toBe(0)
    await world.drainEvents()
    expect(await query('select status from stripe_events where event_id = $1', [event.eventId])).toEqual([
      { status: 'processed' },
    ])
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)

test(
  'processing an event survives kill -9 between its effect and its mark',
  async () => {
    const { accountId, checkoutUrl } = await aPaidPage()
    const eventId = `evt_${accountId}`
    await query(
      `insert into stripe_events (event_id, type, livemode, object_id, status, received_at)
       values ($1, 'checkout.session.completed', false, $2, 'received', now())`,
      [eventId, /cs_\w+/.exec(checkoutUrl)![0]],
    )
    await dieAt('event:after-effect', 'stripe-events', 'processStripeEvent', { eventId })
    expect(await query('select status from stripe_events where event_id = $1', [eventId])).toEqual([
      { status: 'received' },
    ])
    await processStripeEvent(worker, { eventId })
    expect(await query('select status from stripe_events where event_id = $1', [eventId])).toEqual([
      { status: 'processed' },
    ])
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)
