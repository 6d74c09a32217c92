import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, money } from '@/lib/core/money'
import { authorize, settle } from '@/lib/domain/holds'
import { recordUsage } from '@/lib/domain/usage'
import { closeDatabase } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, aPaidPurchase, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'
import { checkBooks, invariants } from '.'

let database: TestDatabase
let client: pg.Client
let accountId: string

beforeAll(async () => {
  database = await aDatabase()
  process.env.DATABASE_URL = database.url
  resetEnv()
  await publishTestPrices()
  ;({ accountId } = await anAccount({ bought: '10', hasPaymentMethod: true, cap: '50' }))
  await aPaidPurchase(accountId, cents(500))
  await aLivelyHistory()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await closeDatabase()
  await database.close()
})

async function aLivelyHistory(): Promise<void> {
  const hold = async (cost: bigint) =>
    (
      await authorize(tester, {
        accountId,
        idempotencyKey: newId(),
        size: { maxCost: money(cost), model: 'kimi-k2p7-code' },
        holdSeconds: 600,
      })
    ).hold
  const tokens = (inputTokens: bigint) => ({ model: null, inputTokens, cachedInputTokens: 0n, outputTokens: 10n })
  const settled = await hold(2_000_000_000n)
  await settle(tester, { accountId, holdId: settled.holdId, settlement: tokens(1_000_000n) })
  await hold(300_000_000n)
  const event = (eventId: string) => ({
    eventId,
    model: 'gpt-oss-20b',
    inputTokens: 5000n,
    cachedInputTokens: 100n,
    outputTokens: 70n,
    occurredAt: null,
  })
  await recordUsage(tester, { accountId, events: [event('a'), event('b')], beyondCredit: 'refuse' })
}

async function violated(): Promise<string[]> {
  return (await checkBooks(client)).filter(({ count }) => count > 0).map(({ invariant }) => invariant.id)
}

test('good books break no invariant', async () => {
  expect(await violated()).toEqual([])
})

/** Each invariant, and a corruption that it must be the one to name. What else a corruption breaks does not matter. */
const corruptions: [id: string, what: string, sql: string][] = [
  [
    'I01',
    'a transfer of a kind nobody allowed',
    `alter table transfers drop constraint transfers_kind; update transfers set kind = 'gift' where seq = 1`,
  ],
  [
    'I02',
    'a cause posted twice',
    `drop index transfers_account_id_kind_cause_key; update transfers set cause = (select cause from transfers where kind = 'purchase' order by seq limit 1) where kind = 'purchase'`,
  ],
  ['I03', 'credit out of nowhere', `update account_balances set balance = balance + 1`],
  ['I04', 'a balance that its transfers do not add up to', `update account_balances set balance = balance - 1`],
  [
    'I05',
    'a transfer taken out',
    `alter table grant_draws drop constraint grant_draws_account_id_transfer_seq_fkey; delete from transfers where seq = 4`,
  ],
  [
    'I06',
    'a running balance that does not follow',
    `update transfers set balance_after = balance_after + 5 where seq = 3`,
  ],
  ['I07', 'another currency', `update grants set currency = 'eur'`],
  [
    'I08',
    'usage that no grant covered',
    `delete from grant_draws where transfer_seq = (select max(seq) from transfers where kind = 'usage')`,
  ],
  ['I09', 'held credit that no hold explains', `update account_balances set held = held + 7`],
  [
    'I09',
    'an open hold that nothing is held for',
    `update holds set state = 'open', closed_at = null where state = 'settled'`,
  ],
  [
    'I10',
    'a grant with more left than was not drawn',
    `update grants set remaining = remaining - 1 where remaining > 1`,
  ],
  ['I11', 'grants that do not add up to the balance', `update grants set remaining = 0`],
  ['I12', 'credit for a purchase that is not paid', `update purchases set state = 'failed', grant_id = null`],
  [
    'I12',
    'a paid purchase without credit',
    `insert into purchases (account_id, purchase_id, origin, amount, currency, state, created_at, grant_id, subtotal_cents, total_cents) select account_id, gen_random_uuid(), 'checkout', 5000000000, 'usd', 'paid', now(), grant_id, 500, 500 from purchases limit 1`,
  ],
  ['I13', 'one payment behind two purchases', `update purchases set payment_intent_id = 'pi_same'`],
  ['I14', 'less paid than ordered', `update purchases set subtotal_cents = subtotal_cents - 1`],
  [
    'I15',
    'a grant of another amount than was bought',
    `update grants set amount = amount + 10000000 where source = 'purchase'`,
  ],
  [
    'I18',
    'two charges in flight',
    `drop index auto_top_up_attempts_one_in_flight; ${anAttempt('charging')}; ${anAttempt('unknown')}`,
  ],
  [
    'I19',
    'an attempt that succeeded without a paid purchase',
    `${anAttempt('succeeded')}; update purchases set state = 'failed', grant_id = null`,
  ],
  ['I21', 'an attempt unknown for days', anAttempt('unknown', `now() - interval '3 days'`)],
  ['I22', 'an event that nobody was charged for', `update usage_events set amount = amount + 1 where event_id = 'a'`],
  [
    'I24',
    'an event of Stripe that nobody processed',
    `insert into stripe_events (event_id, type, livemode, status, received_at) values ('evt_1', 'charge.succeeded', false, 'received', now() - interval '1 hour')`,
  ],
  [
    'I25',
    'live money among test money',
    `update purchases set livemode = true where purchase_id = (select purchase_id from purchases limit 1)`,
  ],
  [
    'I26',
    'a hold that should have expired',
    `update holds set expires_at = now() - interval '1 hour' where state = 'open'`,
  ],
  ['B01', 'a changed byte in the history', `update transfers set cause = cause || 'x' where seq = 2`],
  [
    'B01',
    'a posting time moved by a millisecond',
    `update transfers set posted_at = posted_at + interval '1 millisecond' where seq = 2`,
  ],
  ['B01', 'a head that is not the last hash', `update account_balances set last_hash = sha256('x')`],
  ['B02', 'a rollup that lost an event', `update usage_days set events = events - 1`],
  ['B03', 'a month that spent less than was used', `update budget_periods set spent = spent - 1`],
  [
    'B04',
    'a settled hold charged otherwise than its event',
    `update holds set charged = charged + 1 where state = 'settled'`,
  ],
  [
    'B05',
    'a second signup credit',
    `update transfers set kind = 'signup_credit', from_bucket = 'promotions' where kind = 'purchase'`,
  ],
  ['B06', 'a guard switched off', `alter table transfers disable trigger transfers_append_only`],
]

function anAttempt(state: string, createdAt = 'now()'): string {
  const closedAt = state === 'succeeded' ? 'now()' : 'null'
  return `insert into auto_top_up_attempts (account_id, attempt_id, purchase_id, state, amount, currency, month, stripe_payment_method_id, facts, request, created_at, closed_at)
    select account_id, gen_random_uuid(), purchase_id, '${state}', amount, 'usd', '2026-11', 'pm_1', '{}', '{}', ${createdAt}, ${closedAt} from purchases limit 1`
}

describe('each corruption is named by its invariant', () => {
  test.each(corruptions)('%s: %s', async (id, _what, sql) => {
    await client.query('begin')
    try {
      // As somebody with the keys to the house: the database's own guards are off.
      await client.query('set local session_replication_role = replica')
      await client.query(sql)
      expect(await violated()).toContain(id)
    } finally {
      await client.query('rollback')
    }
  })

  test('no invariant goes untested', () => {
    expect([...new Set(corruptions.map(([id]) => id))].sort()).toEqual(invariants.map(({ id }) => id).sort())
  })
})

describe("the database's own guards refuse a direct attack", () => {
  test.each([
    ['change a transfer', `update transfers set amount = 1`],
    ['delete a transfer', `delete from transfers`],
    ['empty the ledger', `truncate transfers cascade`],
    ['change an event', `update usage_events set amount = 0`],
    ['delete a draw', `delete from grant_draws`],
    ['rewrite the audit log', `delete from audit_entries`],
    ['edit a price in force', `update prices set per_million = 1`],
  ])('%s, as the owner', async (_what, sql) => {
    await client.query('begin')
    await expect(client.query(sql)).rejects.toThrow(/is append-only/)
    await client.query('rollback')
  })

  test.each([
    ['switch a guard off', `alter table transfers disable trigger all`],
    ['change a transfer', `update transfers set amount = 1`],
    ['make a grant bigger', `update grants set amount = amount * 2`],
    ['empty the ledger', `truncate transfers`],
  ])('%s, as the role that the programs run as', async (_what, sql) => {
    await client.query('begin')
    await client.query('set local role purse_app')
    await expect(client.query(sql)).rejects.toThrow(/permission denied|must be owner/)
    await client.query('rollback')
  })
})
