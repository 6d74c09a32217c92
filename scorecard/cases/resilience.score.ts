import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { minuteMs } from '@/lib/core/time'
import { createServiceKey } from '@/lib/domain/api-keys'
import { saveAutoTopUp, sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { buyCredits, reconcilePurchases, settlePurchase } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { publishTestPrices } from '@/lib/testing/builders'
import { aGate } from '@/lib/testing/gate'
import { startProcess } from '@/lib/testing/processes'
import { aCustomerWithCard, aPlan, drainJobs, passTime, toppedUp } from '@/lib/testing/top-ups'
import { aCustomer, aPurchase, creditedTo, deliver, eventAbout, losesEvents, signature, worker } from '../customers'
import { anOwnPostgres, type OwnPostgres } from '../own-postgres'
import { unlockJobs } from '../queue'
import { scoreCase } from '../score-case'
import { errorsIn, secretsIn } from '../watch-logs'

/**
 * The clock jumped while nobody worked: that events waited is told, as it should be. By a worker, or by the story when it does what a
 * worker had put in its queue at the turn of a minute.
 */
const eventWaited = /^An event of Stripe has waited/

scoreCase(
  'X06',
  'workers are killed with -9 in the middle of top-ups: each is charged once and credited once',
  async ({ world, random }) => {
    await publishTestPrices()
    if (random.chance(0.5)) await losesEvents(world)
    const customers = []
    for (let n = 0; n < random.int(4, 7); n++) customers.push(await aCustomerWithCard(world))
    for (const { accountId, actor } of customers) {
      await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '20.00' }) })
    }
    const said: string[] = []
    for (let kills = 0; kills < 3; kills++) {
      const started = startProcess('lib/worker/main.ts', [], { ...world.env, LOG_LEVEL: 'info' })
      await started.line((line) => line.includes('The worker is ready'), 120)
      await sleep(random.int(0, 400))
      await started.kill()
      said.push(...started.messages.map((message) => JSON.stringify(message)))
      await unlockJobs(world.databaseUrl)
      await passTime(world, minuteMs)
    }
    for (let round = 0; round < 3; round++) {
      await sweepAutoTopUps(worker)
      await drainJobs(world)
      await passTime(world, 2 * minuteMs)
    }
    for (const { accountId } of customers) expect(await toppedUp(accountId)).toEqual([1000])
    const { total_charged_cents: charged } = await world.control<{ total_charged_cents: number }>('GET', '/state')
    expect(charged).toBe(customers.length * 2000)
    const surprises = errorsIn(said).filter((line) => !eventWaited.test(line))
    expect(surprises.join('; ')).toBe('')
    expect(secretsIn(said.join('\n'))).toEqual([])
  },
  { isFast: false, logs: [eventWaited] },
)

let postgres: OwnPostgres
const away = /temporarily_unavailable|onnection|recovery mode|starting up|shutting down|ECONN|not yet accepting/

scoreCase(
  'X07',
  'PostgreSQL is killed with -9 during settlements and comes back: every payment is credited once',
  async ({ world, random }) => {
    await losesEvents(world)
    const purchases = []
    for (let n = 0; n < random.int(10, 16); n++) purchases.push(await aPurchase(random, false))
    for (const { checkoutUrl } of purchases) await world.pay(checkoutUrl)
    for (let kills = 0; kills < 3; kills++) {
      const settling = random
        .shuffle(purchases)
        .flatMap(({ accountId, purchaseId, actor }) => [
          settlePurchase(actor, { accountId, purchaseId }),
          settlePurchase(worker, { accountId, purchaseId }),
        ])
      const ended = Promise.allSettled(settling)
      await sleep(random.int(0, 150))
      await postgres.crash()
      // Nothing but the database's absence is told.
      const failures = (await ended).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      const told = failures.map((reason) => (reason instanceof Refusal ? reason.code : String(reason)))
      expect(told.filter((text) => !away.test(text))).toEqual([])
      await expect.poll(() => query('select 1').catch(() => null), { timeout: 60_000 }).not.toBeNull()
    }
    // As the worker does: a sweep that meets a connection of before the crash is run again.
    const again = { timeout: 30_000 }
    await expect.poll(() => passTime(world, 15 * minuteMs).then(() => 'done', String), again).toBe('done')
    await expect.poll(() => reconcilePurchases(worker).then(() => 'done', String), again).toBe('done')
    for (const { accountId, amount } of purchases) expect(await creditedTo(accountId)).toEqual([amount])
  },
  {
    isFast: false,
    openDatabase: async () => {
      postgres = await anOwnPostgres()
      return { url: postgres.url, close: postgres.close }
    },
  },
)

scoreCase(
  'X08',
  'no key, secret or card number is logged, whatever goes wrong',
  async ({ world, random, logs }) => {
    await losesEvents(world)
    const { key } = await createServiceKey(worker, { name: 'gateway', scopes: ['usage:write', 'balance:read'] })
    const gate = await aGate()
    await gate.call('GET', '/v1/accounts/nobody/balance', { key: `${key.slice(0, -1)}x` })
    await gate.call('GET', '/v1/accounts/nobody/balance', { key })
    await gate.call('POST', '/v1/usage', { raw: `{"card":"4242424242424242","key":"${key}"`, key })
    await gate.close()

    const { accountId, actor, purchaseId, checkoutUrl, sessionId } = await aPurchase(random)
    await world.pay(checkoutUrl, '4000000000000002')
    await world.pay(checkoutUrl)
    const body = eventAbout(sessionId, 'evt_secret', { note: `4242424242424242 ${key}` })
    await deliver(world, body, signature(body, 'whsec_of_somebody_else'))
    await deliver(world, body, signature(body, world.webhookSecret))
    for (const kind of random.shuffle(['http_500', 'html_502', 'truncated_200', 'reset_before'])) {
      await world.fail(kind, {}, 2)
      await settlePurchase(actor, { accountId, purchaseId }).catch(() => {})
    }
    await world.heal()

    // Stripe repeats a part of the key that it refuses.
    process.env.STRIPE_SECRET_KEY = 'sk_test_'
    resetEnv()
    await buyCredits(actor, { accountId, amount: '5.00', saveCard: false }).catch(() => {})
    const other = await aCustomer()
    await buyCredits(other.actor, { accountId: other.accountId, amount: '5.00', saveCard: false }).catch(() => {})
    process.env.STRIPE_SECRET_KEY = world.env.STRIPE_SECRET_KEY
    resetEnv()
    await settlePurchase(actor, { accountId, purchaseId })
    await reconcilePurchases(worker)

    log.info('The end of the story')
    expect(logs.lines.length).toBeGreaterThan(1)
    expect(secretsIn(`${key} ${world.webhookSecret} sk_test_moneyin 4242 4242 4242 4242`)).toHaveLength(4)
  },
  { logs: [/Stripe/, /could not be reconciled/] },
)
