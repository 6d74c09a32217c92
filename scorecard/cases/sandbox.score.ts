import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Page } from '@playwright/test'
import { expect } from 'vitest'
import { dayMs } from '@/lib/core/time'
import { getPurchase, settlePurchase } from '@/lib/domain/purchases'
import { requestRefund } from '@/lib/domain/refunds'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { ContractChecker, checkedClient } from '@/lib/sandbox/stripe/testing/checked-client'
import type { MoneyIn } from '@/lib/testing/money-in'
import { drainJobs, passTime } from '@/lib/testing/top-ups'
import { findChromium } from '../../scripts/run/chromium.mjs'
import { aPurchase, losesEvents } from '../customers'
import type { Random } from '../random'
import { scoreCase } from '../score-case'

const cardTokens = [
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_visa_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
  'pm_card_authenticationRequired',
  'pm_card_pendingRefund',
  'pm_card_createDispute',
]

scoreCase(
  'R71',
  'whatever the sandbox answers is what the client expects, and it knows no parameter that Stripe does not',
  async ({ world, random }) => {
    await losesEvents(world)
    const checker = new ContractChecker(true)
    const stripe = checkedClient('sk_test_fidelity', world.sandboxUrl, checker)
    const ids = (list: { data: { id: string }[] }) => list.data.map(({ id }) => id)
    const customers: string[] = []
    const anyOf = (known: string[]) => (known.length > 0 ? random.pick(known) : 'nobody')
    const acts: (() => Promise<unknown>)[] = [
      async () => customers.push((await stripe.customers.create({ email: 'payer@example.com' })).id),
      () => stripe.customers.update(anyOf(customers), { name: `N${random.int(1, 99)}`, metadata: { n: '1' } }),
      () => stripe.customers.list({ limit: random.int(1, 5) }),
      async () => {
        const customer = anyOf(customers)
        const method = await stripe.paymentMethods.attach(random.pick(cardTokens), { customer })
        const order = { currency: 'usd', customer, payment_method: method.id, off_session: true, confirm: true }
        return stripe.paymentIntents.create({ amount: random.int(50, 9999), ...order })
      },
      () => stripe.paymentIntents.create({ amount: random.int(40, 900), currency: random.pick(['usd', 'eur']) }),
      async () =>
        stripe.paymentIntents.confirm(anyOf(ids(await stripe.paymentIntents.list())), {
          payment_method: 'pm_card_visa',
        }),
      async () => stripe.paymentIntents.cancel(anyOf(ids(await stripe.paymentIntents.list()))),
      async () =>
        stripe.refunds.create({ charge: anyOf(ids(await stripe.charges.list())), amount: random.int(1, 4000) }),
      async () =>
        stripe.refunds.retrieve(anyOf(ids(await stripe.refunds.list())), { expand: ['charge.payment_intent'] }),
      async () => stripe.refunds.cancel(anyOf(ids(await stripe.refunds.list()))),
      async () => stripe.disputes.close(anyOf(ids(await stripe.disputes.list()))),
      async () =>
        stripe.disputes.update(anyOf(ids(await stripe.disputes.list())), {
          evidence: { uncategorized_text: random.pick(['winning_evidence', 'losing_evidence']) },
          submit: true,
        }),
      async () => {
        const coupon = await stripe.coupons.create({ percent_off: random.int(1, 100), duration: 'once' })
        return stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } })
      },
      async () => {
        const session = await stripe.checkout.sessions.create({
          mode: 'payment',
          success_url: 'http://127.0.0.1:9/paid',
          line_items: [
            {
              quantity: random.int(1, 3),
              price_data: { currency: 'usd', unit_amount: random.int(50, 900), product_data: { name: 'Credits' } },
            },
          ],
          allow_promotion_codes: random.chance(0.5),
        })
        const body = random.chance(0.7) ? { card_number: '4242424242424242' } : { bank_account: '000123456789' }
        await world.control('POST', `/checkout/${session.id}/pay`, body).catch(() => {})
        return stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge', 'line_items'] })
      },
      () => stripe.balanceTransactions.list({ limit: random.int(1, 100) }),
      () => stripe.events.list({ limit: random.int(1, 20) }),
      () => stripe.setupIntents.create({ customer: anyOf(customers), usage: 'off_session' }),
      () => world.control('POST', '/clock', { advance_seconds: random.int(1, 90_000) }),
    ]
    await acts[0]!()
    for (const act of acts) await act().catch(onlyStripe)
    for (let n = 0; n < 120; n++) await random.pick(acts)().catch(onlyStripe)
    expect(checker.violations).toEqual([])
    expect(checker.answered.size).toBeGreaterThan(15)

    const writes = checker.contract.operations.filter(({ method }) => method === 'POST')
    for (const { path } of random.shuffle(writes)) {
      const name = random.pick(['colour', 'amountt', 'payment_method_type', 'x[y]'])
      const answer = await call(world, 'POST', path.replace(/\{\w+\}/g, 'some_id'), { [name]: '1' })
      expect([path, answer.status, answer.body.error?.code]).toEqual([path, 400, 'parameter_unknown'])
    }
  },
  { isFast: false },
)

/** Stripe may refuse what is done at random; anything else is a fault of the sandbox. */
function onlyStripe(error: unknown): void {
  if (!(error instanceof Error) || !error.constructor.name.startsWith('Stripe')) throw error
}

interface ApiAnswer {
  status: number
  isReplayed: boolean
  // biome-ignore lint/suspicious/noExplicitAny: what it is, is what the cases look at
  body: any
}

async function call(
  world: MoneyIn,
  method: string,
  path: string,
  form: Record<string, string> = {},
  key?: string,
): Promise<ApiAnswer> {
  const answer = await fetch(`${world.sandboxUrl}${path}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_moneyin',
      ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(key && { 'idempotency-key': key }),
    },
    ...(method === 'POST' && { body: new URLSearchParams(form).toString() }),
  })
  const isReplayed = answer.headers.get('idempotent-replayed') === 'true'
  return { status: answer.status, isReplayed, body: await answer.json() }
}

scoreCase('R73', 'idempotency keys are kept as Stripe keeps them', async ({ world, random }) => {
  await losesEvents(world)
  const order = () => ({ amount: String(random.int(50, 9999)), currency: 'usd' })
  const pay = (form: Record<string, string>, key: string) => call(world, 'POST', '/v1/payment_intents', form, key)

  const same = order()
  const first = await pay(same, 'key-same')
  const again = await pay(same, 'key-same')
  expect([first.status, first.isReplayed, again.status, again.isReplayed]).toEqual([200, false, 200, true])
  expect(again.body).toEqual(first.body)

  const other = await pay({ ...same, amount: String(Number(same.amount) + 1) }, 'key-same')
  const elsewhere = await call(world, 'POST', '/v1/customers', { email: 'a@example.com' }, 'key-same')
  for (const refused of [other, elsewhere]) {
    expect([refused.status, refused.body.error.type]).toEqual([400, 'idempotency_error'])
  }

  const crowd = await Promise.all(Array.from({ length: random.int(5, 20) }, () => pay(same, 'key-crowd')))
  const made = crowd.filter(({ status }) => status === 200)
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
  for (const { status, body } of crowd.filter(({ status }) => status !== 200)) {
    expect([status, body.error.code]).toEqual([409, 'idempotency_key_in_use'])
  }

  await world.control('POST', '/faults', {
    kind: 'http_500',
    count: 1,
    match: { method: 'POST', path_prefix: '/v1/payment_intents' },
    after_effect: random.chance(0.5),
  })
  const broken = await pay(same, 'key-broken')
  const stillBroken = await pay(same, 'key-broken')
  expect([broken.status, stillBroken.status, stillBroken.isReplayed]).toEqual([500, 500, true])

  const wrong = await pay({ amount: random.pick(['-1', '1.5', 'many']), currency: 'usd' }, 'key-wrong')
  const right = await pay(same, 'key-wrong')
  expect([wrong.status, right.status, right.isReplayed]).toEqual([400, 200, false])

  await world.control('POST', '/clock', { advance_seconds: 23 * 3600 })
  expect((await pay(same, 'key-same')).body.id).toBe(first.body.id)
  await world.control('POST', '/clock', { advance_seconds: random.int(3601, 90_000) })
  const later = await pay(same, 'key-same')
  expect([later.status, later.isReplayed, later.body.id === first.body.id]).toEqual([200, false, false])
})

const numbers = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  asks: '4000 0027 6000 3184',
  disputed: '4000 0000 0000 0259',
  lateRefund: '4000 0000 0000 7726',
}

async function fillAddress(page: Page): Promise<void> {
  const fields = { Address: '12 Market Street', City: 'Springfield', ZIP: '62701', 'Postal code': '62701', State: 'IL' }
  for (const [label, value] of Object.entries(fields)) {
    const input = page.getByLabel(label, { exact: true })
    if (await input.isVisible()) await input.fill(value)
  }
}

async function payByCard(page: Page, number: string): Promise<void> {
  const byCard = page.getByLabel('Card', { exact: true })
  if (await byCard.isVisible()) await byCard.check()
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry').fill('12 / 34')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
  await fillAddress(page)
  await page.getByRole('button', { name: /^Pay/ }).click()
}

async function payFromBank(page: Page, account: string): Promise<void> {
  await page.getByLabel(/US bank account/).check()
  await page.getByLabel('Account holder').fill('Ada Lovelace')
  await page.getByLabel('Routing number').fill('110000000')
  await page.getByLabel('Account number').fill(account)
  await fillAddress(page)
  await page.getByRole('button', { name: /^Pay/ }).click()
}

/** Where the customer comes back to. */
const isBack = (url: URL) => url.origin === process.env.APP_URL

scoreCase(
  'R74',
  'authentication, declines, debits, disputes and refunds through the hosted page, in a real browser',
  async ({ world, random }) => {
    const shop = http.createServer((_, answer) => void answer.end('Back at the shop'))
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    process.env.APP_URL = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
    resetEnv()
    const { executablePath, env } = findChromium()
    const browser = await chromium.launch({
      executablePath,
      env: { ...process.env, ...env } as Record<string, string>,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
    })
    try {
      for (const play of random.shuffle(plays)) {
        const page = await aPage()
        await play(world, random, page).catch(async (error: Error) => {
          throw new Error(`${error.message}\nAt ${page.url()}: ${await page.locator('body').innerText()}`)
        })
      }
    } finally {
      await browser.close()
      shop.close()
      shop.closeAllConnections()
      delete process.env.APP_URL
      resetEnv()
    }

    async function aPage(): Promise<Page> {
      const page = await (await browser.newContext()).newPage()
      page.setDefaultTimeout(30_000)
      return page
    }
  },
  { isFast: false },
)

type PagePlay = (world: MoneyIn, random: Random, page: Page) => Promise<void>

/** Opens a purchase's page in the browser. */
async function open(random: Random, page: Page) {
  const purchase = await aPurchase(random, false)
  await page.goto(purchase.checkoutUrl)
  const { accountId, purchaseId, actor } = purchase
  const state = async () => {
    await settlePurchase(actor, { accountId, purchaseId })
    return (await getPurchase(actor, { accountId, purchaseId })).state
  }
  const payment = async () => {
    const [row] = await query<{ id: string }>('select payment_intent_id as id from purchases where purchase_id = $1', [
      purchaseId,
    ])
    return row!.id
  }
  return { ...purchase, state, payment }
}

/** The types of the events about a payment, in the order in which Stripe made them. */
async function eventsOf(world: MoneyIn, paymentIntentId: string): Promise<string[]> {
  const { body } = await call(world, 'GET', '/v1/events?limit=100')
  const events = body.data as { type: string; data: { object: { id: string; payment_intent?: string } } }[]
  return events
    .filter(({ data: { object } }) => object.id === paymentIntentId || object.payment_intent === paymentIntentId)
    .map(({ type }) => type)
    .reverse()
}

const plays: PagePlay[] = [
  async (_, random, page) => {
    const { state } = await open(random, page)
    await payByCard(page, numbers.declined)
    await page
      .getByText(/declined/i)
      .first()
      .waitFor()
    expect(await state()).toBe('open')
    await payByCard(page, numbers.good)
    await page.waitForURL(isBack)
    expect(await state()).toBe('paid')
  },
  async (world, random, page) => {
    const { state, payment } = await open(random, page)
    await payByCard(page, numbers.asks)
    if (random.chance(0.5)) {
      await page.getByRole('button', { name: 'Fail authentication' }).click()
      await page.getByLabel('Card number').waitFor()
      expect(await state()).toBe('open')
      await payByCard(page, numbers.asks)
    }
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    await page.waitForURL(isBack)
    expect(await state()).toBe('paid')
    expect(await eventsOf(world, await payment())).toEqual(
      expect.arrayContaining(['payment_intent.requires_action', 'payment_intent.succeeded', 'charge.succeeded']),
    )
  },
  async (world, random, page) => {
    const isPaid = random.chance(0.5)
    const { state, sessionId } = await open(random, page)
    await payFromBank(page, isPaid ? '000123456789' : '000111111116')
    await page.waitForURL(isBack)
    expect(await state()).toBe('processing')
    await passTime(world, 5 * dayMs)
    expect(await state()).toBe(isPaid ? 'paid' : 'failed')
    const { body } = await call(world, 'GET', '/v1/events?limit=100')
    const types = (body.data as { type: string; data: { object: { id: string } } }[])
      .filter(({ data }) => data.object.id === sessionId)
      .map(({ type }) => type)
      .reverse()
    expect(types).toEqual([
      'checkout.session.completed',
      `checkout.session.async_payment_${isPaid ? 'succeeded' : 'failed'}`,
    ])
  },
  async (world, random, page) => {
    const { state, payment } = await open(random, page)
    await payByCard(page, numbers.disputed)
    await page.waitForURL(isBack)
    expect(await state()).toBe('paid')
    await passTime(world, 10_000)
    const { body } = await call(world, 'GET', `/v1/disputes?payment_intent=${await payment()}`)
    const outcome = random.pick(['won', 'lost'])
    await world.control('POST', `/disputes/${body.data[0].id}`, { status: outcome })
    await passTime(world, 10_000)
    const events = (await eventsOf(world, await payment())).filter((type) => type.startsWith('charge.dispute'))
    expect(events[0]).toBe('charge.dispute.created')
    expect(events).toEqual(expect.arrayContaining(['charge.dispute.funds_withdrawn', 'charge.dispute.closed']))
    expect(events.includes('charge.dispute.funds_reinstated')).toBe(outcome === 'won')
  },
  async (world, random, page) => {
    const { state, accountId, actor, purchaseId } = await open(random, page)
    await payByCard(page, numbers.lateRefund)
    await page.waitForURL(isBack)
    expect(await state()).toBe('paid')
    await requestRefund(actor, { accountId, purchaseId })
    const refundState = async () =>
      (await query<{ state: string }>('select state from refunds where account_id = $1', [accountId]))[0]!.state
    expect(await refundState()).toBe('pending')
    await passTime(world, 120_000)
    await world.drainEvents()
    await drainJobs(world)
    expect(await refundState()).toBe('succeeded')
  },
]
