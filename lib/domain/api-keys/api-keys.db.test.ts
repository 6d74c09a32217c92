import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { inTransaction, query } from '@/lib/edges/db'
import { anAccount, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { signUp } from '../accounts'
import { addMember } from '../members'
import { type Role, roles } from '../members/rules'
import {
  createApiKey,
  listApiKeys,
  renameApiKey,
  resolveApiKey,
  revokeApiKey,
  revokeKeysOfMember,
  rotateApiKey,
} from '.'
import { readApiKey } from './rules'

aDatabaseInTest({ mode: 'demo' })

beforeEach(() => moveClock(new Date()))

interface Person {
  userId: string
  actor: Actor
}

async function aMember(accountId: string, role: Role): Promise<Person> {
  const { userId } = await signUp(tester, { email: `${newId()}@example.com`, name: `A ${role}` })
  await inTransaction((tx) => addMember(tx, { accountId, userId, role, at: new Date() }))
  return { userId, actor: { kind: 'user', userId, ip: '203.0.113.9' } }
}

async function anOwner(): Promise<Person & { accountId: string }> {
  const { accountId, userId } = await anAccount()
  return { accountId, userId, actor: { kind: 'user', userId } }
}

type NewKey = Partial<Omit<Parameters<typeof createApiKey>[1], 'accountId'>>

const make = ({ actor, userId }: Person, accountId: string, wanted: NewKey = {}) =>
  createApiKey(actor, {
    accountId,
    name: 'Production',
    scopes: ['spend'],
    member: userId,
    expiresInDays: null,
    ...wanted,
  })

const auditOf = (accountId: string, action: string) =>
  query<{ actor: string; before: unknown; after: unknown; ip: string | null }>(
    'select actor, before, after, ip from audit_entries where account_id = $1 and action = $2 order by entry_id',
    [accountId, action],
  )

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Longer than a process may go on with what it has looked up. */
const afterTrust = () => pause(550)

describe('a new key', () => {
  test('is shown once, names its account, and is kept as a hash alone', async () => {
    const owner = await anOwner()
    const { key, secret } = await make(owner, owner.accountId, { scopes: ['read', 'spend'] })
    expect(secret).toMatch(/^purse_ak_[a-z2-7]{34}_[A-Za-z0-9_-]{43}$/)
    expect(readApiKey(secret)?.accountId).toBe(owner.accountId)
    expect(key).toMatchObject({
      name: 'Production',
      state: 'active',
      scopes: ['spend', 'read'],
      member: { id: owner.userId },
    })
    expect(secret.endsWith(key.shown.slice(-4))).toBe(true)

    const { keys } = await listApiKeys(owner.actor, { accountId: owner.accountId })
    expect(keys).toHaveLength(1)
    const everywhere = await query<{ row: string }>(
      `select k::text as row from api_keys k where account_id = $1
       union all select e::text from audit_entries e where account_id = $1`,
      [owner.accountId],
    )
    const secretPart = secret.slice(-43)
    for (const text of [JSON.stringify(keys), ...everywhere.map(({ row }) => row)]) {
      expect(text).not.toContain(secretPart)
      expect(text).not.toContain(secretPart.slice(0, 20))
    }
    expect(everywhere.some(({ row }) => row.includes(sha256(secret)))).toBe(true)
    expect(await auditOf(owner.accountId, 'api_key.created')).toHaveLength(1)
  })

  test('resolves to its account, key and member, by its text or its hash', async () => {
    const owner = await anOwner()
    const developer = await aMember(owner.accountId, 'developer')
    const { key, secret } = await make(owner, owner.accountId, { member: developer.userId })
    const expected = { accountId: owner.accountId, keyId: key.keyId, memberUserId: developer.userId, scopes: ['spend'] }
    expect(await resolveApiKey(secret)).toEqual(expected)
    expect(await resolveApiKey({ accountId: owner.accountId, hash: sha256(secret) })).toEqual(expected)
    expect(
      await resolveApiKey({ accountId: owner.accountId.toUpperCase(), hash: sha256(secret).toUpperCase() }),
    ).toEqual(expected)
  })

  test('does not resolve changed, cut, in another account or by another hash', async () => {
    const owner = await anOwner()
    const other = await anOwner()
    const { secret } = await make(owner, owner.accountId)
    const { secret: foreign } = await make(other, other.accountId)
    const head = 'purse_ak_'.length
    const moved = `${secret.slice(0, head)}${foreign.slice(head, head + 26)}${secret.slice(head + 26)}`
    const lastBut = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A')
    for (const wrong of [
      '',
      'purse_ak_',
      lastBut,
      secret.slice(0, -1),
      ` ${secret}`,
      `${secret}\n`,
      moved,
      secret.toUpperCase(),
    ]) {
      expect(await resolveApiKey(wrong)).toBeNull()
    }
    for (const wrong of [
      { accountId: other.accountId, hash: sha256(secret) },
      { accountId: owner.accountId, hash: sha256(`${secret} `) },
      { accountId: owner.accountId, hash: '' },
      { accountId: "' or true --", hash: sha256(secret) },
    ]) {
      expect(await resolveApiKey(wrong)).toBeNull()
    }
  })

  test('is refused with the field that is wrong', async () => {
    const owner = await anOwner()
    const stranger = await anOwner()
    const wrong: [NewKey, string, string][] = [
      [{ name: '  ' }, 'invalid_request', 'name'],
      [{ name: 'a'.repeat(65) }, 'invalid_request', 'name'],
      [{ name: 'evil\u202ename' }, 'invalid_request', 'name'],
      [{ scopes: [] }, 'invalid_request', 'scopes'],
      [{ expiresInDays: 0 }, 'invalid_request', 'expiresInDays'],
      [{ expiresInDays: 1.5 }, 'invalid_request', 'expiresInDays'],
      [{ member: stranger.userId }, 'not_found', 'member'],
      [{ member: 'nobody' }, 'not_found', 'member'],
      [{ budget: { window: 'daily', limit: '-1' } }, 'invalid_amount', 'limit'],
      [{ budget: { window: 'daily', limit: '999999999999' } }, 'invalid_amount', 'limit'],
      [{ budget: { window: 'daily', limit: '1', warnAtPercent: [100] } }, 'invalid_request', 'warnAtPercent'],
    ]
    for (const [input, code, field] of wrong) {
      await expect(make(owner, owner.accountId, input)).rejects.toMatchObject({ code, facts: { field } })
    }
    expect((await listApiKeys(owner.actor, owner)).keys).toEqual([])
  })

  test('expires when it is said to', async () => {
    const owner = await anOwner()
    const { secret } = await make(owner, owner.accountId, { expiresInDays: 30 })
    const begun = await now()
    await moveClock(new Date(begun.getTime() + 30 * dayMs - minuteMs))
    expect(await resolveApiKey(secret)).not.toBeNull()
    await moveClock(new Date(begun.getTime() + 30 * dayMs + minuteMs))
    expect(await resolveApiKey(secret)).toBeNull()
    const { keys } = await listApiKeys(owner.actor, owner)
    expect(keys[0]).toMatchObject({ state: 'expired' })
    await expect(rotateApiKey(owner.actor, { ...owner, keyId: keys[0]!.keyId, graceHours: 0 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

describe('a rotated key', () => {
  test('stays the same key; the old secret ends at once', async () => {
    const owner = await anOwner()
    const made = await make(owner, owner.accountId)
    const input = { accountId: owner.accountId, keyId: made.key.keyId }
    const turned = await rotateApiKey(owner.actor, { ...input, graceHours: 0 })
    expect(turned.secret).not.toBe(made.secret)
    expect(turned.key).toMatchObject({ keyId: made.key.keyId, name: 'Production', graceUntil: null })
    expect(await resolveApiKey(turned.secret)).toMatchObject({ keyId: made.key.keyId })
    await afterTrust()
    expect(await resolveApiKey(made.secret)).toBeNull()
    expect(await resolveApiKey({ accountId: owner.accountId, hash: sha256(made.secret) })).toBeNull()
    expect(await auditOf(owner.accountId, 'api_key.rotated')).toHaveLength(1)
  })

  test('has two secrets until the grace is over, both of them the same key', async () => {
    const owner = await anOwner()
    const made = await make(owner, owner.accountId, { expiresInDays: 1 })
    const input = { accountId: owner.accountId, keyId: made.key.keyId }
    const begun = await now()
    const turned = await rotateApiKey(owner.actor, { ...input, graceHours: 3 })
    expect(new Date(turned.key.graceUntil!).getTime() - begun.getTime()).toBeLessThan(3 * hourMs + 10_000)

    await moveClock(new Date(begun.getTime() + 3 * hourMs - minuteMs))
    await afterTrust()
    expect(await resolveApiKey(made.secret)).toMatchObject({ keyId: made.key.keyId })
    expect(await resolveApiKey(turned.secret)).toMatchObject({ keyId: made.key.keyId })
    expect((await listApiKeys(owner.actor, owner)).keys).toHaveLength(1)

    await moveClock(new Date(begun.getTime() + 3 * hourMs + minuteMs))
    expect(await resolveApiKey(made.secret)).toBeNull()
    expect(await resolveApiKey(turned.secret)).not.toBeNull()
    expect((await listApiKeys(owner.actor, owner)).keys[0]).toMatchObject({ graceUntil: null })
  })

  test('never outlives its own expiry, a revocation or a rotation at once, also within the grace', async () => {
    const owner = await anOwner()
    const begun = await now()
    const [expiring, revoked, rotated] = await Promise.all([
      make(owner, owner.accountId, { expiresInDays: 1 }),
      make(owner, owner.accountId),
      make(owner, owner.accountId),
    ])
    const of = ({ key: { keyId } }: typeof expiring) => ({ accountId: owner.accountId, keyId })
    for (const key of [expiring, revoked, rotated]) await rotateApiKey(owner.actor, { ...of(key), graceHours: 24 })
    await revokeApiKey(owner.actor, of(revoked))
    await rotateApiKey(owner.actor, { ...of(rotated), graceHours: 0 })
    expect(await resolveApiKey(revoked.secret)).toBeNull()
    expect(await resolveApiKey(rotated.secret)).toBeNull()
    await rotateApiKey(owner.actor, { ...of(expiring), graceHours: 24 })
    expect(await resolveApiKey(expiring.secret)).not.toBeNull()
    await moveClock(new Date(begun.getTime() + dayMs + minuteMs))
    await afterTrust()
    expect(await resolveApiKey(expiring.secret)).toBeNull()
  })

  test.each([-1, 25, 0.5, Number.NaN])('is refused a grace of %s hours', async (graceHours) => {
    const owner = await anOwner()
    const { key } = await make(owner, owner.accountId)
    await expect(
      rotateApiKey(owner.actor, { accountId: owner.accountId, keyId: key.keyId, graceHours }),
    ).rejects.toMatchObject({ code: 'invalid_request', facts: { field: 'graceHours' } })
  })

  test('of ten rotations at once one secret is left', async () => {
    const owner = await anOwner()
    const { key } = await make(owner, owner.accountId)
    const input = { accountId: owner.accountId, keyId: key.keyId, graceHours: 0 }
    const turned = await Promise.all(Array.from({ length: 10 }, () => rotateApiKey(owner.actor, input)))
    const resolved = await Promise.all(turned.map(({ secret }) => resolveApiKey(secret)))
    expect(resolved.filter(Boolean)).toHaveLength(1)
  })
})

describe('a revoked key', () => {
  test('is refused within half a second, also where it was just used', async () => {
    const owner = await anOwner()
    const { key, secret } = await make(owner, owner.accountId)
    const input = { accountId: owner.accountId, keyId: key.keyId }
    expect(await resolveApiKey(secret)).not.toBeNull()
    await revokeApiKey(owner.actor, input)
    const revokedMs = Date.now()
    for (let askedMs = Date.now(); await resolveApiKey(secret); askedMs = Date.now()) {
      expect(askedMs - revokedMs).toBeLessThanOrEqual(500)
      await pause(20)
    }
    await revokeApiKey(owner.actor, input)
    expect(await auditOf(owner.accountId, 'api_key.revoked')).toHaveLength(1)
    await expect(rotateApiKey(owner.actor, { ...input, graceHours: 0 })).rejects.toMatchObject({ code: 'conflict' })
    expect((await listApiKeys(owner.actor, owner)).keys[0]).toMatchObject({ state: 'revoked' })
  })

  test('when a member is removed all their keys end, and nobody makes them another one meanwhile', async () => {
    const owner = await anOwner()
    const leaver = await aMember(owner.accountId, 'developer')
    const kept = await make(owner, owner.accountId)
    const ended = await Promise.all([
      make(leaver, owner.accountId),
      make(owner, owner.accountId, { member: leaver.userId }),
    ])
    const removal = inTransaction(async (tx) => {
      const count = await revokeKeysOfMember(tx, {
        accountId: owner.accountId,
        userId: leaver.userId,
        actor: owner.actor,
        at: new Date(),
      })
      await pause(100)
      await tx.query('delete from memberships where account_id = $1 and user_id = $2', [owner.accountId, leaver.userId])
      return count
    })
    await pause(30)
    const late = make(owner, owner.accountId, { member: leaver.userId })
    await expect(late).rejects.toMatchObject({ code: 'not_found', facts: { field: 'member' } })
    expect(await removal).toBe(2)
    for (const { secret } of ended) expect(await resolveApiKey(secret)).toBeNull()
    expect(await resolveApiKey(kept.secret)).not.toBeNull()
    expect(await auditOf(owner.accountId, 'api_key.revoked')).toHaveLength(2)
  })
})

test('a key is renamed, and the log says from what to what and from where', async () => {
  const owner = await anOwner()
  const developer = await aMember(owner.accountId, 'developer')
  const { key } = await make(owner, owner.accountId)
  const input = { accountId: owner.accountId, keyId: key.keyId }
  expect(await renameApiKey(developer.actor, { ...input, name: ' Night  jobs ' })).toMatchObject({ name: 'Night jobs' })
  await renameApiKey(developer.actor, { ...input, name: 'Night jobs' })
  expect(await auditOf(owner.accountId, 'api_key.renamed')).toEqual([
    {
      actor: `user:${developer.userId}`,
      before: { keyId: key.keyId, name: 'Production' },
      after: { keyId: key.keyId, name: 'Night jobs' },
      ip: '203.0.113.9',
    },
  ])
  await expect(renameApiKey(owner.actor, { ...input, keyId: newId(), name: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('its last use is noted without being waited for, at most once a minute', async () => {
  const owner = await anOwner()
  const { key, secret } = await make(owner, owner.accountId)
  const lastUsed = async () =>
    (await query<{ at: Date | null }>('select last_used_at as at from api_keys where key_id = $1', [key.keyId]))[0]!.at
  expect(await lastUsed()).toBeNull()
  await Promise.all(Array.from({ length: 20 }, () => resolveApiKey(secret)))
  await expect.poll(lastUsed).toBeInstanceOf(Date)
  const first = await lastUsed()
  await query(`update api_keys set last_used_at = last_used_at - interval '30 seconds' where key_id = $1`, [key.keyId])
  await resolveApiKey(secret)
  await pause(100)
  expect((await lastUsed())!.getTime()).toBe(first!.getTime() - 30_000)
})

const mayWrite: Role[] = ['owner', 'admin', 'developer']

describe.each(roles)('a member who is %s', (role) => {
  test(`${mayWrite.includes(role) ? 'may' : 'may not'} make, rename, rotate and revoke any key; everybody may look`, async () => {
    const owner = await anOwner()
    const member = await aMember(owner.accountId, role)
    const { key } = await make(owner, owner.accountId)
    const input = { accountId: owner.accountId, keyId: key.keyId }
    const { keys } = await listApiKeys(member.actor, owner)
    expect(keys.map(({ keyId }) => keyId)).toEqual([key.keyId])
    const tries = [
      () => make(member, owner.accountId),
      () => renameApiKey(member.actor, { ...input, name: 'Other' }),
      () => rotateApiKey(member.actor, { ...input, graceHours: 1 }),
      () => revokeApiKey(member.actor, input),
    ]
    for (const attempt of tries) {
      if (mayWrite.includes(role)) await attempt()
      else await expect(attempt()).rejects.toMatchObject({ code: 'not_allowed' })
    }
  })
})

test('a budget comes with a key only from those who may set budgets', async () => {
  const owner = await anOwner()
  const developer = await aMember(owner.accountId, 'developer')
  const budget = { window: 'weekly' as const, limit: '25', warnAtPercent: [50] }
  const { key } = await make(owner, owner.accountId, { budget })
  expect(key.budgets).toMatchObject([
    { window: 'weekly', limit: '25.00', spent: '0.00', left: '25.00', warnAtPercent: [50] },
  ])
  await expect(make(developer, owner.accountId, { budget })).rejects.toMatchObject({ code: 'not_allowed' })
  expect((await listApiKeys(owner.actor, owner)).keys).toHaveLength(1)
})

test('another account sees nothing and changes nothing, and a service key neither', async () => {
  const owner = await anOwner()
  const stranger = await anOwner()
  const { key } = await make(owner, owner.accountId)
  const input = { accountId: owner.accountId, keyId: key.keyId }
  const service: Actor = { kind: 'service', keyId: newId(), scopes: ['usage:write'] }
  for (const [actor, code] of [
    [stranger.actor, 'not_found'],
    [service, 'not_allowed'],
    [{ kind: 'visitor' } as Actor, 'sign_in_required'],
  ] as const) {
    await expect(listApiKeys(actor, input)).rejects.toMatchObject({ code })
    await expect(revokeApiKey(actor, input)).rejects.toMatchObject({ code })
  }
  // Under one's own account another's key is not there.
  await expect(revokeApiKey(stranger.actor, { ...input, accountId: stranger.accountId })).rejects.toMatchObject({
    code: 'not_found',
  })
})
