// The command over many payments, in a process whose memory is small. PAYMENTS=10000 measures what the documentation says.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { startProcess } from '@/lib/testing/processes'

const payments = Number(process.env.PAYMENTS || 300)
const atOnce = 8
const heapMegabytes = 80
let world: MoneyIn
let folder: string

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-reconcile-'))
})
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true })
  await world.close()
})

/** Payments of ten accounts with their purchases, as they stand after they were settled: written as the owner, for speed. */
async function manyPayments(): Promise<void> {
  const options = '-c session_replication_role=replica'
  const owner = new pg.Pool({ connectionString: world.databaseUrl, options, max: atOnce })
  const accounts = await Promise.all(Array.from({ length: 10 }, async () => (await anAccount()).accountId))
  for (let done = 0; done < payments; done += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, payments - done) }, async (_, n) => {
        const [accountId, purchaseId] = [accounts[(done + n) % accounts.length]!, newId()]
        const answer = await fetch(`${world.sandboxUrl}/v1/payment_intents`, {
          method: 'POST',
          headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            amount: '1000',
            currency: 'usd',
            payment_method: 'pm_card_visa',
            confirm: 'true',
            return_url: 'http://localhost',
            'metadata[app]': 'purse',
            'metadata[account_id]': accountId,
            'metadata[purchase_id]': purchaseId,
          }).toString(),
        })
        const { id } = (await answer.json()) as { id: string }
        await owner.query(
          `with posted as (insert into transfers (account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash)
             values ($1, $4, 'purchase', 'purchase:' || $2, 'payments', 'credit', 10000000000, 'usd', 0, now(), decode(repeat('00', 32), 'hex')))
           insert into purchases (account_id, purchase_id, origin, amount, currency, state, payment_intent_id, subtotal_cents,
             discount_cents, tax_cents, total_cents, grant_id, created_at, paid_at)
           values ($1, $2::uuid, 'checkout', 10000000000, 'usd', 'paid', $3, 1000, 0, 0, 1000, $2::uuid, now(), now())`,
          [accountId, purchaseId, id, done + n + 2],
        )
      }),
    )
  }
  await owner.end()
}

async function reconcile(...args: string[]) {
  const file = path.join(folder, 'report.json')
  const env = { ...world.env, NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` }
  const startedAt = Date.now()
  const child = startProcess('scripts/reconcile.ts', ['--json', file, ...args], env)
  const { code, stderr } = await child.exit
  return {
    code,
    stderr,
    seconds: (Date.now() - startedAt) / 1000,
    report: fs.existsSync(file) && JSON.parse(fs.readFileSync(file, 'utf8')),
  }
}

test(`the command compares ${payments} payments with ${heapMegabytes} MB of heap, and its exit code says what came of it`, {
  timeout: 3_600_000,
}, async () => {
  await manyPayments()
  await new Promise((resolve) => setTimeout(resolve, 3_000)) // Stripe books a charge two seconds later
  const clean = await reconcile()
  if (process.env.PAYMENTS) console.info(clean)
  expect({ code: clean.code, stderr: clean.stderr }).toEqual({ code: 0, stderr: '' })
  const total = `${payments * 10}.00`
  expect(clean.report).toMatchObject({
    counts: { payments, balanceTransactions: payments, open: 0, foreign: 0 },
    totals: [
      {
        currency: 'usd',
        stripe: { charged: total, net: total },
        books: { net: total },
        ledger: { expected: total, posted: total },
      },
    ],
    findings: [],
  })

  const [one] = await query<{ id: string }>('select purchase_id as id from purchases limit 1')
  await query('update purchases set total_cents = 999 where purchase_id = $1', [one!.id])
  const { code, stderr, report } = await reconcile('--look-only')
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(report.findings).toMatchObject([{ kind: 'amount_differs', purchaseId: one!.id, whatToDo: expect.any(String) }])
  expect((await reconcile('--since', 'yesterday')).code).toBe(2)
})

test('two runs at once do not disturb each other', { timeout: 120_000 }, async () => {
  const running = [1, 2].map(() => startProcess('scripts/reconcile.ts', ['--look-only'], world.env))
  expect(await Promise.all(running.map(async ({ exit }) => (await exit).code))).toEqual([1, 1])
})
