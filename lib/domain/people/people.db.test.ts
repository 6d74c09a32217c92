import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { dayMs } from '@/lib/core/time'
import { openAnotherAccount, signUp } from '@/lib/domain/accounts'
import { listAuditEntries } from '@/lib/domain/audit'
import { getMonth } from '@/lib/domain/budgets'
import { listAccountsOf } from '@/lib/domain/members'
import type { Role } from '@/lib/domain/members/rules'
import { listMailbox } from '@/lib/domain/notifications'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aMember, aSession } from '@/lib/testing/door-world'
import {
  acceptInvitation,
  changeRole,
  inviteMember,
  leaveAccount,
  listInvitations,
  listMembers,
  readInvitation,
  removeMember,
  resendInvitation,
  revokeInvitation,
  switchAccount,
} from '.'

aDatabaseInTest({ mode: 'demo' })

beforeEach(() => query('delete from attempt_counts'))
afterAll(async () => {
  await expectBooksToAgree()
})

const newAddress = () => `${randomUUID()}@example.com`
const user = (userId: string): Actor => ({ kind: 'user', userId, ip: '203.0.113.7' })

async function anOwnedAccount() {
  const { accountId, userId, email } = await anAccount()
  return { accountId, owner: user(userId), userId, email }
}

async function anActor(accountId: string, role: Role) {
  const { userId, email } = await aMember(accountId, role)
  return { actor: user(userId), userId, email }
}

async function aVisitorFrom(email: string): Promise<Extract<Actor, { kind: 'user' }>> {
  const { userId } = await signUp(tester, { email })
  return { kind: 'user', userId, sessionId: (await aSession(userId)).sessionId }
}

/** The secret of the newest link that was mailed to the address. */
async function mailedToken(email: string): Promise<string> {
  const mails = await listMailbox({ kind: 'visitor' })
  const mail = mails.find(({ recipient }) => recipient === email)
  return /\/invitations\/([\w-]+)/.exec(mail!.text)![1]!
}

const rolesIn = async (accountId: string) =>
  Object.fromEntries((await listMembers(tester, { accountId })).map(({ userId, role }) => [userId, role]))

test('an invited person follows the mail, joins with the role and is shown the account', async () => {
  const { accountId, owner, email: ownerEmail } = await anOwnedAccount()
  const email = newAddress()
  const invited = await inviteMember(owner, { accountId, email: `  ${email.toUpperCase()} `, role: 'developer' })
  expect(invited).toMatchObject({ email, role: 'developer', isMailed: true })
  expect(await listInvitations(owner, { accountId })).toMatchObject([
    { email, role: 'developer', invitedBy: ownerEmail, isExpired: false, isMailed: true },
  ])

  const token = await mailedToken(email)
  expect(await readInvitation({ kind: 'visitor' }, { token })).toMatchObject({ state: 'open', email, you: null })
  const invitee = await aVisitorFrom(email)
  expect((await readInvitation(invitee, { token })).you).toEqual({ email, isInvited: true, hasAccepted: false })
  expect(await acceptInvitation(invitee, { token })).toEqual({ accountId })
  expect(await rolesIn(accountId)).toMatchObject({ [invitee.userId]: 'developer' })
  expect(await listInvitations(owner, { accountId })).toEqual([])
  expect(await query('select chosen_account_id from sessions where id = $1', [invitee.sessionId])).toEqual([
    { chosen_account_id: accountId },
  ])
  const actions = (await listAuditEntries(owner, { accountId })).entries.map(({ action }) => action)
  expect(actions).toEqual(['invitation.accepted', 'invitation.sent', 'account.opened'])
})

test('the mail is in the language of the one who invites, and nothing that was typed becomes markup', async () => {
  const { accountId, owner, userId } = await anOwnedAccount()
  await query(`update users set locale = 'ar' where id = $1`, [userId])
  await query(`update accounts set name = '<b>Acme</b>' where account_id = $1`, [accountId])
  const email = newAddress()
  await inviteMember(owner, { accountId, email, role: 'viewer' })
  const mail = (await listMailbox({ kind: 'visitor' })).find(({ recipient }) => recipient === email)!
  expect(mail.html).toContain('<html lang="ar" dir="rtl">')
  expect(mail.html).toContain('&lt;b&gt;Acme&lt;/b&gt;')
  expect(mail.subject).toMatch(/^دعوة/)
  expect(mail.text).toContain('/invitations/')
})

test('whoever has signed in before is invited in their own language; else the browser of who invites tells it', async () => {
  const { accountId, owner, userId } = await anOwnedAccount()
  await query(`update users set browser_locale = 'de' where id = $1`, [userId])
  const known = newAddress()
  await aVisitorFrom(known)
  await query(`update users set browser_locale = 'de', locale = 'ar' where email = $1`, [known])
  const stranger = newAddress()
  for (const email of [known, stranger]) await inviteMember(owner, { accountId, email, role: 'billing' })
  const mails = await listMailbox({ kind: 'visitor' })
  const mailTo = (email: string) => mails.find(({ recipient }) => recipient === email)!
  expect(mailTo(known).html).toContain('<html lang="ar" dir="rtl">')
  expect(mailTo(stranger).subject).toMatch(/lädt Sie zu einem Konto bei Purse ein$/)
  expect(mailTo(stranger).text).toMatch(
    /mit der Rolle „Abrechnung“[\s\S]*bis \d{1,2}\. \p{L}+\.? \d{4}, \d\d:\d\d UTC/u,
  )
})

test('the answer does not say whether an address has a user; a member is named as one', async () => {
  const { accountId, owner, email: ownerEmail } = await anOwnedAccount()
  const known = (await anAccount()).email
  const answers = []
  for (const email of [known, newAddress()]) {
    const { role, isMailed, ...rest } = await inviteMember(owner, { accountId, email, role: 'viewer' })
    answers.push({ role, isMailed, fields: Object.keys(rest) })
  }
  expect(answers[0]).toEqual(answers[1])
  await expect(inviteMember(owner, { accountId, email: ownerEmail, role: 'viewer' })).rejects.toMatchObject({
    code: 'already_member',
  })
  await expect(inviteMember(owner, { accountId, email: known, role: 'viewer' })).rejects.toMatchObject({
    code: 'already_invited',
  })
  await expect(inviteMember(owner, { accountId, email: 'a@b@c', role: 'viewer' })).rejects.toMatchObject({
    code: 'invalid_request',
    facts: { field: 'email' },
  })
})

test('a link is for the invited address alone, and says so to others', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const email = newAddress()
  await inviteMember(owner, { accountId, email, role: 'viewer' })
  const token = await mailedToken(email)
  const other = await aVisitorFrom(newAddress())
  await expect(acceptInvitation(other, { token })).rejects.toMatchObject({ code: 'invitation_not_yours' })
  await expect(acceptInvitation(other, { token: `${token.slice(0, -4)}AAAA` })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(acceptInvitation({ kind: 'visitor' }, { token })).rejects.toMatchObject({ code: 'sign_in_required' })
  expect(Object.keys(await rolesIn(accountId))).toHaveLength(1)
})

test('a link that was used, taken back, replaced or is a week old lets nobody in', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const email = newAddress()
  const { invitationId } = await inviteMember(owner, { accountId, email, role: 'viewer' })
  const first = await mailedToken(email)
  await resendInvitation(owner, { accountId, invitationId })
  const second = await mailedToken(email)
  const invitee = await aVisitorFrom(email)
  await expect(acceptInvitation(invitee, { token: first })).rejects.toMatchObject({ code: 'not_found' })

  await moveClock(new Date(Date.now() + 7 * dayMs + 1000))
  await expect(acceptInvitation(invitee, { token: second })).rejects.toMatchObject({
    code: 'invitation_closed',
    facts: { state: 'expired' },
  })
  expect((await listInvitations(owner, { accountId }))[0]).toMatchObject({ isExpired: true })
  await resendInvitation(owner, { accountId, invitationId }) // a new week
  await moveClock(new Date())
  const third = await mailedToken(email)
  await revokeInvitation(owner, { accountId, invitationId })
  await expect(acceptInvitation(invitee, { token: third })).rejects.toMatchObject({
    code: 'invitation_closed',
    facts: { state: 'revoked' },
  })
  await expect(revokeInvitation(owner, { accountId, invitationId })).rejects.toMatchObject({
    code: 'invitation_closed',
  })

  await query('delete from mailbox_messages') // one bears a date of next week
  await inviteMember(owner, { accountId, email, role: 'viewer' })
  const fourth = await mailedToken(email)
  await acceptInvitation(invitee, { token: fourth })
  await removeMember(owner, { accountId, userId: invitee.userId })
  await expect(acceptInvitation(invitee, { token: fourth })).rejects.toMatchObject({ facts: { state: 'accepted' } })
})

test('ten acceptances at once make one membership and one entry in the log', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const email = newAddress()
  await inviteMember(owner, { accountId, email, role: 'billing' })
  const token = await mailedToken(email)
  const invitee = await aVisitorFrom(email)
  const answers = await Promise.all(Array.from({ length: 10 }, () => acceptInvitation(invitee, { token })))
  expect(new Set(answers.map((answer) => answer.accountId))).toEqual(new Set([accountId]))
  const entries = (await listAuditEntries(owner, { accountId, action: 'invitation.accepted' })).entries
  expect(entries).toHaveLength(1)
})

test('two invitations of one address at once are one', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const email = newAddress()
  const tries = await Promise.allSettled([1, 2, 3].map(() => inviteMember(owner, { accountId, email, role: 'viewer' })))
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await listInvitations(owner, { accountId })).toHaveLength(1)
})

test('mails are limited per address, and per account', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const { invitationId } = await inviteMember(owner, { accountId, email: newAddress(), role: 'viewer' })
  for (let sent = 1; sent < 5; sent++) await resendInvitation(owner, { accountId, invitationId })
  await expect(resendInvitation(owner, { accountId, invitationId })).rejects.toMatchObject({
    code: 'too_many_attempts',
  })
  for (let sent = 5; sent < 20; sent++) await inviteMember(owner, { accountId, email: newAddress(), role: 'viewer' })
  await expect(inviteMember(owner, { accountId, email: newAddress(), role: 'viewer' })).rejects.toMatchObject({
    code: 'too_many_attempts',
  })
})

test('an admin gives roles up to their own; only an owner makes and unmakes owners', async () => {
  const { accountId, owner, userId: ownerId } = await anOwnedAccount()
  const admin = await anActor(accountId, 'admin')
  const member = await anActor(accountId, 'viewer')
  await changeRole(admin.actor, { accountId, userId: member.userId, role: 'admin' })
  const refusedByOwnersOnly = { code: 'not_allowed', facts: { reason: 'only_owners' } }
  for (const tried of [
    () => changeRole(admin.actor, { accountId, userId: member.userId, role: 'owner' }),
    () => changeRole(admin.actor, { accountId, userId: admin.userId, role: 'owner' }),
    () => changeRole(admin.actor, { accountId, userId: ownerId, role: 'viewer' }),
    () => removeMember(admin.actor, { accountId, userId: ownerId }),
    () => inviteMember(admin.actor, { accountId, email: newAddress(), role: 'owner' }),
  ]) {
    await expect(tried()).rejects.toMatchObject(refusedByOwnersOnly)
  }
  await changeRole(owner, { accountId, userId: member.userId, role: 'owner' })
  await changeRole(member.actor, { accountId, userId: ownerId, role: 'viewer' })
  expect(await rolesIn(accountId)).toEqual({
    [ownerId]: 'viewer',
    [admin.userId]: 'admin',
    [member.userId]: 'owner',
  })
  const [entry] = (await listAuditEntries(member.actor, { accountId })).entries
  expect(entry).toMatchObject({
    action: 'member.role_changed',
    actor: { kind: 'person', userId: member.userId, email: member.email },
    before: { userId: ownerId, role: 'owner' },
    after: { userId: ownerId, role: 'viewer' },
    ip: '203.0.113.7',
  })
})

test('the last owner cannot be demoted, removed or leave', async () => {
  const { accountId, owner, userId } = await anOwnedAccount()
  const last = { code: 'last_owner' }
  await expect(changeRole(owner, { accountId, userId, role: 'admin' })).rejects.toMatchObject(last)
  await expect(removeMember(owner, { accountId, userId })).rejects.toMatchObject(last)
  await expect(leaveAccount(owner, { accountId })).rejects.toMatchObject(last)
  const other = await anActor(accountId, 'owner')
  await leaveAccount(owner, { accountId })
  expect(await rolesIn(accountId)).toEqual({ [other.userId]: 'owner' })
})

test.each([
  [
    'demote each other',
    (accountId: string, by: Actor, userId: string) => changeRole(by, { accountId, userId, role: 'viewer' }),
  ],
  ['remove each other', (accountId: string, by: Actor, userId: string) => removeMember(by, { accountId, userId })],
  ['leave', (accountId: string, by: Actor) => leaveAccount(by, { accountId })],
])('when all owners %s at once, one owner stays', async (_, act) => {
  for (let round = 0; round < 5; round++) {
    const { accountId, owner, userId } = await anOwnedAccount()
    const others = [await anActor(accountId, 'owner'), await anActor(accountId, 'owner')]
    const owners = [{ actor: owner, userId }, ...others]
    const targets = [...owners.slice(1), owners[0]!]
    await Promise.allSettled(owners.map(({ actor }, place) => act(accountId, actor, targets[place]!.userId)))
    const left = Object.values(await rolesIn(accountId)).filter((role) => role === 'owner')
    expect(left.length).toBeGreaterThanOrEqual(1)
  }
})

test('a demoted or removed member is refused on their very next request', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const member = await anActor(accountId, 'admin')
  await listInvitations(member.actor, { accountId })
  await changeRole(owner, { accountId, userId: member.userId, role: 'viewer' })
  await expect(listInvitations(member.actor, { accountId })).rejects.toMatchObject({ code: 'not_allowed' })
  expect(await getMonth(member.actor, { accountId })).toBeTruthy()
  await removeMember(owner, { accountId, userId: member.userId })
  await expect(getMonth(member.actor, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(removeMember(owner, { accountId, userId: member.userId })).rejects.toMatchObject({ code: 'not_found' })
})

test('open invitations end when the one who made them could not make them any more', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const admin = await anActor(accountId, 'admin')
  await inviteMember(admin.actor, { accountId, email: newAddress(), role: 'admin' })
  await inviteMember(owner, { accountId, email: newAddress(), role: 'admin' })
  await changeRole(owner, { accountId, userId: admin.userId, role: 'viewer' })
  expect(await listInvitations(owner, { accountId })).toHaveLength(1)
})

test('a person who belongs to several accounts is shown the one they chose, as long as they belong to it', async () => {
  const { accountId, owner } = await anOwnedAccount()
  const own = await aVisitorFrom(newAddress())
  await expect(switchAccount(own, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  const { accountId: another } = await openAnotherAccount(own, { name: ' Second  home ' })
  await switchAccount(own, { accountId: another })
  expect(await listAccountsOf(own)).toMatchObject([{ role: 'owner' }, { name: 'Second home', role: 'owner' }])
  expect(
    await query(
      'select chosen_account_id, last_account_id from sessions s join users u on u.id = s.user_id where s.id = $1',
      [own.sessionId],
    ),
  ).toEqual([{ chosen_account_id: another, last_account_id: another }])
  expect(owner.kind).toBe('user')
})

test('a person owns twenty accounts at most, also when they ask at once', async () => {
  const person = await aVisitorFrom(newAddress())
  const tries = await Promise.allSettled(
    Array.from({ length: 22 }, (_, place) => openAnotherAccount(person, { name: `Account ${place}` })),
  )
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(19)
})
