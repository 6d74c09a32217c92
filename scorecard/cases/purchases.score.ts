import { expect } from 'vitest'
import { buyCredits, findMyPurchase, getPurchase, reconcilePurchases, settlePurchase } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
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
