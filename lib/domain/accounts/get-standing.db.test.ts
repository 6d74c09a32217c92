import { expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { query } from '@/lib/edges/db'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { setMonthlyCap } from '../budgets'
import { getStanding, signUp } from '.'

aDatabaseInTest({ mode: 'demo' })

async function anOwner(): Promise<{ actor: Actor; accountId: string }> {
  const { userId, accountId } = await signUp(system('test'), { email: `${newId()}@example.com`, name: 'Ada' })
  return { actor: { kind: 'user', userId }, accountId }
}

test('a new account stands active on its signup credit', async () => {
  const { actor, accountId } = await anOwner()
  expect(await getStanding(actor, { accountId })).toMatchObject({
    accountId,
    accountName: 'Ada',
    currency: 'usd',
    balance: '1.00',
    held: '0.00',
    available: '1.00',
    state: { kind: 'active', code: null, action: null },
    warning: null,
    month: { spent: '0.00', limit: null, timeZone: 'UTC' },
    autoTopUp: { isOn: false, state: 'off' },
    timeZone: 'UTC',
  })
})

test('a cap of nothing pauses at once, a higher one resumes at once', async () => {
  const { actor, accountId } = await anOwner()
  await setMonthlyCap(actor, { accountId, limit: '0.00', warnAtPercent: [80] })
  expect((await getStanding(actor, { accountId })).state).toMatchObject({
    kind: 'paused',
    code: 'budget_reached',
    action: 'raise_cap',
  })
  await setMonthlyCap(actor, { accountId, limit: '5.00', warnAtPercent: [80] })
  expect((await getStanding(actor, { accountId })).state.kind).toBe('active')
})

test('an account that the operator suspended says so', async () => {
  const { actor, accountId } = await anOwner()
  await query('update accounts set suspended_at = now() where account_id = $1', [accountId])
  expect((await getStanding(actor, { accountId })).state).toMatchObject({
    kind: 'suspended',
    code: 'account_suspended',
  })
})

test('a stranger learns nothing', async () => {
  const { accountId } = await anOwner()
  const { actor } = await anOwner()
  await expect(getStanding(actor, { accountId })).rejects.toMatchObject({ code: 'not_found' })
})
