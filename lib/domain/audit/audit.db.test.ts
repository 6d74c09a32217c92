import { beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { system } from '@/lib/core/actor'
import { inTransaction } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { exportAudit, listAuditActors, listAuditEntries, recordAudit } from '.'

aDatabaseInTest({ mode: 'demo' })
let accountId: string
let owner: Actor & { userId: string }
let email: string

beforeAll(async () => {
  const account = await anAccount()
  accountId = account.accountId
  email = account.email
  owner = { kind: 'user', userId: account.userId, ip: '203.0.113.7' } as typeof owner
})

const write = (actor: Actor, action: string, at: string, after: unknown = {}) =>
  inTransaction((tx) => recordAudit(tx, { accountId, actor, action, after, at: new Date(at) }))

const read = async (chunks: AsyncIterable<string>) => {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

test('pages of fifty meet without a gap or a repeat, also where many entries bear one instant', async () => {
  for (let entry = 0; entry < 120; entry++) {
    await write(system('stripe'), 'purchase.paid', entry < 80 ? '2026-01-05T10:00:00Z' : '2026-01-06T10:00:00Z', {
      entry,
    })
  }
  const seen: string[] = []
  let before: string | undefined
  do {
    const page = await listAuditEntries(owner, { accountId, before, action: 'purchase.paid' })
    seen.push(...page.entries.map(({ entryId }) => entryId))
    before = page.next ?? undefined
  } while (before)
  expect(seen).toHaveLength(120)
  expect(new Set(seen).size).toBe(120)
})

test('filters by person, action, kind of action and days in the billing time zone', async () => {
  await write(owner, 'member.removed', '2026-02-10T23:59:59.999Z')
  await write(owner, 'member.left', '2026-02-11T00:00:00Z')
  await write(system('sweep'), 'member.left', '2026-02-11T12:00:00Z')
  const found = async (filters: Record<string, string>) =>
    (await listAuditEntries(owner, { accountId, ...filters })).entries.map(
      ({ action, actor }) => `${actor.kind} ${action}`,
    )
  expect(await found({ actor: `user:${owner.userId}`, from: '2026-02-01', to: '2026-02-28' })).toEqual([
    'person member.left',
    'person member.removed',
  ])
  expect(await found({ actor: 'system', action: 'member' })).toEqual(['system member.left'])
  expect(await found({ action: 'member.removed' })).toEqual(['person member.removed'])
  expect(await found({ from: '2026-02-10', to: '2026-02-10' })).toEqual(['person member.removed'])
  expect(await listAuditActors(owner, { accountId })).toEqual([{ actor: `user:${owner.userId}`, email }])
  for (const [field, value] of [
    ['actor', `user:x' or true--`],
    ['action', 'Drop Table'],
    ['from', '2026-02-30'],
    ['to', 'tomorrow'],
    ['before', 'nonsense'],
  ]) {
    await expect(listAuditEntries(owner, { accountId, [field!]: value! })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { field },
    })
  }
})

test('the export holds every entry that the page holds, and no value that a spreadsheet would run', async () => {
  await write(owner, 'billing_profile.save', '2026-03-01T00:00:00Z', '=cmd|calc')
  const file = await exportAudit(owner, { accountId, from: '2026-01-01', to: '2026-01-31' })
  const lines = (await read(file.chunks)).trimEnd().split('\r\n')
  expect(lines[0]).toBe('at,who,action,from_ip,before,after,entry_id')
  expect(lines).toHaveLength(121)
  expect(lines[1]).toMatch(/^2026-01-06T10:00:00.000Z,system: stripe,purchase.paid,,,"\{""entry"":\d+\}",/)

  const hostile: Actor = { kind: 'user', userId: owner.userId, ip: '=1+1' }
  await write(hostile, 'member.left', '2026-03-02T00:00:00Z')
  const text = await read((await exportAudit(owner, { accountId, from: '2026-03-02', to: '2026-03-02' })).chunks)
  expect(text).toContain(`,'=1+1,`)
})
