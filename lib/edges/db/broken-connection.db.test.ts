import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { inTransaction, query, type Tx } from '.'

const database = aDatabaseInTest()
const uncaught: Error[] = []
const keep = (error: Error) => void uncaught.push(error)
let others: NodeJS.UncaughtExceptionListener[] = []

beforeAll(async () => {
  others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', keep)
})

afterAll(async () => {
  process.off('uncaughtException', keep)
  for (const other of others) process.on('uncaughtException', other)
})

async function pidOf(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]!.pid
}

/** As the owner of the database; our own role may not. */
async function breakConnection(pid: number): Promise<void> {
  const owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  await owner.query('select pg_terminate_backend($1, 5000)', [pid])
  await owner.end()
}

test.each([
  { when: 'between two statements', isBusy: false },
  { when: 'while a statement runs', isBusy: true },
])('a connection that breaks $when is a refusal to its transaction, and nothing to the process', async ({ isBusy }) => {
  await expect(
    inTransaction(async (tx) => {
      const pid = await pidOf(tx)
      const statement = isBusy ? tx.query('select pg_sleep(5)') : null
      await breakConnection(pid)
      await (statement ?? tx.query('select 1'))
    }),
  ).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  await expect(query('select 1 as one')).resolves.toEqual([{ one: 1 }])
  expect(uncaught).toEqual([])
})
