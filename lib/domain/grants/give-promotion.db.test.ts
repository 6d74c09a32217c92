import { afterAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { dayEnd } from '@/lib/core/time'
import { makeOperator } from '@/lib/domain/members'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import { givePromotion, listGrants } from '.'

aDatabaseInTest({ mode: 'demo' })
const longMs = 90_000

afterAll(async () => {
  await expectBooksToAgree()
})

async function anOperator(role: 'support' | 'finance' | 'admin'): Promise<Actor> {
  const { userId } = await anAccount()
  await makeOperator(tester, { userId, role })
  return { kind: 'user', userId, ip: '192.0.2.7' }
}

const gift = (accountId: string, changes: Partial<Parameters<typeof givePromotion>[1]> = {}) => ({
  accountId,
  amount: '20.00',
  expiresOn: '2027-06-30',
  reason: 'Sorry for the outage',
  idempotencyKey: newId(),
  ...changes,
})

const given = (accountId: string) =>
  query<{ amount: bigint; cause: string }>(
    `select amount, cause from transfers where account_id = $1 and kind = 'promotion' order by seq`,
    [accountId],
  )

test('support gives a little: a grant, a transfer, a mail and the reason in the audit log', async () => {
  const { accountId } = await anAccount()
  const support = await anOperator('support')
  const promotion = await givePromotion(support, gift(accountId))
  const { grantId } = promotion
  expect(promotion).toMatchObject({
    amount: '20.00',
    isNew: true,
    expiresAt: dayEnd('2027-06-30', 'UTC').toISOString(),
  })
  expect(await given(accountId)).toEqual([{ amount: 20_000_000_000n, cause: `promotion:${grantId}` }])
  expect((await listGrants(tester, { accountId }))[0]).toMatchObject({
    grantId,
    source: 'promotion',
    lastDay: '2027-06-30',
  })
  const [audit] = await query(
    `select actor, ip, after from audit_entries where account_id = $1 and action = 'promotion.given'`,
    [accountId],
  )
  expect(audit).toMatchObject({ ip: '192.0.2.7', after: { grantId, amount: '20.00', reason: 'Sorry for the outage' } })
  expect(await query(`select facts from notifications where account_id = $1`, [accountId])).toMatchObject([
    { facts: { amount: '20.00', lastDay: '2027-06-30' } },
  ])
})

test('who may give, and how much', async () => {
  const { accountId, userId } = await anAccount()
  const [support, finance, admin] = await Promise.all([
    anOperator('support'),
    anOperator('finance'),
    anOperator('admin'),
  ])
  const more = gift(accountId, { amount: '20.01' })
  await expect(givePromotion(support!, more)).rejects.toMatchObject({ code: 'amount_too_large' })
  await expect(givePromotion({ kind: 'user', userId }, gift(accountId))).rejects.toMatchObject({ code: 'not_found' })
  await expect(givePromotion({ kind: 'visitor' }, gift(accountId))).rejects.toMatchObject({ code: 'sign_in_required' })
  await expect(
    givePromotion({ kind: 'service', keyId: newId(), scopes: ['usage:write'] }, gift(accountId)),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect(await given(accountId)).toEqual([])
  await givePromotion(finance!, more)
  await givePromotion(admin!, gift(accountId, { amount: '1000.00', expiresOn: null }))
  expect((await given(accountId)).map(({ amount }) => amount)).toEqual([20_010_000_000n, 1_000_000_000_000n])
})

test.each([
  [{ expiresOn: '2020-01-01' }, 'expiresOn'],
  [{ expiresOn: 'soon' }, 'expiresOn'],
  [{ reason: ' ' }, 'reason'],
  [{ reason: 'x'.repeat(501) }, 'reason'],
  [{ idempotencyKey: '' }, 'idempotencyKey'],
  [{ amount: '0' }, 'amount'],
])('%o is refused, by the name of the field', async (changes, field) => {
  const { accountId } = await anAccount()
  await expect(givePromotion(tester, gift(accountId, changes))).rejects.toMatchObject({ facts: { field } })
  expect(await given(accountId)).toEqual([])
})

test('an account that does not exist', async () => {
  await expect(givePromotion(tester, gift(newId()))).rejects.toMatchObject({ code: 'not_found' })
})

test('the same key gives once; for something else it is refused', async () => {
  const { accountId } = await anAccount()
  const wanted = gift(accountId)
  const first = await givePromotion(tester, wanted)
  expect(await givePromotion(tester, wanted)).toEqual({ ...first, isNew: false })
  for (const other of [{ amount: '20.01' }, { expiresOn: null }, { expiresOn: '2027-07-01' }, { expiresOn: 'soon' }]) {
    await expect(givePromotion(tester, { ...wanted, ...other })).rejects.toMatchObject({ code: 'idempotency_conflict' })
  }
  const forever = gift(accountId, { expiresOn: null })
  await givePromotion(tester, forever)
  expect((await givePromotion(tester, forever)).isNew).toBe(false)
  await expect(givePromotion(tester, { ...forever, expiresOn: 'soon' })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  })
  await expect(givePromotion(tester, { ...forever, expiresOn: '2027-07-01' })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  })
  expect(await given(accountId)).toHaveLength(2)
  // The key is the account's own.
  const other = await anAccount()
  expect((await givePromotion(tester, { ...wanted, accountId: other.accountId })).isNew).toBe(true)
})

test('eight processes with one key give once', { timeout: longMs }, async () => {
  const { accountId } = await anAccount()
  const args = ['lib/domain/grants', 'givePromotion', JSON.stringify(gift(accountId))]
  const said = (await messagesOf(startProcesses(8, 'lib/testing/run-verb.ts', args))) as {
    result: { grantId: string; isNew: boolean }
  }[]
  expect(new Set(said.map(({ result }) => result.grantId)).size).toBe(1)
  expect(said.filter(({ result }) => result.isNew)).toHaveLength(1)
  expect(await given(accountId)).toHaveLength(1)
  expect(
    await query(`select 1 from audit_entries where account_id = $1 and action = 'promotion.given'`, [accountId]),
  ).toHaveLength(1)
})

test.each(['promotion:before-commit', 'promotion:after-commit'])(
  'kill -9 at %s, and the same key again: given once',
  async (point) => {
    const { accountId } = await anAccount()
    const wanted = gift(accountId)
    const args = ['lib/domain/grants', 'givePromotion', JSON.stringify(wanted)]
    const child = startProcess('lib/testing/run-verb.ts', args, { CRASH_AT: point })
    expect(await child.exit).toEqual({ code: null, stderr: '' })
    await givePromotion(tester, wanted)
    expect(await given(accountId)).toHaveLength(1)
  },
  longMs,
)
