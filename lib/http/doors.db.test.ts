/**
 * Who is let in where: every door under app/api, found by its file, is opened by every kind of person, and who gets in is
 * compared with lib/domain/members/rules.ts. A door without a line in lib/testing/doors.ts fails.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actions, may, mayOperate, operatorActions, operatorRoles, roles } from '@/lib/domain/members/rules'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { expectBooksToAgree } from '@/lib/testing/builders'
import { aDoorWorld, type DoorWorld, paramsOf } from '@/lib/testing/door-world'
import { type Door, doors } from '@/lib/testing/doors'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { findDoors, rolesDocument } from '@/lib/testing/roles-document'

const origin = 'http://localhost:3000'
const found = findDoors()

let money: MoneyIn

beforeAll(async () => {
  money = await aMoneyIn()
  process.env.APP_URL = origin
  process.env.SANDBOX_URL = money.sandboxUrl
  resetEnv()
})

afterAll(async () => {
  delete process.env.SANDBOX_URL
  await money.close()
})

test('every door has its line in lib/testing/doors.ts, and every line its door', () => {
  const inFiles = found.map(({ name }) => name).sort()
  expect(inFiles.filter((name) => !doors[name]).map((name) => `${name}: add its line to lib/testing/doors.ts`)).toEqual(
    [],
  )
  expect(
    Object.keys(doors)
      .filter((name) => !inFiles.includes(name))
      .map((name) => `${name}: there is no such door`),
  ).toEqual([])
})

test('every door that writes says which audit entry it leaves, or why it leaves none', () => {
  const silent = Object.entries(doors).filter(([name, { audits, unaudited }]) =>
    name.startsWith('GET ') ? audits || unaudited : Boolean(audits) === Boolean(unaudited),
  )
  expect(silent.map(([name]) => name)).toEqual([])
})

test('docs/roles.md says what the rules and the doors say', () => {
  const written = readFileSync(path.join(import.meta.dirname, '../../docs/roles.md'), 'utf8')
  expect(written, 'run: node --import tsx scripts/roles.ts').toBe(rolesDocument())
})

/** Everybody who may stand before a door. */
const callers = [...roles, 'stranger', 'nobody', ...operatorRoles.map((role) => `operator:${role}`)]

type Answer = 'let in' | 'sign_in_required' | 'not_found' | 'not_allowed'

/** What the rules say about a caller before a door. */
function expected(caller: string, { needs }: Door): Answer {
  if (caller === 'nobody') return 'sign_in_required'
  if (needs === 'person') return 'let in'
  const [kind, operatorRole = ''] = caller.split(':')
  const isOperator = kind === 'operator'
  if (operatorActions.some((action) => action === needs)) {
    if (!isOperator) return 'not_found'
    return mayOperate(operatorRole, needs as never) ? 'let in' : 'not_allowed'
  }
  expect(actions).toContain(needs)
  if (isOperator || caller === 'stranger') return 'not_found'
  return may(caller, needs as never) ? 'let in' : 'not_allowed'
}

async function knock(name: string, door: Door, world: DoorWorld, params: Record<string, string>, caller: string) {
  const { method, file, path: template } = found.find((one) => one.name === name)!
  const handlers = await import(file)
  const address = template.replace(/\[(\w+)\]/g, (_, key: string) => params[key]!)
  const cookie = world.people[caller]?.cookie
  const headers: Record<string, string> = { origin, 'x-forwarded-for': '203.0.113.7', ...(cookie && { cookie }) }
  if (method !== 'GET') headers['content-type'] = 'application/json'
  const sends = typeof door.sends === 'function' ? await door.sends(world) : (door.sends ?? {})
  const request = new Request(`${origin}${address}${door.asks ? `?${door.asks}` : ''}`, {
    method,
    headers,
    ...(method !== 'GET' && { body: JSON.stringify(sends) }),
  })
  const response: Response = await handlers[method](request, { params: Promise.resolve(params) })
  const text = await response.text()
  const isProblem = response.headers.get('content-type') === 'application/problem+json'
  return { status: response.status, code: isProblem ? (JSON.parse(text).code as string) : null, text }
}

describe.each(found.filter(({ name }) => doors[name]).map(({ name, method }) => [name, method]))(
  '%s',
  (name = '', method = '') => {
    const door = doors[name]!
    let world: DoorWorld
    let params: Record<string, string>

    beforeAll(async () => {
      world = await aDoorWorld()
      params = await paramsOf(name, world, money)
    })

    const lets = callers.filter((caller) => expected(caller, door) === 'let in')

    test(`refuses everybody whom the rules do not let in`, async () => {
      for (const caller of callers.filter((one) => !lets.includes(one))) {
        const { status, code, text } = await knock(name, door, world, params, caller)
        const wanted = expected(caller, door)
        expect({ caller, code }, text).toEqual({ caller, code: wanted })
        expect(status).toBe({ sign_in_required: 401, not_found: 404, not_allowed: 403 }[wanted as never])
      }
    })

    test(`lets in ${lets.join(', ')}`, async () => {
      const [first = ''] = lets
      for (const caller of lets) {
        const { status, code, text } = await knock(name, door, world, params, caller)
        expect(['not_allowed', 'sign_in_required', 'internal_error'], `${caller}: ${text}`).not.toContain(code)
        if (caller === first && door.answers) expect(status, text).toBe(door.answers)
        else if (caller === first || method === 'GET') expect(status, `${caller}: ${text}`).toBeLessThan(300)
      }
      if (door.audits) await expectAudited(world, door.audits, first)
      await expectBooksToAgree()
    })
  },
)

/** The entry says who, from where and when. */
async function expectAudited({ accountId, people }: DoorWorld, action: string, caller: string): Promise<void> {
  const entries = await query(
    `select actor, actor_email, ip from audit_entries
      where account_id = $1 and (action = $2 or split_part(action, '.', 1) = $2) and actor = $3`,
    [accountId, action, `user:${people[caller]!.userId}`],
  )
  expect(entries[0], `an entry ${action} of ${caller}`).toEqual({
    actor: `user:${people[caller]!.userId}`,
    actor_email: people[caller]!.email,
    ip: '203.0.113.7',
  })
}
