import { expect } from 'vitest'
import { buyCredits, findMyPurchase, getPurchase, reconcilePurchases, settlePurchase } from '@/lib/domain/purchases'
import { listReceipts } from '@/lib/domain/receipts'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { drainJobs, passTime } from '@/lib/testing/top-ups'
import { aPurchase, creditedTo, deliver, eventAbout, losesEvents, signature, worker } from '../customers'
import { scoreCase } from '../score-case'

const minuteMs = 60_000

scoreCase('R01', 'a purchase is credited once, and its receipt opens', async ({ world, random }) => {
  const { accountId, amount, checkoutUrl } = await aPurchase(random)
  await world.pay(checkoutUrl)
  await world.drainEvents()
  await drainJobs(world)
  expect(await creditedTo(accountId)).toEqual([amount])
  const [purchase] = await query<{ receipt_url: string }>('select receipt_url from purchases where account_id = $1', [
    accountId,
  ])
  expect((await fetch(purchase!.receipt_url)).status).toBe(200)
})

scoreCase('R02', 'the same event, many times and in parallel, credits once', async ({ world, random }) => {
  await losesEvents(world)
  const { accountId, amount, checkoutUrl, sessionId } = await aPurchase(random)
  await world.pay(checkoutUrl)
  const body = eventAbout(sessionId, 'evt_again')
  const knock = () => deliver(world, body, signature(body, world.webhookSecret))
  const answers = [await knock(), ...(await Promise.all([knock(), knock(), knock()]))]
  await drainJobs(world)
  answers.push(await knock())
  await drainJobs(world)
  expect(new Set(answers)).toEqual(new Set([200]))
  expect(await creditedTo(accountId)).toEqual([amount])
})

scoreCase('R04', 'with every event lost and nobody coming back, the sweep credits', async ({ world, random }) => {
  await losesEvents(world)
  const { accountId, amount, checkoutUrl } = await aPurchase(random)
  await world.pay(checkoutUrl)
  await passTime(world, random.int(1, 15) * minuteMs)
  await reconcilePurchases(worker)
  expect(await creditedTo(accountId)).toEqual([amount])
})

scoreCase('R06', 'a bank debit is credited when it is paid, days later, and not before', async ({ world, random }) => {
  const { accountId, actor, purchaseId, amount, sessionId } = await aPurchase(random, false)
  await world.control('POST', `/checkout/${sessionId}/pay`, { bank_account: '000123456789' })
  await world.drainEvents()
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'processing' })
  expect(await creditedTo(accountId)).toEqual([])
  await passTime(world, 5 * 24 * 60 * minuteMs)
  await world.drainEvents()
  if (random.chance(0.5)) await reconcilePurchases(worker)
  else await settlePurchase(actor, { accountId, purchaseId })
  expect(await creditedTo(accountId)).toEqual([amount])
})

scoreCase('R07', 'a bank debit that fails credits nothing, and one may buy again', async ({ world, random }) => {
  const { accountId, actor, purchaseId, amount, sessionId } = await aPurchase(random, false)
  await world.control('POST', `/checkout/${sessionId}/pay`, { bank_account: '000111111116' })
  await world.drainEvents()
  await passTime(world, 5 * 24 * 60 * minuteMs)
  await world.drainEvents()
  await reconcilePurchases(worker)
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'failed' })
  expect(await creditedTo(accountId)).toEqual([])
  const again = await buyCredits(actor, { accountId, amount, saveCard: false })
  await world.pay(again.checkoutUrl)
  await world.drainEvents()
  expect(await creditedTo(accountId)).toEqual([amount])
})

const places = [
  { line1: '1 Bay Street', city: 'Berkeley', state: 'CA', postal_code: '94704', country: 'US' },
  { line1: '1 Broadway', city: 'New York', state: 'NY', postal_code: '10004', country: 'US' },
  { line1: '12 Market Street', city: 'Springfield', state: 'IL', postal_code: '62701', country: 'US' },
  { line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'DE' },
]

scoreCase(
  'R14',
  'a promotion code and tax: credit, receipt and charge agree to the cent',
  async ({ world, random }) => {
    process.env.CHECKOUT_TAX = '1'
    resetEnv()
    try {
      if (random.chance(0.5)) await losesEvents(world)
      const isPercent = random.chance(0.6)
      const off = isPercent ? { percent_off: random.pick([20, random.int(1, 99)]) } : { amount_off: random.int(1, 499) }
      const code = await aPromotionCode(world, off)
      const { accountId, actor, purchaseId, amount, sessionId } = await aPurchase(random)
      await world.control('POST', `/checkout/${sessionId}/pay`, {
        card_number: '4242424242424242',
        promotion_code: code,
        address: random.pick(places),
      })
      const doors = [
        () => settlePurchase(actor, { accountId, purchaseId }),
        () => findMyPurchase(actor, { accountId }),
        () => reconcilePurchases(worker),
        () => world.drainEvents(),
      ]
      await Promise.all(random.shuffle(doors).map((door) => door()))
      await settlePurchase(actor, { accountId, purchaseId })

      const [receipt] = await listReceipts(actor, { accountId })
      const inCents = (text: string | null) => Math.round(Number(text) * 100)
      const [ordered, discount, tax, total] = [amount, receipt!.discount, receipt!.tax, receipt!.total].map(inCents)
      const wanted = isPercent ? (ordered! * Number(off.percent_off)) / 100 : Number(off.amount_off)
      expect(Math.abs(discount! - wanted)).toBeLessThanOrEqual(0.5)
      expect(total).toBe(ordered! - discount! + tax!)
      const credited = await query<{ kind: string; cents: number }>(
        `select kind, (amount / 1e7)::float8 as cents from transfers
        where account_id = $1 and kind <> 'signup_credit' order by seq`,
        [accountId],
      )
      expect(credited).toEqual([
        { kind: 'purchase', cents: ordered! - discount! },
        { kind: 'promotion', cents: discount! },
      ])
      const { total_charged_cents } = await world.control<{ total_charged_cents: number }>('GET', '/state')
      expect(total_charged_cents).toBe(total)
    } finally {
      delete process.env.CHECKOUT_TAX
      resetEnv()
    }
  },
)

scoreCase('R20', 'Stripe that answers 404, or an old state, ends in the right one', async ({ world, random }) => {
  const { accountId, actor, purchaseId, amount, checkoutUrl } = await aPurchase(random)
  await settlePurchase(actor, { accountId, purchaseId })
  await world.control('POST', '/faults', {
    kind: 'stale_read',
    match: { method: 'GET', path_prefix: '/v1/checkout/sessions' },
    count: random.int(1, 3),
  })
  await world.pay(checkoutUrl)
  await world.drainEvents()
  await settlePurchase(actor, { accountId, purchaseId })
  await world.heal()
  await passTime(world, 15 * minuteMs)
  await reconcilePurchases(worker)
  await findMyPurchase(actor, { accountId })
  expect(await getPurchase(actor, { accountId, purchaseId })).toMatchObject({ state: 'paid' })
  expect(await creditedTo(accountId)).toEqual([amount])
})
