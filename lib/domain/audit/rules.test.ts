import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { auditActions, auditKinds, changesOf, isAuditAction } from './rules'

const domain = path.join(import.meta.dirname, '..')

/** The sources of the verbs that write to the log. */
const sources = fs
  .readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^[\w-]+\/[\w/-]+\.ts$/.test(file) && !file.endsWith('.test.ts') && !file.startsWith('audit/'))
  .map((file) => fs.readFileSync(path.join(domain, file), 'utf8'))
  .filter((source) => source.includes('recordAudit('))
  .join('\n')

test('every action that a verb writes is on the list, and so has words in every language', () => {
  // "member.removed"; and the kind alone where the rest is worked out, "refund."
  const written = [...sources.matchAll(/action: ['`]([a-z_]+\.[a-z_]*)/g)].map(([, action = '']) => action)
  expect(written.length).toBeGreaterThan(20)
  const unknown = written.filter((action) =>
    action.endsWith('.') ? !Object.hasOwn(auditActions, action.slice(0, -1)) : !isAuditAction(action),
  )
  expect(unknown, 'add them to lib/domain/audit/rules.ts and to messages/*/audit.json').toEqual([])
  expect(auditKinds.filter((kind) => !new RegExp(`['\`]${kind}\\.`).test(sources))).toEqual([])
})

test('an action that is not known is not one, whatever its name', () => {
  for (const action of [
    '',
    'member',
    'member.',
    'member.flown',
    'constructor.name',
    '__proto__.x',
    'toString.length',
  ]) {
    expect(isAuditAction(action)).toBe(false)
  }
})

test('changes show what differs, ids last, and what lies deeper by its path', () => {
  const who = { userId: 'u', email: 'a@example.com' }
  expect(changesOf({ ...who, role: 'admin' }, { ...who, role: 'viewer' })).toEqual([
    { field: 'role', before: 'admin', after: 'viewer' },
  ])
  expect(changesOf(null, { keyId: 'k', name: 'CI', card: { brand: 'visa' }, scopes: ['spend', 'read'] })).toEqual([
    { field: 'name', before: undefined, after: 'CI' },
    { field: 'card.brand', before: undefined, after: 'visa' },
    { field: 'scopes', before: undefined, after: ['spend', 'read'] },
    { field: 'keyId', before: undefined, after: 'k' },
  ])
  expect(changesOf({ name: 'CI' }, null)).toEqual([{ field: 'name', before: 'CI', after: undefined }])
  expect(changesOf(null, null)).toEqual([])
  const paused = { topic: 'paused', channel: 'email' }
  expect(changesOf([{ ...paused, isOn: false }], [{ ...paused, isOn: true }])).toEqual([
    { field: 'choice.paused.email', before: false, after: true },
  ])
  expect(changesOf({ a: 1 }, { a: 1 })).toEqual([{ field: 'a', before: 1, after: 1 }])
})
