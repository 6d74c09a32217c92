import { expect, test } from 'vitest'
import { actions, may, mayOperate, operatorActions, operatorRoles, roles } from './rules'

const table: Record<string, string> = {
  owner: 'account:read billing:write account:write members:write keys:write budgets:write budgets:request audit:read',
  admin: 'account:read billing:write account:write members:write keys:write budgets:write budgets:request audit:read',
  billing: 'account:read billing:write budgets:write budgets:request audit:read',
  developer: 'account:read keys:write budgets:request',
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

const operatorTable: Record<string, string> = {
  support: 'operator:read credit:give',
  finance: 'operator:read credit:give credit:give_more refund:write platform:write',
  admin: 'operator:read credit:give credit:give_more refund:write platform:write',
}

test.each(operatorRoles.flatMap((role) => operatorActions.map((action) => [role, action] as const)))(
  'the operator role %s and the action %s agree with the table',
  (role, action) => {
    expect(mayOperate(role, action)).toBe(operatorTable[role]!.split(' ').includes(action))
  },
)

test("a customer's role opens nothing of the operators'", () => {
  for (const role of [...roles, '', '__proto__', 'toString']) {
    if (role === 'admin') continue // the name of both; the column decides which it is
    for (const action of operatorActions) expect(mayOperate(role, action)).toBe(false)
  }
})
