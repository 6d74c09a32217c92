import { expect, test } from 'vitest'
import { actions, may, roles } from './rules'

const table: Record<string, string> = {
  owner: 'account:read billing:write account:write',
  admin: 'account:read billing:write account:write',
  billing: 'account:read billing:write',
  developer: 'account:read',
  viewer: 'account:read',
}

test.each(roles.flatMap((role) => actions.map((action) => [role, action] as const)))(
  'the role %s and the action %s agree with the table',
  (role, action) => {
    expect(may(role, action)).toBe(table[role]!.split(' ').includes(action))
  },
)

test('a role that is not known may do nothing, whatever its name', () => {
  for (const role of ['', 'Owner', 'root', 'constructor', '__proto__', 'toString']) {
    for (const action of actions) expect(may(role, action)).toBe(false)
  }
})
