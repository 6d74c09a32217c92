import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { listAccountsForOperator, signUp } from '@/lib/domain/accounts'
import { makeOperator } from '@/lib/domain/members'
import { closeDatabase, query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabase } from '@/lib/testing/database'
import { use } from '@/lib/testing/top-ups'
import { getAccountStory } from './index'

let database: Awaited<ReturnType<typeof aDatabase>>
let operator: Actor

beforeAll(async () => {
  database = await aDatabase()
  process.env.DATABASE_URL = database.url
  await publishTestPrices()
  const { userId } = await anAccount()
  await makeOperator(tester, { userId, role: 'support' })
  operator = { kind: 'user', userId }
})

afterAll(async () => {
  await closeDatabase()
  await database.close()
})

afterEach(() => expectBooksToAgree(database.url))

const found = async (search: string) =>
  (await listAccountsForOperator(operator, { search })).accounts.map(({ accountId }) => accountId)

test('an account is found by a part of its name, by a member’s address and by its id', async () => {
  const name = `Engines_${newId().slice(-6)}`
  const email = `${randomUUID()}@example.com`
  const { accountId } = await signUp(tester, { email, name })
  expect(await found(name.slice(0, -1).toLowerCase())).toEqual([accountId])
  expect(await found(email)).toEqual([accountId])
  expect(await found(accountId)).toEqual([accountId])
  // A wildcard is a sign like any other.
  expect(await found(name.replace('_', '%'))).toEqual([])
  expect(await found(`${email}x`)).toEqual([])
})

test('the list says the balance and the state, and what needs a person', async () => {
  const well = await anAccount({ bought: '20.00', hasPaymentMethod: true })
  const owing = await anAccount({ hasPaymentMethod: true })
  await use(owing.accountId, 3)
  const empty = await anAccount()
  await use(empty.accountId, 1)
  const suspended = await anAccount({ bought: '20.00' })
  await query('update accounts set suspended_at = now() where account_id = $1', [suspended.accountId])
  const { accounts } = await listAccountsForOperator(operator, {})
  const listed = (account: { accountId: string }) => accounts.find(({ accountId }) => accountId === account.accountId)
  expect(listed(well)).toMatchObject({ balance: '21.00', state: 'active', owner: well.email, attention: [] })
  expect(listed(owing)).toMatchObject({ state: 'paused', attention: [{ code: 'debt' }] })
  expect(listed(empty)).toMatchObject({ state: 'suspended', stateText: 'Suspended: no card' })
  expect(listed(suspended)).toMatchObject({ state: 'suspended', stateText: 'Suspended by an operator' })

  const pressing = await listAccountsForOperator(operator, { needsAttention: true })
  expect(pressing.accounts.map(({ accountId }) => accountId)).toContain(owing.accountId)
  expect(pressing.accounts.every(({ attention }) => attention.length > 0)).toBe(true)
})

test('pages of the list go on where the one before ended', async () => {
  const ids = (await listAccountsForOperator(operator, {})).accounts.map(({ accountId }) => accountId)
  const { accounts } = await listAccountsForOperator(operator, { after: ids[1]! })
  expect(accounts.map(({ accountId }) => accountId)).toEqual(ids.slice(2))
})

test('an operator reads the whole story of an account that is not theirs', async () => {
  const { accountId, email } = await anAccount({ bought: '20.00', hasPaymentMethod: true })
  expect(await getAccountStory(operator, { accountId })).toMatchObject({
    standing: { accountId, balance: '21.00', frozen: '0.00' },
    contacts: [email],
    purchases: [{ state: 'paid', amount: '20.00' }],
    grants: [{ source: 'signup' }, { source: 'purchase', remaining: '20.00' }],
    movements: [{ kind: 'purchase' }, { kind: 'signup_credit' }],
    refunds: [],
    disputes: [],
  })
})

test('for everybody else there is nothing here', async () => {
  const { accountId, userId } = await anAccount()
  const member: Actor = { kind: 'user', userId }
  await expect(listAccountsForOperator(member, {})).rejects.toMatchObject({ code: 'not_found' })
  await expect(getAccountStory(member, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(getAccountStory(operator, { accountId: newId() })).rejects.toMatchObject({ code: 'not_found' })
  await expect(getAccountStory(operator, { accountId: 'no-id' })).rejects.toMatchObject({ code: 'not_found' })
})
