/** A world for tests of money coming in: a database, the local Stripe, and our webhook door listening to it. */
import { Logger, runOnce } from 'graphile-worker'
import { expect } from 'vitest'
import { system } from '@/lib/core/actor'
import { processStripeEvent } from '@/lib/domain/stripe-events'
import { closeDatabase, query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { expectBooksToAgree } from './builders'
import { aDatabase, type TestDatabase } from './database'
import { openDoor } from './door'
import { aSandbox } from './sandbox'

export interface MoneyIn {
  databaseUrl: string
  sandboxUrl: string
  doorUrl: string
  webhookSecret: string
  /** What a process of its own needs to work on the same world. */
  env: Record<string, string>
  /** Calls the sandbox's control surface; throws on anything but success. */
  control: <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>
  /** Pays (or, in setup mode, completes) a page as a customer does in a browser. */
  pay: (checkoutUrlOrId: string, cardNumber?: string, save?: boolean) => Promise<{ status?: string }>
  /** Makes every call that matches fail until cleared. */
  fail: (kind: string, match?: { method?: string; path_prefix?: string }, count?: number | null) => Promise<void>
  heal: () => Promise<void>
  /** Waits until the events made so far have been delivered, and runs the jobs they led to. */
  drainEvents: () => Promise<void>
  restartSandbox: () => Promise<void>
  close: () => Promise<void>
}

/** `openDatabase`: another database than one of the cluster that all tests share. */
export async function aMoneyIn(openDatabase: () => Promise<TestDatabase> = aDatabase): Promise<MoneyIn> {
  const [database, sandbox, door] = await Promise.all([openDatabase(), aSandbox(), openDoor()])
  const settings = {
    DATABASE_URL: database.url,
    PURSE_MODE: 'demo',
    STRIPE_SECRET_KEY: 'sk_test_moneyin',
    STRIPE_API_HOST: sandbox.host,
    STRIPE_API_PORT: String(sandbox.port),
    STRIPE_API_PROTOCOL: 'http',
    LOG_LEVEL: 'silent',
  }
  Object.assign(process.env, settings)
  log.level = 'silent' // what these tests provoke is logged as it should be
  const webhookSecret = await listenTo(sandbox.url, door.url)
  process.env.STRIPE_WEBHOOK_SECRET = webhookSecret
  resetEnv()
  const control: MoneyIn['control'] = async (method, path, body) => {
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  return {
    databaseUrl: database.url,
    sandboxUrl: sandbox.url,
    doorUrl: door.url,
    webhookSecret,
    env: { ...settings, STRIPE_WEBHOOK_SECRET: webhookSecret },
    control,
    pay: (page, cardNumber = '4242424242424242', save = false) =>
      control('POST', `/checkout/${sessionOf(page)}/pay`, { card_number: cardNumber, save }),
    fail: async (kind, match = {}, count = null) => void (await control('POST', '/faults', { kind, match, count })),
    heal: async () => void (await control('DELETE', '/faults')),
    drainEvents: () => drainEvents(database.url, control),
    restartSandbox: sandbox.restart,
    close: async () => {
      await closeDatabase()
      await door.close()
      await sandbox.close()
      await database.close()
    },
  }
}

export const sessionOf = (page: string): string => /cs_\w+/.exec(page)![0]

async function listenTo(sandboxUrl: string, url: string): Promise<string> {
  const answer = await fetch(`${sandboxUrl}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ url, 'enabled_events[]': '*' }).toString(),
  })
  return ((await answer.json()) as { secret: string }).secret
}

async function drainEvents(databaseUrl: string, control: MoneyIn['control']): Promise<void> {
  for (let waited = 0; waited < 100; waited++) {
    const { deliveries } = await control<{ deliveries: { state: string }[] }>('GET', '/deliveries')
    if (!deliveries.some(({ state }) => state === 'pending')) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await runOnce({
    connectionString: databaseUrl,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: {
      'process-stripe-event': async (payload) => processStripeEvent(system('test'), payload as { eventId: string }),
    },
  })
}

/** Every cent that Stripe took from an account's customer is of a purchase or an invoice of that account, once; the books agree. */
export async function expectMoneyToAgree(world: MoneyIn): Promise<void> {
  const { charged_cents_by_customer: charged } = await world.control<{
    charged_cents_by_customer: Record<string, number>
  }>('GET', '/state')
  const known = await query<{ customer: string; cents: bigint }>(
    `select a.stripe_customer_id as customer, sum(k.cents)::bigint as cents
       from (select account_id, total_cents as cents from purchases
              where state in ('paid', 'quarantined') and total_cents > 0 and origin <> 'invoice'
             union all
             select account_id, paid_cents + tax_cents from invoices where paid_cents > 0) as k
       join accounts a on a.account_id = k.account_id group by 1`,
  )
  expect(Object.fromEntries(known.map(({ customer, cents }) => [customer, Number(cents)]))).toEqual(charged)
  await expectBooksToAgree(world.databaseUrl)
}
