import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { anOpenInvoice, aPostPaidCustomer, carryOn, goTo, learn, payAtStripe, turnMonth } from '@/lib/testing/post-paid'
import { buyByHand, use } from '@/lib/testing/top-ups'
import { checkBooks } from '.'

let world: MoneyIn
let client: pg.Client

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
  await aHistoryOfInvoices()
  client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
}, 120_000)
afterAll(async () => {
  await client.end()
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

/** One invoice that is paid, one that is open and credited in part, usage after it, and a prepaid neighbour. */
async function aHistoryOfInvoices(): Promise<void> {
  const { accountId, invoiceId, stripeInvoiceId } = await anOpenInvoice(world, { dollars: 30 })
  await payAtStripe(world, stripeInvoiceId)
  await learn(accountId, invoiceId)
  await use(accountId, 50)
  await turnMonth(world, accountId)
  await buyByHand(world, { accountId, actor: tester }, { amount: '20.00', saveCard: false })
  await carryOn(world)
  await use(accountId, 4)
  const neighbour = await aPostPaidCustomer({ creditLimit: '5' })
  await use(neighbour.accountId, 3)
  // What came in is no news any more.
  await goTo(world, new Date((await now()).getTime() + dayMs / 2))
}

const violated = async (): Promise<string[]> =>
  (await checkBooks(client)).filter(({ count }) => count > 0).map(({ invariant }) => invariant.id)

test('good books break no invariant, and the history has every part', async () => {
  expect(await violated()).toEqual([])
  expect(await query('select state, amount_cents from invoices order by created_at')).toEqual([
    { state: 'paid', amount_cents: 3000n },
    { state: 'open', amount_cents: 5000n },
  ])
  expect(await query('select state, amount_cents from invoice_credit_notes')).toEqual([
    { state: 'issued', amount_cents: 2000n },
  ])
})

const open = `invoice_id = (select invoice_id from invoices where state = 'open')`
const paid = `invoice_id = (select invoice_id from invoices where state = 'paid')`

const corruptions: [id: string, what: string, sql: string][] = [
  [
    'B34',
    'an invoice that reaches back into the one before',
    `update invoices set through_seq = through_seq + 1 where ${paid}`,
  ],
  [
    'I23',
    'an invoice that asks for more than its lines',
    `update invoice_lines set amount_cents = amount_cents - 1 where ${open} and kind = 'usage'`,
  ],
  ['I23', 'a line that is gone', `delete from invoice_lines where ${paid} and kind = 'credit'`],
  ['I23', 'usage that is on no line', `update invoices set through_seq = through_seq + 20 where ${open}`],
  [
    'I23',
    'a line of another sum than its usage',
    `update invoice_lines set amount = amount + 1 where ${open} and kind = 'usage'`,
  ],
  [
    'I23',
    'a line that rounds a cent away',
    `update invoice_lines set amount_cents = amount_cents + case line when 1 then 2 else -2 end where ${paid}`,
  ],
  [
    'B30',
    'holds beyond the credit limit',
    `update account_balances b set held = 3000000001 from accounts a where a.account_id = b.account_id and a.credit_limit = 5000000000;
     insert into holds (account_id, hold_id, idempotency_key, request_hash, amount, state, created_at, expires_at)
     select account_id, gen_random_uuid(), 'x', 'x', 3000000001, 'open', now() + interval '900 days', now() + interval '9000 days' from accounts where credit_limit = 5000000000`,
  ],
  [
    'B31',
    'a paid invoice with another sum than its payment',
    `update invoices set paid_cents = paid_cents - 1 where ${paid}`,
  ],
  [
    'B31',
    'a payment that is of another invoice',
    `update invoices set paid_cents = 5000, state = 'paid', paid_at = now() where ${open}`,
  ],
  [
    'B35',
    'a payment whose invoice is not there',
    `update purchases set purchase_id = gen_random_uuid() where origin = 'invoice'`,
  ],
  ['B35', 'a payment that is not written down', `delete from purchases where origin = 'invoice'`],
  [
    'B35',
    'a payment that names other credit',
    `update purchases p set grant_id = (select g.grant_id from grants g where g.account_id = p.account_id and g.source = 'purchase')
      where origin = 'invoice'`,
  ],
  [
    'B35',
    'a payment of another sum than its credit',
    `update purchases set amount = amount + 10000000, subtotal_cents = subtotal_cents + 1, total_cents = total_cents + 1 where origin = 'invoice'`,
  ],
  ['B32', 'invoices that ask for more than is outstanding', `delete from invoice_credit_notes`],
  ['B32', 'a credit note of more than the invoice', `update invoice_credit_notes set amount_cents = 5001`],
  [
    'B33',
    'a post-paid account without a contract',
    `update contracts set ended_at = now() + interval '900 days', ended_by = 'x' where credit_limit = 5000000000`,
  ],
  [
    'B33',
    'another credit limit than the contract has',
    `update accounts set credit_limit = credit_limit + 1 where credit_limit = 5000000000`,
  ],
  [
    'B33',
    'a prepaid account with a contract in force',
    `update accounts set billing_mode = 'prepaid', credit_limit = 0 where credit_limit = 5000000000`,
  ],
]

test.each(corruptions)('%s alone names %s', async (id, _, sql) => {
  await client.query('begin')
  try {
    // Past the database's own guards: they would refuse most of this.
    await client.query('set local session_replication_role = replica')
    await client.query(sql)
    expect(await violated()).toEqual([id])
  } finally {
    await client.query('rollback')
  }
})

test.each([
  [
    'a second invoice of a month',
    `insert into invoices select * from (select * from invoices where state = 'open') i`,
    /duplicate key/,
  ],
  [
    'a second contract',
    `insert into contracts select account_id, gen_random_uuid(), credit_limit, currency, payment_terms_days, collection, po_number, note, started_at, started_by, billed_until, billed_seq, next_close_at from contracts`,
    /contracts_one_open/,
  ],
  [
    'a payment of an invoice that is not paid',
    `update purchases set state = 'open', grant_id = null where origin = 'invoice'`,
    /purchases_invoice/,
  ],
  ['another line', `update invoice_lines set amount_cents = 1`, /is append-only/],
  ['a credit limit for a prepaid account', `update accounts set billing_mode = 'prepaid'`, /accounts_credit_limit/],
])('the database itself refuses %s', async (_, sql, error) => {
  await expect(client.query(sql)).rejects.toThrow(error)
})
