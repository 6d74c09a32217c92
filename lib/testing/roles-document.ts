/** docs/roles.md, made of the rules and of what the doors need. */
import fs from 'node:fs'
import path from 'node:path'
import {
  type Action,
  actions,
  may,
  mayOperate,
  type OperatorAction,
  operatorActions,
  operatorRoles,
  roles,
} from '@/lib/domain/members/rules'
import { type Door, doors, otherDoors } from './doors'

const api = path.join(import.meta.dirname, '../../app/api')

export interface FoundDoor {
  /** "POST /api/accounts/[accountId]/monthly-cap" */
  name: string
  method: string
  path: string
  file: string
}

/** Every method that a route handler under app/api exports. */
export function findDoors(): FoundDoor[] {
  const files = fs
    .readdirSync(api, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)route\.ts$/.test(file))
  return files
    .sort()
    .map((file) => ({ file: path.join(api, file), path: path.posix.join('/api', path.posix.dirname(file)) }))
    .filter((door) => !otherDoors[door.path])
    .flatMap((door) => {
      const methods = fs
        .readFileSync(door.file, 'utf8')
        .matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm)
      return [...methods].map(([, method = '']) => ({ ...door, method, name: `${method} ${door.path}` }))
    })
}

const meanings: Record<Action, string> = {
  'account:read': 'see everything of the account but the audit log',
  'billing:write': 'buy, refund, cards, auto top-up, the monthly cap, the billing profile',
  'account:write': 'the account itself',
  'members:write': 'invite, change roles, remove',
  'keys:write': 'make, rotate and revoke API keys',
  'budgets:write': 'limits of keys and members, and requests for more',
  'budgets:request': 'ask for a higher limit',
  'audit:read': 'see who changed what',
}

const operatorMeanings: Record<OperatorAction, string> = {
  'operator:read': 'see every account',
  'credit:give': 'give small promotions',
  'credit:give_more': 'give larger ones',
  'refund:write': 'pay back',
  'platform:write': 'what concerns every account',
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const mark = (isAllowed: boolean): string => (isAllowed ? 'yes' : '–')

/** The whole document. */
export function rolesDocument(): string {
  const ofMembers = Object.entries(doors).filter(([, { needs }]) => actions.some((action) => action === needs))
  const ofOperators = Object.entries(doors).filter(([, { needs }]) =>
    operatorActions.some((action) => action === needs),
  )
  const ofPersons = Object.entries(doors).filter(([, { needs }]) => needs === 'person')
  return `# Roles

Made by \`node --import tsx scripts/roles.ts\` from \`lib/domain/members/rules.ts\` and \`lib/testing/doors.ts\`; a test compares
it, and opens every door as everybody. Permission is checked in the verb behind each door, at each request: a change of role or
a removal acts on the very next one.

## In an account

${table(
  ['may', ...roles],
  actions.map((action) => [`${meanings[action]} (\`${action}\`)`, ...roles.map((role) => mark(may(role, action)))]),
)}

- Nobody gives a role above their own: only owners make or unmake owners.
- An account always has an owner: the last one cannot be demoted, removed or leave.
- Everybody may leave, and everybody sees and ends their own sessions.
- When a member is removed or gets a lower role, the open invitations that they could no longer make end.
- An invitation works once, for seven days, and only for the address that it was mailed to.

## Staff of the platform

${table(
  ['may', ...operatorRoles],
  operatorActions.map((action) => [
    `${operatorMeanings[action]} (\`${action}\`)`,
    ...operatorRoles.map((role) => mark(mayOperate(role, action))),
  ]),
)}

## Doors

Whoever is not signed in gets 401 everywhere. A person who is no member of the account, or no operator, gets 404: the same as for
an account that does not exist. A member whose role is too low gets 403.

### Of an account

${doorTable(ofMembers, roles, (role, needs) => may(role, needs as Action))}

### Of the platform's staff

${doorTable(ofOperators, operatorRoles, (role, needs) => mayOperate(role, needs as OperatorAction))}

### Of every signed-in person, for themselves

${ofPersons.map(([name]) => `- \`${name}\``).join('\n')}

### Opened otherwise

${Object.entries(otherDoors)
  .map(([name, how]) => `- \`${name}\`: ${how}`)
  .join('\n')}
`
}

function doorTable(
  rows: [string, Door][],
  people: readonly string[],
  isAllowed: (role: string, needs: string) => boolean,
): string {
  return table(
    ['door', 'needs', ...people],
    rows.map(([name, { needs }]) => [`\`${name}\``, needs, ...people.map((role) => mark(isAllowed(role, needs)))]),
  )
}
