import pg from 'pg'
import { expect } from 'vitest'
import { reconcilePurchases } from '@/lib/domain/purchases'
import { closeDatabase } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import type { MoneyIn } from '@/lib/testing/money-in'
import { drainJobs } from '@/lib/testing/top-ups'
import { aPurchase, creditedTo, deliver, eventAbout, inbox, losesEvents, signature, worker } from '../customers'
import { scoreCase } from '../score-case'

function useSecrets(secrets: string): void {
  process.env.STRIPE_WEBHOOK_SECRET = secrets
  resetEnv()
}

scoreCase('R09', 'a forged, old or changed event is refused and leaves no row', async ({ world, random }) => {
  await losesEvents(world)
  const { sessionId } = await aPurchase(random)
  const body = eventAbout(sessionId, 'evt_forged')
  const good = signature(body, world.webhookSecret)
  const forgeries: [string, string | null][] = [
    [body, null],
    [body, signature(body, 'whsec_of_another_endpoint')],
    [body, signature(body, world.webhookSecret, { scheme: 'v0' })],
    [body, signature(body, world.webhookSecret, { age: random.int(302, 100_000) })],
    [`${body} `, good],
    [body.replace(sessionId, `${sessionId}x`), good],
    [body, good.replace('v1=', 'v1=00')],
  ]
  for (const [sent, signed] of random.shuffle(forgeries)) expect(await deliver(world, sent, signed)).toBe(400)
  expect(await inbox()).toEqual({})
})

scoreCase('R10', 'while secrets rotate both are taken, and afterwards only the new one', async ({ world, random }) => {
  await losesEvents(world)
  const { sessionId } = await aPurchase(random)
  const [before, during, after] = ['evt_1', 'evt_2', 'evt_3'].map((id) => eventAbout(sessionId, id)) as [
    string,
    string,
    string,
  ]
  useSecrets(`whsec_new,${world.webhookSecret}`)
  expect(await deliver(world, before, signature(before, world.webhookSecret))).toBe(200)
  expect(await deliver(world, during, signature(during, 'whsec_new'))).toBe(200)
  useSecrets('whsec_new')
  expect(await deliver(world, after, signature(after, world.webhookSecret))).toBe(400)
  expect(Object.keys(await inbox()).sort()).toEqual(['evt_1', 'evt_2'])
  useSecrets(world.webhookSecret)
})

scoreCase('R11', 'an event of the other mode is stored as ignored and does nothing', async ({ world, random }) => {
  await losesEvents(world)
  const { accountId, checkoutUrl, sessionId } = await aPurchase(random)
  await world.pay(checkoutUrl)
  const body = eventAbout(sessionId, 'evt_live', { livemode: true })
  expect(await deliver(world, body, signature(body, world.webhookSecret))).toBe(200)
  await drainJobs(world)
  expect(await inbox()).toEqual({ evt_live: 'ignored' })
  expect(await creditedTo(accountId)).toEqual([])
  await reconcilePurchases(worker)
})

scoreCase('R15', 'an event whose work fails three times is done at last, once', async ({ world, random }) => {
  await losesEvents(world)
  const { accountId, amount, checkoutUrl, sessionId } = await aPurchase(random)
  await world.pay(checkoutUrl)
  // The database itself refuses the first three times, as a deadlock would.
  await asOwner(
    world,
    `create sequence failures;
     create function fail_first() returns trigger language plpgsql security definer as $$
     begin
       if nextval('failures') <= 3 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
       return new;
     end $$;
     create trigger fail_first before insert on transfers for each row execute function fail_first()`,
  )
  const body = eventAbout(sessionId, 'evt_hard')
  expect(await deliver(world, body, signature(body, world.webhookSecret))).toBe(200)
  for (let round = 0; round < 8 && (await inbox()).evt_hard !== 'processed'; round++) {
    expect(await creditedTo(accountId)).toEqual([])
    await asOwner(world, 'update graphile_worker._private_jobs set run_at = now() where locked_at is null')
    await drainJobs(world)
  }
  expect(await inbox()).toEqual({ evt_hard: 'processed' })
  expect(await creditedTo(accountId)).toEqual([amount])
})

scoreCase(
  'R17',
  'events that come while the database is away are answered 503 and done later, once',
  async ({ world, random }) => {
    await losesEvents(world)
    const purchases = []
    for (let n = 0; n < 20; n++) purchases.push(await aPurchase(random, false))
    for (const { checkoutUrl } of purchases) await world.pay(checkoutUrl)
    const events = purchases.flatMap(({ sessionId }, n) =>
      Array.from({ length: 10 }, (_, copy) => eventAbout(sessionId, `evt_${n}_${copy}`)),
    )
    const knock = (body: string) => deliver(world, body, signature(body, world.webhookSecret))

    await closeDatabase()
    process.env.DATABASE_URL = 'postgres://postgres@127.0.0.1:1/nowhere'
    resetEnv()
    const refused = await Promise.all(random.shuffle(events).map(knock))
    expect(new Set(refused)).toEqual(new Set([503]))
    await closeDatabase()
    process.env.DATABASE_URL = world.databaseUrl
    resetEnv()
    expect(await inbox()).toEqual({})

    const taken = await Promise.all(random.shuffle(events).map(knock))
    expect(new Set(taken)).toEqual(new Set([200]))
    await drainJobs(world)
    for (const { accountId, amount } of purchases) expect(await creditedTo(accountId)).toEqual([amount])
  },
)

scoreCase('R19', 'events of an older version are done, thin ones left alone', async ({ world, random }) => {
  await losesEvents(world)
  const { accountId, amount, checkoutUrl, sessionId } = await aPurchase(random)
  await world.pay(checkoutUrl)
  const thin = JSON.stringify({
    id: 'evt_thin',
    object: 'v2.core.event',
    type: 'v2.core.event_destination.ping',
    livemode: false,
    created: '2026-11-21T00:00:00Z',
    related_object: null,
  })
  const old = eventAbout(sessionId, 'evt_old', {
    api_version: random.pick(['2024-06-20', '2020-08-27', '2025-02-24.acacia']),
    data: { object: { id: sessionId, object: 'checkout.session', invoice: null } },
  })
  for (const body of random.shuffle([thin, old])) {
    expect(await deliver(world, body, signature(body, world.webhookSecret))).toBe(200)
  }
  await drainJobs(world)
  expect(await inbox()).toEqual({ evt_thin: 'ignored', evt_old: 'processed' })
  expect(await creditedTo(accountId)).toEqual([amount])
})

/** As the owner of the database, which the programs are not. */
async function asOwner(world: MoneyIn, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
  await client.query(sql)
  await client.end()
}
