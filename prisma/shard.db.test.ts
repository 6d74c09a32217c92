/**
 * The account is the shard: every table of an account has account_id first in its primary key and in every unique and
 * foreign key, and no sequence numbers rows across accounts. So the schema distributes by account_id without a change.
 */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await aDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.close()
})

/** Tables that belong to no account though they name one: claims are unique across accounts, that is what they are for. */
const acrossAccounts = ['signup_claims']

/** Tables that belong to no account: people and their log-ins, reference data, the inbox, the demo. Reviewed by name. */
const ofNoAccount = [
  '_prisma_migrations',
  'attempt_counts',
  'auth_accounts',
  'card_declines',
  'clock',
  'drift_findings',
  'drift_payments',
  'drift_reports',
  'house_settings',
  'house_switch_changes',
  'house_switches',
  'mailbox_messages',
  'models',
  'prices',
  'retired_months',
  'service_keys',
  'sessions',
  'sign_in_devices',
  'stripe_events',
  'sweep_marks',
  'users',
  'verification_tokens',
]

/** Keys and unique indexes of the tables, with the name of their first column. */
const firstColumns = `
  select c.relname as "table", i.relname as key, a.attname as first
    from pg_index x
    join pg_class c on c.oid = x.indrelid and c.relnamespace = 'public'::regnamespace
    join pg_class i on i.oid = x.indexrelid
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
   where x.indisunique
  union all
  select c.relname, k.conname, a.attname
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid and c.relnamespace = 'public'::regnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
   where k.contype = 'f'`

async function misplaced(): Promise<string[]> {
  const { rows } = await client.query(
    `select "table" || '.' || key as name from (${firstColumns}) keys where first is distinct from 'account_id' and not "table" = any($1) order by 1`,
    [[...ofNoAccount, ...acrossAccounts]],
  )
  return rows.map((row) => row.name)
}

test('every table of an account leads with account_id, in every key', async () => {
  expect(await misplaced()).toEqual([])
})

test('every table either belongs to an account or is on the reviewed list', async () => {
  const { rows } = await client.query(
    `select c.relname as name,
            exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped) as has_account,
            exists (select from pg_index x where x.indrelid = c.oid and x.indisprimary) as has_key
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
  )
  expect(rows.filter((row) => row.has_account === ofNoAccount.includes(row.name)).map((row) => row.name)).toEqual([])
  expect(rows.filter((row) => !row.has_key).map((row) => row.name)).toEqual([])
})

test('no sequence numbers rows', async () => {
  const { rows } = await client.query(
    `select relname from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace`,
  )
  expect(rows).toEqual([])
})

test.each([
  ['a unique key across accounts', 'create unique index planted on purchases (payment_intent_id)', 'purchases.planted'],
  [
    'a foreign key past the account',
    'alter table purchases add constraint planted foreign key (requested_by_user_id) references users (id)',
    'purchases.planted',
  ],
  [
    'a table with another key',
    'create table planted (id uuid primary key, account_id uuid not null)',
    'planted.planted_pkey',
  ],
])('%s is found', async (_what, sql, name) => {
  await client.query('begin')
  try {
    await client.query(sql)
    expect(await misplaced()).toContain(name)
  } finally {
    await client.query('rollback')
  }
})
