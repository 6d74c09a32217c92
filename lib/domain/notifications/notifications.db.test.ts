import { afterAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { inTransaction, pool, query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { signUp } from '../accounts'
import { addMember } from '../members'
import { listMailbox, notify, sendNotification } from '.'

const database = aDatabaseInTest({ mode: 'demo' })

afterAll(async () => {
  process.env.PURSE_MODE = 'demo'
  resetEnv()
})

const aCustomer = () => signUp(system('test'), { email: `${newId()}@example.com` })

const tell = (accountId: string, cause: string) =>
  inTransaction((tx) =>
    notify(tx, { accountId, kind: 'purchase_paid', cause, facts: { amount: '50.00' }, at: new Date() }),
  )

const told = (accountId: string) =>
  query<{ notification_id: string; sent_at: Date | null }>(
    'select notification_id, sent_at from notifications where account_id = $1',
    [accountId],
  )

test('ten who tell the same thing at once tell it once, with one job', async () => {
  const { accountId } = await aCustomer()
  await Promise.all(Array.from({ length: 10 }, () => tell(accountId, 'purchase:1')))
  await tell(accountId, 'purchase:2')
  expect(await told(accountId)).toHaveLength(2)
  const admin = await import('pg').then(({ default: { Client } }) => new Client({ connectionString: database.url }))
  await admin.connect()
  const { rows } = await admin.query(
    `select count(*)::int as jobs from graphile_worker._private_jobs where payload->>'accountId' = $1`,
    [accountId],
  )
  await admin.end()
  expect(rows).toEqual([{ jobs: 2 }])
})

test('what is rolled back was never told', async () => {
  const { accountId } = await aCustomer()
  const attempt = inTransaction(async (tx) => {
    await notify(tx, {
      accountId,
      kind: 'purchase_paid',
      cause: 'purchase:1',
      facts: { amount: '50.00' },
      at: new Date(),
    })
    throw new Error('the fact did not happen')
  })
  await expect(attempt).rejects.toThrow('did not happen')
  expect(await told(accountId)).toEqual([])
})

test('the mail goes to those who look after money, once, however often the job runs', async () => {
  const { accountId } = await aCustomer()
  for (const role of ['admin', 'billing', 'developer', 'viewer'] as const) {
    const { userId } = await signUp(system('test'), { email: `${role}@members.example` })
    await addMember(pool(), { accountId, userId, role, at: new Date() })
  }
  await tell(accountId, 'purchase:1')
  const [notification] = await told(accountId)
  const job = { accountId, notificationId: notification!.notification_id }
  await Promise.all([sendNotification(system('worker'), job), sendNotification(system('worker'), job)])
  await sendNotification(system('worker'), job)

  const mails = (await listMailbox({ kind: 'visitor' })).filter(({ subject }) => subject === '$50.00 of credit added')
  const recipients = mails.map(({ recipient }) => recipient)
  expect(recipients).toHaveLength(3)
  expect(recipients).toEqual(expect.arrayContaining(['admin@members.example', 'billing@members.example']))
  expect((await told(accountId))[0]!.sent_at).toBeInstanceOf(Date)
})

test('a crash between the mail and its record repeats nothing in the mailbox', async () => {
  const { accountId } = await aCustomer()
  await tell(accountId, 'purchase:1')
  const [notification] = await told(accountId)
  const job = { accountId, notificationId: notification!.notification_id }
  await sendNotification(system('worker'), job)
  const before = (await listMailbox({ kind: 'visitor' })).length
  await query('update notifications set sent_at = null where account_id = $1', [accountId])
  await sendNotification(system('worker'), job)
  expect(await listMailbox({ kind: 'visitor' })).toHaveLength(before)
})

test('the mailbox exists in the demo only', async () => {
  process.env.PURSE_MODE = 'real'
  resetEnv()
  await expect(listMailbox({ kind: 'visitor' })).rejects.toMatchObject({ code: 'not_found' })
  process.env.PURSE_MODE = 'demo'
  resetEnv()
})
