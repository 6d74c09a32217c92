import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { startProcess } from '@/lib/testing/processes'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { processStripeEvent } from '../stripe-events'
import { buyCredits, getPurchase, reconcilePurchases, settlePurchase } from '.'

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

async function aPage(saveCard = false) {
  const { accountId } = await anAccount()
  return { accountId, ...(await buyCredits(worker, { accountId, amount: '10.00', saveCard })) }
}

async function aPaidPage() {
  const page = await aPage(true)
  await world.pay(page.checkoutUrl)
  return page
}

const payWith = (page: string, how: object) => world.control('POST', `/checkout/${sessionOf(page)}/pay`, how)

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

test(
  'buying that dies before its row is there leaves nothing behind',
  async () => {
    const { accountId } = await anAccount()
    await dieAt('purchase:before-commit', 'purchases', 'buyCredits', { accountId, amount: '10.00', saveCard: false })
    await reconcilePurchases(worker)
    expect(await query('select 1 from purchases where account_id = $1', [accountId])).toEqual([])
    await expectMoneyToAgree(world)
  },
  longSeconds * 1000,
)

test.each([
  'settle:after-read',
  'settle:between-grants',
  'settle:after-credit',
  'settle:before-commit',
  'settle:after-commit',
])(
  'settling survives kill -9 at %s',
  async (point) => {
    const { accountId, purchaseId } = await aPaidPage()
    await dieAt(point, 'purchases', 'settlePurchase', { accountId, purchaseId })
    await reconcilePurchases(worker)
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)

test.each(['settle:between-grants', 'settle:after-credit', 'settle:before-commit'])(
  'a purchase with a promotion code survives kill -9 at %s: both of its credits are there, or none',
  async (point) => {
    const { accountId, purchaseId, checkoutUrl } = await aPage()
    const code = await aPromotionCode(world, { percent_off: 20 })
    await payWith(checkoutUrl, { card_number: '4242424242424242', promotion_code: code })
    await dieAt(point, 'purchases', 'settlePurchase', { accountId, purchaseId })
    const credited = () =>
      query(`select kind, amount from transfers where account_id = $1 and kind <> 'signup_credit' order by seq`, [
        accountId,
      ])
    expect(await credited()).toEqual([])
    await reconcilePurchases(worker)
    expect(await credited()).toEqual([
      { kind: 'purchase', amount: 8_000_000_000n },
      { kind: 'promotion', amount: 2_000_000_000n },
    ])
    await expectMoneyToAgree(world)
  },
  longSeconds * 1000,
)

test(
  'a bank debit that begins survives kill -9 at settle:before-state-commit',
  async () => {
    const { accountId, purchaseId, checkoutUrl } = await aPage()
    await payWith(checkoutUrl, { bank_account: '000000000009' })
    await dieAt('settle:before-state-commit', 'purchases', 'settlePurchase', { accountId, purchaseId })
    expect(await getPurchase(worker, { accountId, purchaseId })).toMatchObject({ state: 'open', bankAccount: null })
    await reconcilePurchases(worker)
    expect(await getPurchase(worker, { accountId, purchaseId })).toMatchObject({
      state: 'processing',
      bankAccount: { last4: '0009' },
    })
    await expectMoneyToAgree(world)
  },
  longSeconds * 1000,
)

test(
  'papers that are filled in survive kill -9 at settle:before-papers-commit',
  async () => {
    const { accountId, purchaseId } = await aPaidPage()
    await settlePurchase(worker, { accountId, purchaseId })
    await query(
      'update purchases set receipt_url = null, invoice_pdf_url = null, invoice_number = null where purchase_id = $1',
      [purchaseId],
    )
    await dieAt('settle:before-papers-commit', 'purchases', 'settlePurchase', { accountId, purchaseId })
    await reconcilePurchases(worker)
    expect(await getPurchase(worker, { accountId, purchaseId })).toMatchObject({
      receiptUrl: expect.stringMatching(/^http/),
      invoicePdfUrl: expect.stringMatching(/^http/),
    })
    await expectCreditedOnce(accountId)
  },
  longSeconds * 1000,
)

test(
  'canceling survives kill -9 at cancel:after-page-closed: it has ended, and cannot be paid',
  async () => {
    const { accountId, purchaseId, checkoutUrl } = await aPage()
    await dieAt('cancel:after-page-closed', 'purchases', 'cancelPurchase', { accountId, purchaseId })
    await reconcilePurchases(worker)
    expect(await getPurchase(worker, { accountId, purchaseId })).toMatchObject({ state: 'expired' })
    await expect(payWith(checkoutUrl, { card_number: '4242424242424242' })).rejects.toThrow(/expired/)
    await expectMoneyToAgree(world)
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
