import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { buyCredits } from '@/lib/domain/purchases'
import { closeDatabase, query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { startProcess, type TestProcess } from '@/lib/testing/processes'

let world: MoneyIn
let worker: TestProcess
const longMs = 90_000

beforeAll(async () => {
  world = await aMoneyIn()
  worker = startProcess('lib/worker/main.ts', [], { ...world.env, LOG_LEVEL: 'info' })
  await worker.line((line) => line.includes('The worker is ready'), 60)
}, longMs)
afterAll(async () => {
  await worker.kill()
  await world.close()
})

async function aPaidPage() {
  const { accountId } = await anAccount()
  const { checkoutUrl } = await buyCredits(system('test'), { accountId, amount: '10.00', saveCard: false })
  await world.pay(checkoutUrl)
  return accountId
}

async function expectCredit(accountId: string): Promise<void> {
  await expect
    .poll(() => query('select amount from transfers where account_id = $1 and kind = $2', [accountId, 'purchase']), {
      timeout: 40_000,
      interval: 200,
    })
    .toEqual([{ amount: 10_000_000_000n }])
}

test('an event becomes credit without anybody asking', { timeout: longMs }, async () => {
  await expectCredit(await aPaidPage())
  await expectMoneyToAgree(world)
})

test('with every event lost, a sweep credits', { timeout: longMs }, async () => {
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await expectCredit(await aPaidPage())
  await world.control('POST', '/deliveries', { mode: 'auto' })
})

test('the worker outlives its database: what waited meanwhile is done when it is back', {
  timeout: longMs,
}, async () => {
  const name = new URL(world.databaseUrl).pathname.slice(1)
  const server = new URL(world.databaseUrl)
  server.pathname = '/postgres'
  const outside = new pg.Client({ connectionString: server.href })
  await outside.connect()
  const accountId = await aPaidPage()
  await closeDatabase()
  await outside.query(`alter database ${name} with allow_connections false`)
  await outside.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  await outside.query(`alter database ${name} with allow_connections true`)
  await outside.end()

  await expectCredit(accountId)
  await expectCredit(await aPaidPage())
  await expectMoneyToAgree(world)
})

test('a job that a worker died with is let go and done', { timeout: longMs }, async () => {
  const owner = new pg.Client({ connectionString: world.databaseUrl })
  await owner.connect()
  // Taken long ago by a worker that is no more; the schedule runs by the minute, so its task is asked for here.
  await owner.query(
    `select graphile_worker.add_job('run-auto-top-up', json_build_object('accountId', $1::text),
                                    run_at => now() + interval '2 seconds')`,
    [(await anAccount()).accountId],
  )
  await owner.query(`update graphile_worker._private_jobs set locked_by = 'worker-that-died',
                            locked_at = now() - interval '4 minutes' where run_at > now()`)
  await owner.query("select graphile_worker.add_job('free-stuck-jobs')")
  await expect
    .poll(
      async () =>
        (await owner.query("select 1 from graphile_worker.jobs where task_identifier = 'run-auto-top-up'")).rowCount,
      {
        timeout: 20_000,
      },
    )
    .toBe(0)
  await owner.end()
})

test('SIGTERM ends it cleanly', { timeout: longMs }, async () => {
  await worker.kill('SIGTERM')
  expect((await worker.exit).code).toBe(0)
})
