import { expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { pool, query } from '@/lib/edges/db'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { addMember, listAccountsOf, requireRole } from '../members'
import { actions, may, roles } from '../members/rules'
import { type BillingProfileInput, getBillingProfile, saveBillingProfile, signUp } from '.'

aDatabaseInTest({ mode: 'demo' })

const user = (userId: string): Actor => ({ kind: 'user', userId, ip: '192.0.2.7' })

async function aPerson(email = `${newId()}@example.com`) {
  const { userId, accountId } = await signUp(system('test'), { email, name: 'Ada' })
  return { actor: user(userId), userId, accountId }
}

test('twenty sign-ups of one person at once make one user, one account and one signup credit', async () => {
  const spellings = ['ada@example.com', 'Ada@Example.com']
  const people = await Promise.all(
    Array.from({ length: 20 }, (_, i) => signUp(system('test'), { email: spellings[i % 2]!, name: 'Ada' })),
  )
  expect(new Set(people.map(({ userId }) => userId)).size).toBe(1)
  const { accountId } = people[0]!
  expect(await query('select count(*) from users', [])).toEqual([{ count: 1n }])
  expect(await query('select source, amount, remaining from grants where account_id = $1', [accountId])).toEqual([
    { source: 'signup', amount: 1_000_000_000n, remaining: 1_000_000_000n },
  ])
  expect(await query('select balance, held, last_seq from account_balances', [])).toEqual([
    { balance: 1_000_000_000n, held: 0n, last_seq: 1n },
  ])
  expect(await listAccountsOf(user(people[0]!.userId))).toEqual([{ accountId, name: 'Ada', role: 'owner' }])
})

test('only the sign-in itself signs people up, and only with a plain address', async () => {
  await expect(signUp(user(newId()), { email: 'eve@example.com' })).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(signUp(system('test'), { email: 'ada@exаmple.com' })).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a name that deceives is not taken over from a provider', async () => {
  const { userId, accountId } = await signUp(system('test'), { email: 'grace@example.com', name: 'evil\u202egnp' })
  expect(await listAccountsOf(user(userId))).toMatchObject([{ accountId, name: 'grace' }])
})

test('an account of others and one that does not exist are refused alike', async () => {
  const { actor } = await aPerson()
  const { accountId } = await aPerson()
  const refusals = await Promise.all(
    [accountId, newId(), 'nonsense', ''].map((id) => requireRole(actor, id, 'account:read').catch((error) => error)),
  )
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: 'not_found' })
    expect(refusal.facts).toEqual(refusals[0].facts)
  }
})

test('every role may do exactly what the rules say, read anew at each call', async () => {
  const { accountId } = await aPerson()
  const { userId, actor } = await aPerson()
  await addMember(pool(), { accountId, userId, role: 'viewer', at: new Date() })
  for (const role of roles) {
    await query('update memberships set role = $3 where account_id = $1 and user_id = $2', [accountId, userId, role])
    for (const action of actions) {
      const attempt = requireRole(actor, accountId, action)
      if (may(role, action)) await expect(attempt).resolves.toBeUndefined()
      else await expect(attempt).rejects.toMatchObject({ code: 'not_allowed' })
    }
  }
  await expect(requireRole({ kind: 'visitor' }, accountId, 'account:read')).rejects.toMatchObject({
    code: 'sign_in_required',
  })
  const service: Actor = { kind: 'service', keyId: 'k', scopes: [] }
  await expect(requireRole(service, accountId, 'account:read')).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(requireRole(system('worker'), accountId, 'account:write')).resolves.toBeUndefined()
})

const profile: BillingProfileInput = {
  accountName: 'Analytical Engines',
  billingName: 'Analytical Engines GmbH',
  billingEmail: 'Billing@Example.com',
  addressLine1: '  Hauptstraße   1 ',
  addressLine2: '',
  addressCity: 'Berlin',
  addressState: '',
  addressPostalCode: '10115',
  addressCountry: 'de',
  taxIdType: 'eu_vat',
  taxIdValue: 'de 123 456 789',
  timeZone: 'Europe/Berlin',
}

test('the billing profile is tidied, its time zone waits for the next month, and the audit log tells who changed what', async () => {
  const { actor, userId, accountId } = await aPerson()
  const saved = await saveBillingProfile(actor, { accountId, ...profile })
  expect(saved).toMatchObject({
    billingEmail: 'billing@example.com',
    addressLine1: 'Hauptstraße 1',
    addressCountry: 'DE',
    taxIdValue: 'DE123456789',
    timeZone: 'UTC',
    nextTimeZone: 'Europe/Berlin',
  })
  expect(saved.nextTimeZoneFrom).toMatch(/^\d{4}-\d\d-01T00:00:00.000Z$/)
  expect(await getBillingProfile(actor, { accountId })).toEqual(saved)

  await saveBillingProfile(actor, { accountId, ...profile }) // nothing changes: nothing is written
  const entries = await query(
    `select actor, action, before, after, ip from audit_entries
      where account_id = $1 and action <> 'account.opened'`,
    [accountId],
  )
  expect(entries).toHaveLength(1)
  expect(entries[0]).toMatchObject({
    actor: `user:${userId}`,
    ip: '192.0.2.7',
    before: { accountName: 'Ada', nextTimeZone: null },
    after: { accountName: 'Analytical Engines', nextTimeZone: 'Europe/Berlin' },
  })
  expect(entries[0]?.before).not.toHaveProperty('addressState')

  const back = await saveBillingProfile(actor, {
    accountId,
    ...profile,
    timeZone: 'UTC',
    taxIdType: null,
    taxIdValue: '',
  })
  expect(back).toMatchObject({ nextTimeZone: null, nextTimeZoneFrom: null, taxIdType: null, taxIdValue: null })
})

test.each<[string, Partial<BillingProfileInput>]>([
  ['accountName', { accountName: ' ' }],
  ['accountName', { accountName: 'a'.repeat(101) }],
  ['billingName', { billingName: 'a\u202eb' }],
  ['billingEmail', { billingEmail: 'a@example.com, b@example.com' }],
  ['addressCity', { addressCity: 'Ber\nlin' }],
  ['addressCountry', { addressCountry: 'XX' }],
  ['taxIdType', { taxIdType: 'constructor' }],
  ['taxIdType', { taxIdType: null }],
  ['taxIdValue', { taxIdValue: 'DE12345678' }],
  ['taxIdValue', { taxIdValue: null }],
  ['timeZone', { timeZone: 'Mars/Olympus' }],
])('a wrong %s is refused by name and nothing is saved', async (field, wrong) => {
  const { actor, accountId } = await aPerson()
  const before = await getBillingProfile(actor, { accountId })
  const attempt = saveBillingProfile(actor, { accountId, ...profile, ...wrong })
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_request', facts: { field } })
  expect(await getBillingProfile(actor, { accountId })).toEqual(before)
})

test('a viewer sees the billing profile and cannot change it', async () => {
  const { accountId } = await aPerson()
  const { actor, userId } = await aPerson()
  await addMember(pool(), { accountId, userId, role: 'viewer', at: new Date() })
  await expect(getBillingProfile(actor, { accountId })).resolves.toMatchObject({ accountId })
  await expect(saveBillingProfile(actor, { accountId, ...profile })).rejects.toMatchObject({ code: 'not_allowed' })
})
