import { expect, test } from 'vitest'
import { type Role, roles } from '../members/rules'
import { invitationEnd, invitationState, refuseLeaving, refuseRemoval, refuseRoleChange, rolesToGive } from './rules'

const everyChange = roles.flatMap((actorRole) =>
  roles.flatMap((from) => roles.map((to): [Role, Role, Role] => [actorRole, from, to])),
)

test.each(everyChange)('a member who is %s may change %s to %s as the rules say', (actorRole, from, to) => {
  const touchesOwner = from === 'owner' || to === 'owner'
  const expected =
    actorRole === 'owner' ? null : actorRole !== 'admin' ? 'not_allowed' : touchesOwner ? 'only_owners' : null
  expect(refuseRoleChange({ actorRole, from, to, owners: 2 })).toBe(expected)
})

test('nobody gives a role above their own', () => {
  for (const actorRole of roles) {
    for (const to of roles.filter((role) => !rolesToGive(actorRole).includes(role))) {
      expect(refuseRoleChange({ actorRole, from: 'viewer', to, owners: 2 })).not.toBeNull()
    }
    for (const to of rolesToGive(actorRole)) {
      expect(refuseRoleChange({ actorRole, from: 'viewer', to, owners: 2 })).toBeNull()
    }
  }
  expect(rolesToGive('admin')).toEqual(['admin', 'billing', 'developer', 'viewer'])
  expect(rolesToGive('__proto__')).toEqual([])
})

test('the last owner stays an owner and stays', () => {
  const last = { actorRole: 'owner', from: 'owner', owners: 1 } as const
  expect(refuseRoleChange({ ...last, to: 'admin' })).toBe('last_owner')
  expect(refuseRoleChange({ ...last, to: 'owner' })).toBeNull()
  expect(refuseRemoval(last)).toBe('last_owner')
  expect(refuseLeaving(last)).toBe('last_owner')
  expect(refuseLeaving({ from: 'owner', owners: 2 })).toBeNull()
  expect(refuseLeaving({ from: 'viewer', owners: 1 })).toBeNull()
})

test.each([
  ['owner', 'owner', null],
  ['owner', 'admin', null],
  ['admin', 'owner', 'only_owners'],
  ['admin', 'admin', null],
  ['billing', 'viewer', 'not_allowed'],
  ['developer', 'viewer', 'not_allowed'],
  ['viewer', 'viewer', 'not_allowed'],
] as const)('a member who is %s removes one who is %s: %s', (actorRole, from, refusal) => {
  expect(refuseRemoval({ actorRole, from, owners: 2 })).toBe(refusal)
})

test('an invitation is open for seven days, to the instant', () => {
  const createdAt = new Date('2026-11-01T12:00:00Z')
  const expiresAt = invitationEnd(createdAt)
  expect(expiresAt).toEqual(new Date('2026-11-08T12:00:00Z'))
  const open = { acceptedAt: null, revokedAt: null, expiresAt }
  expect(invitationState(open, new Date(expiresAt.getTime() - 1))).toBe('open')
  expect(invitationState(open, expiresAt)).toBe('expired')
  expect(invitationState({ ...open, revokedAt: createdAt }, expiresAt)).toBe('revoked')
  expect(invitationState({ ...open, acceptedAt: createdAt }, expiresAt)).toBe('accepted')
})
