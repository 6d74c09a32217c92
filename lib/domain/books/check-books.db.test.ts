import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, money } from '@/lib/core/money'
import {
  authorize,
  expireHolds,
  extend,
  openLease,
  recordUsage,
  release,
  reportProgress,
  settle,
  settleLease,
} from '@/lib/domain/gate'
import { givePromotion } from '@/lib/domain/grants'
import { nilId } from '@/lib/domain/usage/rules'
import { query } from '@/lib/edges/db'
import { aBudget, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, aPaidPurchase, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { checkBooks, invariants } from '.'

/** Bytes to a share: pages of 8 kB make several. */
const manyShares = 1500

const database = aDatabaseInTest()
let client: pg.Client
let accountId: string
let userId: string

beforeAll(async () => {
  await publishTestPrices()
  ;({ accountId, userId } = await anAccount({ bought: '10', hasPaymentMethod: true, cap: '50' }))
  await aPaidPurchase(accountId, cents(500))
  await aPaidPurchase(accountId, cents(1500), { discount: cents(300), tax: cents(96) })
  await aPaidPurchase(accountId, cents(700), { discount: cents(700) })
  await aLivelyHistory()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
})

/** Everything that the gate can do to an account, so that every source of an event and every end of a hold is there. */
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
  const event = (eventId: string) => ({
    eventId,
    model: 'gpt-oss-20b',
    inputTokens: 5000n,
    cachedInputTokens: 100n,
    outputTokens: 70n,
    occurredAt: null,
  })
  const settled = await hold(2_000_000_000n)
  await settle(tester, { accountId, holdId: settled.holdId, settlement: tokens(1_000_000n) })

  const [silent, reported, late, released] = await Promise.all([1n, 2n, 3n, 4n].map((n) => hold(n * 10_000_000n)))
  await reportProgress(tester, { accountId, holdId: reported!.holdId, usage: tokens(1000n), holdSeconds: null })
  await reportProgress(tester, { accountId, holdId: late!.holdId, usage: tokens(2000n), holdSeconds: null })
  await release(tester, { accountId, holdId: released!.holdId })
  await query(`update holds set expires_at = now() - interval '1 second' where hold_id = any($1)`, [
    [silent!.holdId, reported!.holdId, late!.holdId],
  ])
  await expireHolds(tester)
  await settle(tester, { accountId, holdId: late!.holdId, settlement: tokens(3001n) })

  const { lease } = await openLease(tester, {
    accountId,
    idempotencyKey: newId(),
    amount: money(50_000_000n),
    leaseSeconds: 600,
  })
  await settleLease(tester, {
    accountId,
    leaseId: lease.holdId,
    events: [event('of the lease'), event('of the lease too')],
    refillTo: money(60_000_000n),
    leaseSeconds: null,
  })

  const open = await hold(300_000_000n)
  await extend(tester, {
    accountId,
    holdId: open.holdId,
    size: { maxCost: money(400_000_000n) },
    holdSeconds: null,
    idempotencyKey: null,
  })
  await recordUsage(tester, { accountId, events: [event('a'), event('b')], beyondCredit: 'refuse' })
  const gift = { accountId, amount: '1.00', expiresOn: '2029-12-31', reason: 'A test', idempotencyKey: 'gift' }
  await givePromotion(tester, gift)
  await aKeysHistory()
}

/** Usage of a key with a tag, before and after the key and its member have budgets; one of its holds stays open. */
async function aKeysHistory(): Promise<void> {
  const { keyId, facts } = await anApiKey(accountId, userId)
  const authorizeWith = async (tag: string | null) => {
    const size = { maxCost: money(30_000_000n), model: 'gpt-oss-20b' }
    const request = { accountId, idempotencyKey: newId(), size, holdSeconds: 600, facts: { ...facts, tag } }
    return (await authorize(tester, request)).hold.holdId
  }
  const settlement = { model: null, inputTokens: 100_000n, cachedInputTokens: 0n, outputTokens: 0n }
  await settle(tester, { accountId, holdId: await authorizeWith('search'), settlement })
  await authorizeWith(null)
  await aBudget(accountId, 'key', keyId, 'lifetime', '5')
  await aBudget(accountId, 'member', userId, 'daily', '5')
  await settle(tester, { accountId, holdId: await authorizeWith(null), settlement })
}

/** Read whole, or in the shares that large tables are cut into. */
async function violated(bytesPerShare = Number.MAX_SAFE_INTEGER): Promise<string[]> {
  return (await checkBooks(client, { bytesPerShare }))
    .filter(({ count }) => count > 0)
    .map(({ invariant }) => invariant.id)
}

test('good books break no invariant', async () => {
  expect(await violated()).toEqual([])
  expect(await violated(manyShares)).toEqual([])
})

test('the history has every source of events and every state of holds', async () => {
  const [row] = await query(
    `select (select array_agg(distinct coalesce(source, 'reported')) from usage_events) as sources,
            (select array_agg(distinct kind || ' ' || state order by kind || ' ' || state) from holds) as holds`,
  )
  expect(row).toEqual({
    sources: ['expiry', 'late', 'lease', 'reported', 'settle'],
    holds: ['lease open', 'request expired', 'request open', 'request released', 'request settled'],
  })
})

test('a check of some invariants on two connections tells of each part and each result, in order', async () => {
  const second = new pg.Client({ connectionString: database.url })
  await second.connect()
  const told: string[] = []
  let parts = 0
  const results = await checkBooks([client, second], {
    only: ['I22', 'I01', 'B09'],
    onPart: () => {
      parts += 1
    },
    onResult: ({ invariant }) => told.push(invariant.id),
  })
  await second.end()
  expect(told).toEqual(['I01', 'I22', 'B09'])
  expect(results.map(({ count }) => count)).toEqual([0, 0, 0])
  expect(parts).toBeGreaterThan(3)
})

const ofAKey = `key_id <> '${nilId}'`

const withoutPurchaseChecks = `alter table purchases drop constraint purchases_paid_amounts`

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
  ['I05', 'a transfer taken out', `delete from transfers where seq = 4`],
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
  [
    'I12',
    'credit for a purchase that is not paid',
    `update purchases set state = 'failed', grant_id = null, gift_grant_id = null`,
  ],
  [
    'I12',
    'a paid purchase without credit',
    `insert into purchases (account_id, purchase_id, origin, amount, currency, state, created_at, grant_id, subtotal_cents, total_cents) select account_id, gen_random_uuid(), 'checkout', 5000000000, 'usd', 'paid', now(), grant_id, 500, 500 from purchases limit 1`,
  ],
  ['I12', 'a gift for a discount that nobody had', `update purchases set discount_cents = 0, gift_grant_id = null`],
  ['I12', 'a discount without its gift', `delete from transfers where kind = 'promotion' and cause like 'purchase:%'`],
  [
    'I12',
    'a discount credited as if it had been paid',
    `update transfers set kind = 'purchase', from_bucket = 'payments', cause = cause || 'x' where kind = 'promotion'`,
  ],
  ['I13', 'one payment behind two purchases', `update purchases set payment_intent_id = 'pi_same'`],
  [
    'I14',
    'less paid than ordered',
    `update purchases set subtotal_cents = subtotal_cents - 1 where discount_cents = 0`,
  ],
  ['I14', 'tax that was not paid', `update purchases set tax_cents = 1 where tax_cents = 0`],
  [
    'I14',
    'a discount that the page did not offer',
    `update purchases set page_terms = jsonb_set(page_terms, '{promotionCodes}', 'false') where discount_cents > 0`,
  ],
  [
    'I14',
    'a discount on a page that offered nothing',
    `update purchases set page_terms = null where discount_cents > 0`,
  ],
  [
    'I14',
    'a discount of more than the amount',
    `${withoutPurchaseChecks}; update purchases set discount_cents = 1600, tax_cents = 1396 where discount_cents = 300`,
  ],
  [
    'I14',
    'a tax below zero',
    `${withoutPurchaseChecks}; update purchases set tax_cents = -96, total_cents = 1104 where tax_cents = 96`,
  ],
  [
    'I14',
    'money that came in without a payment',
    `update purchases set payment_intent_id = null where total_cents > 0`,
  ],
  [
    'I14',
    'a payment for a purchase that cost nothing',
    `update purchases set payment_intent_id = 'pi_0' where total_cents = 0`,
  ],
  [
    'I15',
    'a grant of another amount than was bought',
    `update grants set amount = amount + 10000000 where source = 'purchase'`,
  ],
  [
    'I15',
    'a gift of more than the discount',
    `update grants set amount = amount + 10000000 where source = 'promotion'`,
  ],
  [
    'I15',
    'tax credited',
    `update transfers set amount = amount + 960000000 where kind = 'purchase' and amount = 12000000000`,
  ],
  ['I15', 'a gift said to be paid for', `update grants set source = 'purchase' where source = 'promotion'`],
  [
    'I15',
    'a gift alone that names another grant',
    `update purchases set grant_id = (select grant_id from grants where source = 'purchase' limit 1) where total_cents = 0`,
  ],
  [
    'I16',
    'a refund whose credit was not taken',
    `insert into refunds (account_id, refund_id, purchase_id, origin, state, amount_cents, currency, created_at, updated_at) select account_id, gen_random_uuid(), purchase_id, 'customer', 'requested', 100, 'usd', now(), now() from purchases limit 1`,
  ],
  [
    'I17',
    'a lost dispute that takes nothing',
    `insert into disputes (account_id, dispute_id, purchase_id, stripe_dispute_id, status, amount_cents, currency, opened_at, updated_at) select account_id, gen_random_uuid(), purchase_id, 'dp_1', 'lost', 100, 'usd', now(), now() from purchases limit 1`,
  ],
  [
    'I18',
    'two charges in flight',
    `drop index auto_top_up_attempts_one_in_flight; ${anAttempt('charging')}; ${anAttempt('unknown')}`,
  ],
  [
    'I19',
    'an attempt that succeeded without a paid purchase',
    `${anAttempt('succeeded')}; update purchases set state = 'failed', grant_id = null, gift_grant_id = null`,
  ],
  ['I21', 'an attempt unknown for days', anAttempt('unknown', `now() - interval '3 days'`)],
  ['I27', 'a decline that was not counted', anAttempt('declined')],
  ['I27', 'a decline of nobody', `insert into card_declines values ('F', gen_random_uuid(), now())`],
  [
    'I27',
    'a decline counted against another card',
    `${anAttempt('declined')}; insert into card_declines select 'G', attempt_id, now() from auto_top_up_attempts`,
  ],
  ['I22', 'an event that nobody was charged for', `update usage_events set amount = amount + 1 where event_id = 'a'`],
  [
    'I22',
    'an event of a transfer that is not there',
    `update usage_events set transfer_seq = 999 where event_id = 'a'`,
  ],
  [
    'I22',
    'an event that a purchase is said to have charged',
    `update usage_events set transfer_seq = (select min(seq) from transfers where kind = 'purchase') where event_id = 'a'`,
  ],
  [
    'I22',
    'a charge in a month that has no events',
    `update transfers set posted_at = posted_at - interval '10 years' where kind = 'usage'`,
  ],
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
  ['B01', 'a grant that burns sooner than it was granted to', `update grants set priority = priority - 1`],
  ['B01', 'a grant that was to expire at another time', `update grants set first_expires_at = '2030-01-01Z'`],
  ['B01', 'an expiry that was put off', `update grants set expires_at = '2031-01-01Z' where expires_at is not null`],
  ['B01', 'a draw of another amount', `update grant_draws set amount = amount + 1`],
  ['B02', 'a rollup that lost an event', `update usage_days set events = events - 1`],
  ['B02', 'a rollup of another day', `update usage_days set day = day - 1`],
  ['B02', 'a rollup of a day long ago', `update usage_days set day = '2000-02-29'`],
  ['B02', 'a day that was never written', `delete from usage_days where model = 'gpt-oss-20b'`],
  ['B02', 'a day that counts for another key', `update usage_days set key_id = gen_random_uuid() where ${ofAKey}`],
  ['B03', 'a month that spent less than was used', `update budget_periods set spent = spent - 1`],
  [
    'B04',
    'a settled hold charged otherwise than its event',
    `update holds set charged = charged + 1 where state = 'settled'`,
  ],
  [
    'B04',
    'a late settle that is not counted',
    `update holds set charged = charged - 1 where hold_id = (select hold_id from usage_events where source = 'late')`,
  ],
  ['B04', 'an expired hold charged for nothing it reported', `delete from usage_events where source = 'expiry'`],
  [
    'B04',
    'a released hold with an event',
    `update holds set state = 'released', charged = null where state = 'settled'`,
  ],
  ['B04', 'a lease that was charged otherwise', `update holds set charged = charged + 1 where kind = 'lease'`],
  ['B04', 'a lease that was settled as a request', `update usage_events set source = 'settle' where source = 'lease'`],
  [
    'B04',
    'an event of a hold that is not there',
    `update usage_events set hold_id = gen_random_uuid() where source = 'lease'`,
  ],
  [
    'B04',
    'an event priced at another time than its hold',
    `update usage_events set occurred_at = occurred_at - interval '1 day' where source = 'settle'`,
  ],
  [
    'B05',
    'a second signup credit',
    `update transfers set kind = 'signup_credit', from_bucket = 'promotions' where kind = 'purchase'`,
  ],
  ['B06', 'a guard switched off', `alter table transfers disable trigger transfers_append_only`],
  ['B06', 'a guard of one month switched off', ofThisMonth('alter table %I disable trigger usage_events_append_only')],
  ['B06', 'a month that can be emptied', ofThisMonth('drop trigger %1$s_no_truncate on %1$I')],
  ['B07', 'an hour that lost an event', `update usage_hours set events = events - 1`],
  ['B07', 'an hour with the tokens of another', `update usage_hours set output_tokens = output_tokens + 1`],
  ['B07', 'an hour with another tag', `update usage_hours set tag = 'other' where tag <> ''`],
  [
    'B07',
    'an hour that counts for another member',
    `update usage_hours set member_id = gen_random_uuid() where ${ofAKey}`,
  ],
  ['B07', 'an hour long ago', `update usage_hours set hour = '2000-02-29 12:00Z'`],
  ['B08', 'transfers of nobody', `update transfers set account_id = gen_random_uuid() where seq = 1`],
  ['B08', 'an event of nobody', `update usage_events set account_id = gen_random_uuid() where event_id = 'a'`],
  ['B08', 'a hold of nobody', `update holds set account_id = gen_random_uuid()`],
  ['B08', 'a rollup of nobody', `update usage_hours set account_id = gen_random_uuid()`],
  ['B08', 'a draw of a grant that is not there', `update grant_draws set grant_id = gen_random_uuid()`],
  [
    'B08',
    'a draw for a transfer that is not there',
    `update grant_draws set transfer_seq = 999 where transfer_seq = (select max(transfer_seq) from grant_draws)`,
  ],
  ['B08', 'more drawn than was moved', `update grant_draws set amount = 1000000000000`],
  [
    'B09',
    'an event in two months',
    `create temp table again on commit drop as select * from usage_events where event_id = 'a';
     update again set month = month + interval '1 month', recorded_at = recorded_at + interval '1 month';
     insert into usage_events select * from again`,
  ],
  ['B09', 'an event in the wrong month', `update usage_events set recorded_at = recorded_at - interval '2 months'`],
  [
    'B10',
    'an event with other tokens',
    `update usage_events set output_tokens = output_tokens + 1 where event_id = 'a'`,
  ],
  ['B10', 'a settle that cost a nano more', `update usage_events set amount = amount + 1 where source = 'settle'`],
  ['B10', 'a lease event that cost a nano less', `update usage_events set amount = amount - 1 where source = 'lease'`],
  ['B10', 'a late settle that cost a nano more', `update usage_events set amount = amount + 1 where source = 'late'`],
  [
    'B10',
    'an expired hold that cost a nano less',
    `update usage_events set amount = amount - 1 where source = 'expiry'`,
  ],
  ['B10', 'a price that was lost', `delete from prices where token_class = 'cached_input'`],
  ['B10', 'a price that was lost, of an expired hold', `delete from prices where model = 'kimi-k2p7-code'`],
  ['B10', 'a model without a price', `update usage_events set model = 'unheard-of' where event_id = 'a'`],
  [
    'B11',
    'a retired month of which nothing is kept',
    `insert into retired_months values ('2020-01-01', 5, 7, 0, 'x', 1, sha256('x'), now())`,
  ],
  [
    'B11',
    'a retired month whose events are still there',
    `insert into retired_months select distinct month, 0, 0, 0, 'x', 1, sha256('x'), now() from usage_events`,
  ],
  [
    'B12',
    'a switch that nobody turned',
    `insert into house_switches values ('auto_top_up_breaker', false, 'x', 'x', now())`,
  ],
  [
    'B12',
    'a switch that stands otherwise than it was turned',
    `insert into house_switches values ('auto_top_up_off', false, 'x', 'x', now()); insert into house_switch_changes values (gen_random_uuid(), 'auto_top_up_off', true, 'x', 'x', null, now())`,
  ],
  ['B13', 'credit held on a budget that no hold explains', `update budgets set held = held + 7 where scope = 'key'`],
  [
    'B13',
    'an open hold that its member knows nothing of',
    `update holds set member_id = null where state = 'open' and key_id is not null`,
  ],
  [
    'B14',
    'a lifetime that spent more than was used',
    `update budget_periods set spent = spent + 1 where period = 'lifetime'`,
  ],
  [
    'B14',
    'a day of a member that spent less than was used',
    `update budget_periods p set spent = p.spent - 1 from budgets b where b.budget_id = p.budget_id and b.scope = 'member'`,
  ],
  [
    'B14',
    'a budget that counts for another key',
    `update budgets set subject_id = gen_random_uuid(), held = 0 where scope = 'key'`,
  ],
  [
    'B15',
    'a day that begins within another one',
    `insert into budget_periods (account_id, budget_id, period, starts_at, ends_at, time_zone)
       select account_id, budget_id, '0000', starts_at - interval '1 day', starts_at + interval '1 minute', time_zone
         from budget_periods join budgets using (account_id, budget_id) where scope = 'member'`,
  ],
  [
    'B20',
    'credit that should have expired',
    `update grants set expires_at = now() - interval '61 minutes' where remaining > 0`,
  ],
  [
    'B20',
    'credit that no sweep will look at',
    `update grants set is_over = true, expires_at = now() where remaining > 0`,
  ],
  ['B21', 'signup credit that nobody claimed', `delete from signup_claims`],
  [
    'B21',
    'signup credit claimed by two people',
    `insert into signup_claims select 'email', sha256('x'), account_id, now() from accounts`,
  ],
  [
    'B21',
    'a card claimed by an account without signup credit',
    `insert into signup_claims values ('fingerprint', sha256('x'), gen_random_uuid(), now())`,
  ],
  // What else can go wrong with invoices: invoice-invariants.db.test.ts.
  ['B34', 'two invoices of the same usage', [1, 2].map((number) => anInvoice(number)).join('; ')],
  ['I23', 'an invoice without lines', anInvoice(1)],
  [
    'B30',
    'more promised than the contract allows',
    `${aContractOf()}; update account_balances set held = held + 900000000000`,
  ],
  [
    'B31',
    'a payment of no invoice',
    `update transfers set kind = 'invoice_payment', cause = 'invoice:' || seq where kind = 'purchase'`,
  ],
  ['B32', 'an invoice for nothing', `${anInvoice(1)}; update transfers set posted_at = posted_at - interval '2 hours'`],
  [
    'B35',
    'the payment of an invoice that is not there',
    `update purchases set origin = 'invoice' where state = 'paid' and gift_grant_id is null`,
  ],
  ['B33', 'a credit limit without a contract', `update accounts set billing_mode = 'postpaid', credit_limit = 5`],
]

function aContractOf(): string {
  return `insert into contracts (account_id, contract_id, credit_limit, currency, payment_terms_days, collection, started_at, started_by, billed_until, billed_seq, next_close_at)
  select account_id, gen_random_uuid(), 1000000000, 'usd', 30, 'send_invoice', now(), 'x', now(), 0, now() from accounts`
}

function anInvoice(number: number): string {
  return `insert into invoices (account_id, invoice_id, contract_id, kind, period, starts_at, ends_at, time_zone, from_seq, through_seq, amount_cents, currency, state,
            collection, payment_terms_days, stripe_invoice_id, created_at)
    select account_id, gen_random_uuid(), gen_random_uuid(), 'monthly', '2026-0${number}', now(), now(), 'UTC', 0, 9, 100, 'usd', 'open', 'send_invoice', 30, 'in_${number}', now() from accounts`
}

/** A statement about the partition of this month, whose name stands for %I. */
function ofThisMonth(statement: string): string {
  return `do $$ begin execute format('${statement}', 'usage_events_' || to_char(now() at time zone 'UTC', 'YYYY_MM')); end $$`
}

function anAttempt(state: string, createdAt = 'now()'): string {
  const closedAt = ['succeeded', 'declined'].includes(state) ? 'now()' : 'null'
  return `insert into auto_top_up_attempts (account_id, attempt_id, purchase_id, state, amount, currency, month, stripe_payment_method_id, card, payment_intent_id, facts, request, created_at, closed_at)
    select account_id, gen_random_uuid(), purchase_id, '${state}', amount, 'usd', '2026-11', 'pm_1', 'F', 'pi_1', '{}', '{}', ${createdAt}, ${closedAt} from purchases limit 1`
}

describe('each corruption is named by its invariant', () => {
  test.each(corruptions)('%s: %s', async (id, _what, sql) => {
    await client.query('begin')
    try {
      // As somebody with the keys to the house: the database's own guards are off.
      await client.query('set local session_replication_role = replica')
      await client.query(sql)
      expect(await violated()).toContain(id)
      expect(await violated(manyShares)).toContain(id)
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
    ['empty a month of events', ofThisMonth('truncate %I')],
    ['change an event in its month', ofThisMonth('update %I set amount = 0')],
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
