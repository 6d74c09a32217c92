import { beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { userOfRequest } from '@/lib/edges/session'
import { readChosenAccountId } from '@/lib/edges/session/store'
import { anAccount } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aMember, aPerson, aSession } from '@/lib/testing/door-world'
import { endSession, endSessions, listSessions } from '.'

const origin = 'http://localhost:3000'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  process.env.APP_URL = origin
  resetEnv()
})

/** A request of a browser, as the web process sees it. */
const visit = (cookie: string, ip = '203.0.113.7') =>
  userOfRequest(new Request(origin, { headers: { cookie, 'user-agent': firefox, 'x-forwarded-for': ip } }))

async function aPersonAt(cookie: string): Promise<Extract<Actor, { kind: 'user' }>> {
  const user = await visit(cookie)
  return { kind: 'user', userId: user!.userId, sessionId: user!.sessionId }
}

const seenLongAgo = (sessionId: string) =>
  query(`update sessions set last_seen_at = now() - interval '6 minutes' where id = $1`, [sessionId])

test('a session knows its device, and when it was seen to within five minutes', async () => {
  const { cookie } = await aPerson()
  const actor = await aPersonAt(cookie)
  const sessionId = actor.sessionId!
  const lastSeen = async () => (await listSessions(actor))[0]!.lastSeenAt
  const first = await lastSeen()
  await visit(cookie, '198.51.100.1')
  expect(await lastSeen()).toBe(first)
  expect((await listSessions(actor))[0]).toMatchObject({ ip: null, browser: null, isThisOne: true })

  await seenLongAgo(sessionId)
  const long = await lastSeen()
  await Promise.all(Array.from({ length: 5 }, () => visit(cookie, '198.51.100.2')))
  expect(Date.parse(await lastSeen())).toBeGreaterThan(Date.parse(long) + 5 * 60_000)
  expect((await listSessions(actor))[0]).toMatchObject({ ip: '198.51.100.2', browser: 'Firefox', system: 'Linux' })
})

test('sessions are listed with this one first, those of others and ended ones never', async () => {
  const person = await aPerson()
  await aPerson()
  const others = [await aSession(person.userId), await aSession(person.userId), await aSession(person.userId)]
  await query('update sessions set expires = now() where id = $1', [others[2]!.sessionId])
  const actor = await aPersonAt(person.cookie)
  const ids = (await listSessions(actor)).map(({ sessionId }) => sessionId)
  expect(ids).toHaveLength(3)
  expect(ids[0]).toBe(actor.sessionId)
  expect(ids).toEqual(expect.arrayContaining([others[0]!.sessionId, others[1]!.sessionId]))
})

test('ending a session signs that device out at once; nobody ends the session of another person', async () => {
  const person = await aPerson()
  const phone = await aSession(person.userId)
  const stranger = await aPersonAt((await aPerson()).cookie)
  await expect(endSession(stranger, { sessionId: phone.sessionId })).rejects.toMatchObject({ code: 'not_found' })
  expect(await visit(phone.cookie)).not.toBeNull()
  const actor = await aPersonAt(person.cookie)
  await endSession(actor, { sessionId: phone.sessionId })
  expect(await visit(phone.cookie)).toBeNull()
  expect(await visit(person.cookie)).not.toBeNull()
  await expect(endSession(actor, { sessionId: phone.sessionId })).rejects.toMatchObject({ code: 'not_found' })
})

test('signing out everywhere else keeps this one; everywhere keeps none', async () => {
  const person = await aPerson()
  const [phone, tablet] = [await aSession(person.userId), await aSession(person.userId)]
  const actor = await aPersonAt(person.cookie)
  expect(await endSessions(actor, { keepThis: true })).toEqual({ ended: 2 })
  for (const { cookie } of [phone, tablet]) expect(await visit(cookie)).toBeNull()
  const again = await aSession(person.userId)
  expect(await endSessions(actor, { keepThis: false })).toEqual({ ended: 2 })
  for (const cookie of [person.cookie, again.cookie]) expect(await visit(cookie)).toBeNull()
  await expect(listSessions({ kind: 'visitor' })).rejects.toMatchObject({ code: 'sign_in_required' })
})

test('the account shown is the one chosen here, else the last one, else the oldest: always one of theirs', async () => {
  const accounts = [(await anAccount()).accountId, (await anAccount()).accountId]
  const member = await aMember(accounts[0]!, 'viewer')
  await query(
    `insert into memberships (account_id, user_id, role, created_at) values ($1, $2, 'viewer', now() + interval '1 hour')`,
    [accounts[1], member.userId],
  )
  const { sessionId } = await aSession(member.userId)
  const shown = () => readChosenAccountId(member.userId, sessionId)
  expect(await shown()).toBe(member.userId) // the account that they opened bears their id

  await query('update users set last_account_id = $2 where id = $1', [member.userId, accounts[0]])
  expect(await shown()).toBe(accounts[0])
  await query('update sessions set chosen_account_id = $2 where id = $1', [sessionId, accounts[1]])
  expect(await shown()).toBe(accounts[1])

  await query('delete from memberships where account_id = $1 and user_id = $2', [accounts[1], member.userId])
  expect(await shown()).toBe(accounts[0])
  await query('delete from memberships where account_id = $1 and user_id = $2', [accounts[0], member.userId])
  expect(await shown()).toBe(member.userId)
  await query('delete from memberships where user_id = $1', [member.userId])
  expect(await shown()).toBeNull()
})

test('a session of another person chooses nothing', async () => {
  const person = await aPerson()
  const other = await aSession((await aPerson()).userId)
  await query('update sessions set chosen_account_id = $2 where id = $1', [other.sessionId, person.userId])
  expect(await readChosenAccountId(person.userId, other.sessionId)).toBe(person.userId)
})
