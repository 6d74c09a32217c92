import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { dayMs, minuteMs } from '@/lib/core/time'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, expectBooksToAgree } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { passTime } from '@/lib/testing/top-ups'
import { listReceipts } from '../receipts'
import {
  buyCredits,
  cancelPurchase,
  findMyPurchase,
  getPurchase,
  listPurchases,
  reconcilePurchases,
  settlePurchase,
} from '.'

let world: MoneyIn
const worker = system('test')
const bank = { paid: '000123456789', noFunds: '000222222227', silent: '000000000009' }
const california = { line1: '1 Bay Street', city: 'Berkeley', state: 'CA', postal_code: '94704', country: 'US' }

beforeAll(async () => {
  world = await aMoneyIn()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.control('POST', '/deliveries', { mode: 'auto' })
})
afterEach(async () => {
  offer({})
  await world.drainEvents()
})

/** What the operator's pages offer from now on, beside what the demo offers anyway. */
function offer(settings: Record<string, string>): void {
  for (const name of ['CHECKOUT_TAX', 'CHECKOUT_METHODS', 'CHECKOUT_PROMOTION_CODES', 'CHECKOUT_INVOICES']) {
    delete process.env[name]
  }
  Object.assign(process.env, settings)
  resetEnv()
}

async function aPurchase(amount = '50.00', saveCard = false) {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  return { accountId, actor, ...(await buyCredits(actor, { accountId, amount, saveCard })) }
}

const payWith = (page: string, how: object): Promise<{ result: string; message?: string; url?: string }> =>
  world.control('POST', `/checkout/${sessionOf(page)}/pay`, how)
const card = { card_number: '4242424242424242' }

const creditOf = async (accountId: string): Promise<[kind: string, nanos: bigint][]> =>
  (
    await query<{ kind: string; amount: bigint }>(
      `select kind, amount from transfers where account_id = $1 and kind <> 'signup_credit' order by seq`,
      [accountId],
    )
  ).map(({ kind, amount }) => [kind, amount])

const dollars = (cents: number): bigint => BigInt(cents) * 10_000_000n

test('20 % off and tax on the rest: the paid part and the gift add up to the order, and the receipt says each figure', async () => {
  offer({ CHECKOUT_TAX: '1' })
  const code = await aPromotionCode(world, { percent_off: 20 })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00')
  await payWith(checkoutUrl, { ...card, promotion_code: code, address: california })
  await Promise.all([world.drainEvents(), settlePurchase(actor, { accountId, purchaseId }), reconcilePurchases(worker)])

  expect(await creditOf(accountId)).toEqual([
    ['purchase', dollars(4000)],
    ['promotion', dollars(1000)],
  ])
  const [receipt] = await listReceipts(actor, { accountId })
  expect(receipt).toMatchObject({
    state: 'paid',
    amount: '50.00',
    discount: '10.00',
    promotionCode: code,
    tax: '2.90',
    total: '42.90',
    grant: { amount: '40.00', remaining: '40.00' },
    gift: { amount: '10.00', remaining: '10.00' },
    card: { brand: 'visa', last4: '4242' },
    bankAccount: null,
    receiptUrl: expect.stringMatching(/^http/),
    invoiceNumber: expect.stringMatching(/\w/),
    invoicePdfUrl: expect.stringMatching(/^http/),
    hostedInvoiceUrl: expect.stringMatching(/^http/),
  })
  const pdf = await fetch(receipt!.invoicePdfUrl!)
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  const grants = await query(
    'select source, priority from grants where account_id = $1 and source <> $2 order by priority',
    [accountId, 'signup'],
  )
  expect(grants).toEqual([
    { source: 'purchase', priority: 100 },
    { source: 'promotion', priority: 110 },
  ])
  await expectMoneyToAgree(world)
})

test('a code over the whole amount: nothing is paid, all of it is a gift, once', async () => {
  const code = await aPromotionCode(world, { percent_off: 100 })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00')
  await payWith(checkoutUrl, { promotion_code: code })
  await Promise.all([world.drainEvents(), settlePurchase(actor, { accountId, purchaseId }), reconcilePurchases(worker)])
  await findMyPurchase(actor, { accountId })

  expect(await creditOf(accountId)).toEqual([['promotion', dollars(5000)]])
  expect(await listReceipts(actor, { accountId })).toMatchObject([
    {
      discount: '50.00',
      tax: '0.00',
      total: '0.00',
      promotionCode: code,
      grant: null,
      gift: { amount: '50.00', remaining: '50.00' },
      card: null,
      receiptUrl: null,
      invoicePdfUrl: expect.stringMatching(/^http/),
    },
  ])
  await expectMoneyToAgree(world)
})

test('a code that was typed but not used to the end gives nothing', async () => {
  const code = await aPromotionCode(world, { percent_off: 100 })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00')
  await payWith(checkoutUrl, { promotion_code: 'NO-SUCH-CODE' })
  await fetch(checkoutUrl, {
    method: 'POST',
    body: new URLSearchParams({ promotion_code: code, action: 'apply_code' }),
  })
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'open', discount: null })
  expect(await creditOf(accountId)).toEqual([])
  await expectMoneyToAgree(world)
})

test('pages offer promotion codes only where the operator says so, and a discount without that is put aside', async () => {
  offer({ CHECKOUT_PROMOTION_CODES: '0' })
  const without = await aPurchase('50.00')
  offer({})
  const switched = await aPurchase('50.00')
  const hasField = async (page: string) => (await (await fetch(page)).text()).includes('name="promotion_code"')
  expect([await hasField(without.checkoutUrl), await hasField(switched.checkoutUrl)]).toEqual([false, true])

  const code = await aPromotionCode(world, { percent_off: 20 })
  await payWith(switched.checkoutUrl, { ...card, promotion_code: code })
  await query(
    `update purchases set page_terms = jsonb_set(page_terms, '{promotionCodes}', 'false')
                where purchase_id = $1`,
    [switched.purchaseId],
  )
  expect(await settlePurchase(switched.actor, switched)).toMatchObject({
    state: 'quarantined',
    grant: null,
    gift: null,
  })
  expect(await query('select state_reason from purchases where purchase_id = $1', [switched.purchaseId])).toEqual([
    { state_reason: 'discount: $10.00 that was not offered' },
  ])
  await expectMoneyToAgree(world)
})

test('a bank debit: nothing before the bank has paid, then credit once; the customer is told what is going on', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00')
  await payWith(checkoutUrl, { bank_account: bank.paid })
  await world.drainEvents()
  await reconcilePurchases(worker)
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'processing',
    explanation:
      'Your bank is processing the payment; this takes up to 4 business days. Credit appears when it is paid.',
    nextStep: null,
    checkoutUrl: null,
    bankAccount: { last4: '6789' },
  })
  expect(await creditOf(accountId)).toEqual([])
  await passTime(world, 5 * dayMs)
  await Promise.all([world.drainEvents(), reconcilePurchases(worker)])
  await world.drainEvents()

  expect(await creditOf(accountId)).toEqual([['purchase', dollars(5000)]])
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'paid',
    card: null,
    bankAccount: { last4: '6789' },
    receiptUrl: expect.stringMatching(/^http/),
  })
  await expectMoneyToAgree(world)
})

test('a bank debit that fails takes nothing and gives nothing, and the customer may buy again', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('50.00')
  await payWith(checkoutUrl, { bank_account: bank.noFunds })
  await world.drainEvents()
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'processing' })
  await passTime(world, 5 * dayMs)
  await world.drainEvents()
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'failed',
    explanation: expect.stringMatching(/No money was taken and no credit was added\.$/),
    nextStep: { label: 'Buy credits' },
  })
  expect(await query('select kind from notifications where account_id = $1', [accountId])).toEqual([
    { kind: 'purchase_failed' },
  ])
  expect(await creditOf(accountId)).toEqual([])

  const again = await buyCredits(actor, { accountId, amount: '50.00', saveCard: false })
  await payWith(again.checkoutUrl, card)
  await world.drainEvents()
  expect(await creditOf(accountId)).toEqual([['purchase', dollars(5000)]])
  await expectMoneyToAgree(world)
})

test('a bank that answers while nobody listens: the reconcile finds out, paid or failed', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const [paid, failed, silent] = [await aPurchase('10.00'), await aPurchase('10.00'), await aPurchase('10.00')]
  await payWith(paid.checkoutUrl, { bank_account: bank.paid })
  await payWith(failed.checkoutUrl, { bank_account: bank.noFunds })
  await payWith(silent.checkoutUrl, { bank_account: bank.silent })
  await passTime(world, 5 * dayMs)
  await reconcilePurchases(worker)
  const states = await Promise.all([paid, failed, silent].map((each) => getPurchase(each.actor, each)))
  expect(states.map(({ state }) => state)).toEqual(['paid', 'failed', 'processing'])
  await expectMoneyToAgree(world)
})

test('a page on which the card is to be kept takes no bank account', async () => {
  const { checkoutUrl } = await aPurchase('10.00', true)
  await expect(payWith(checkoutUrl, { bank_account: bank.paid })).rejects.toThrow(/takes card/)
})

test('pages of an operator who takes cards only take cards only', async () => {
  offer({ CHECKOUT_METHODS: 'card', CHECKOUT_INVOICES: '0' })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await expect(payWith(checkoutUrl, { bank_account: bank.paid })).rejects.toThrow(/takes card/)
  await payWith(checkoutUrl, card)
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid', invoiceNumber: null })
  await expectMoneyToAgree(world)
})

test('events lost for ever and nobody comes back: credited within 15 minutes', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, checkoutUrl } = await aPurchase('10.00')
  await payWith(checkoutUrl, card)
  for (let minutes = 0; minutes < 15; minutes += 10) {
    await passTime(world, 10 * minuteMs)
    await reconcilePurchases(worker)
  }
  expect(await creditOf(accountId)).toEqual([['purchase', dollars(1000)]])
  await world.drainEvents() // those of earlier tests
  await expectMoneyToAgree(world)
})

test('a page that Stripe does not show right after its event is not given up', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await payWith(checkoutUrl, card)
  await query(`update purchases set checkout_session_id = 'cs_test_notthereyet' where purchase_id = $1`, [purchaseId])
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'open' })
  await query('update purchases set checkout_session_id = $2 where purchase_id = $1', [
    purchaseId,
    sessionOf(checkoutUrl),
  ])
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid' })
  await expectMoneyToAgree(world)
})

test('a page that Stripe never showed ends a day later', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, actor, purchaseId } = await aPurchase('10.00')
  await query(
    `update purchases set checkout_session_id = 'cs_test_never', created_at = created_at - interval '26 hours'
                where purchase_id = $1`,
    [purchaseId],
  )
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'expired' })
})

test('what we gave up and was paid after all is found without any event', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  await settlePurchase(actor, { accountId, purchaseId })
  await query(`update purchases set state = 'expired' where purchase_id = $1`, [purchaseId])
  await payWith(checkoutUrl, card)
  await reconcilePurchases(worker)
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'expired' })
  await passTime(world, 7 * 60 * minuteMs)
  await reconcilePurchases(worker)
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid' })
  await world.drainEvents()
  await expectMoneyToAgree(world)
})

test('an open purchase can be canceled: its page is closed, and it cannot be paid any more', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  expect(await cancelPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'canceled',
    checkoutUrl: null,
    nextStep: { label: 'Buy credits' },
  })
  await expect(payWith(checkoutUrl, card)).rejects.toThrow(/status of expired/)
  await world.drainEvents()
  await reconcilePurchases(worker)
  expect(await cancelPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'canceled' })
  await expectMoneyToAgree(world)
})

test('a purchase that was paid while it is being canceled is paid; one under way is under way', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const paid = await aPurchase('10.00')
  await payWith(paid.checkoutUrl, card)
  expect(await cancelPurchase(paid.actor, paid)).toMatchObject({ state: 'paid' })
  const underWay = await aPurchase('10.00')
  await payWith(underWay.checkoutUrl, { bank_account: bank.silent })
  expect(await cancelPurchase(underWay.actor, underWay)).toMatchObject({ state: 'processing' })
  await expectMoneyToAgree(world)
})

test('only who may buy may cancel, and nobody else sees the purchase', async () => {
  const { accountId, purchaseId } = await aPurchase('10.00')
  const { userId } = await anAccount()
  await expect(cancelPurchase({ kind: 'user', userId }, { accountId, purchaseId })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('an abandoned purchase is shown as ended as soon as it is looked at, whatever events said', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, actor } = await aPurchase('10.00')
  await passTime(world, dayMs + minuteMs)
  expect(await listPurchases(actor, { accountId })).toMatchObject([
    {
      state: 'expired',
      checkoutUrl: null,
      explanation: 'The payment page closed before it was paid. No money was taken.',
      nextStep: { label: 'Buy credits' },
    },
  ])
})

test('while Stripe is away an abandoned purchase offers no dead page', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const { accountId, actor } = await aPurchase('10.00')
  await passTime(world, dayMs + minuteMs)
  await world.fail('down', { method: 'GET', path_prefix: '/v1/checkout/sessions' })
  expect(await listPurchases(actor, { accountId })).toMatchObject([
    {
      state: 'open',
      checkoutUrl: null,
      nextStep: null,
      explanation: 'The payment page is closed. We are asking Stripe whether it was paid in time.',
    },
  ])
  await world.heal()
})

test('a bank that asks for the customer: failing leaves the page open, walking away charges nothing', async () => {
  const { accountId, actor, purchaseId, checkoutUrl } = await aPurchase('10.00')
  const asked = await payWith(checkoutUrl, { card_number: '4000002760003184' })
  expect(asked.result).toBe('authenticate')
  expect(await settlePurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'open',
    nextStep: { href: checkoutUrl },
  })
  await answerChallenge(asked.url!, 'fail')
  await world.drainEvents()
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({
    state: 'open',
    explanation: expect.stringMatching(/Nothing has been charged\./),
    nextStep: { href: checkoutUrl },
  })
  expect(await creditOf(accountId)).toEqual([])

  const again = await payWith(checkoutUrl, { card_number: '4000002760003184' })
  await answerChallenge(again.url!, 'pass')
  await world.drainEvents()
  expect(await creditOf(accountId)).toEqual([['purchase', dollars(1000)]])

  const abandoned = await aPurchase('10.00')
  await payWith(abandoned.checkoutUrl, { card_number: '4000002760003184' })
  await passTime(world, dayMs + minuteMs)
  await world.drainEvents()
  expect(await getPurchase(abandoned.actor, abandoned)).toMatchObject({ state: 'expired' })
  await expectMoneyToAgree(world)
})

const answerChallenge = (url: string, answer: 'pass' | 'fail') =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ outcome: answer }), redirect: 'manual' })

test('a purchase that is paid on two pages is credited once, and the second payment is named', async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  const first = await aPurchase('10.00')
  const { accountId, actor, purchaseId } = first
  await query('update purchases set checkout_session_id = null, checkout_url = null where purchase_id = $1', [
    purchaseId,
  ])
  const second = await secondPageOf(first)
  await payWith(first.checkoutUrl, card)
  await payWith(second, card)
  await settlePurchase(actor, { accountId, purchaseId, sessionId: sessionOf(first.checkoutUrl) })
  for (let times = 0; times < 2; times++) {
    await settlePurchase(actor, { accountId, purchaseId, sessionId: sessionOf(second) })
  }
  expect(await creditOf(accountId)).toEqual([['purchase', dollars(1000)]])
  const [row] = await query<{ own: string; extra: string[] }>(
    'select payment_intent_id as own, extra_payment_intent_ids as extra from purchases where purchase_id = $1',
    [purchaseId],
  )
  expect(row!.extra).toEqual([expect.stringMatching(/^pi_/)])
  expect(row!.extra).not.toContain(row!.own)
  const noted = await query(
    `select after from audit_entries where account_id = $1 and action = 'purchase.paid_twice'`,
    [accountId],
  )
  expect(noted).toMatchObject([{ after: { other: row!.extra[0], received: '10.00' } }])
  await expectBooksToAgree(world.databaseUrl)
})

/** The same order under another key, as when its customer was replaced at Stripe between two tries. */
async function secondPageOf({
  accountId,
  purchaseId,
  checkoutUrl,
}: {
  accountId: string
  purchaseId: string
  checkoutUrl: string
}) {
  const headers = {
    authorization: 'Bearer sk_test_moneyin',
    'content-type': 'application/x-www-form-urlencoded',
    'stripe-version': '2026-10-28.endive',
  }
  const page = (await (
    await fetch(`${world.sandboxUrl}/v1/checkout/sessions/${sessionOf(checkoutUrl)}`, { headers })
  ).json()) as { customer: string }
  const names = { app: 'purse', account_id: accountId, purchase_id: purchaseId }
  const form = new URLSearchParams({
    mode: 'payment',
    customer: page.customer,
    client_reference_id: purchaseId,
    success_url: 'http://localhost/credits',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'usd',
    'line_items[0][price_data][unit_amount]': '1000',
    'line_items[0][price_data][product_data][name]': 'Credits',
    ...Object.fromEntries(
      Object.entries(names).flatMap(([name, value]) => [
        [`metadata[${name}]`, value],
        [`payment_intent_data[metadata][${name}]`, value],
      ]),
    ),
  })
  const answer = await fetch(`${world.sandboxUrl}/v1/checkout/sessions`, { method: 'POST', headers, body: form })
  return ((await answer.json()) as { url: string }).url
}
