import { beforeAll, expect, test } from 'vitest'
import { downloadLimits } from '@/lib/domain/members/rules'
import { exportCsv, exportProof, getStatement } from '@/lib/domain/statement'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aMember, aSession } from '@/lib/testing/door-world'
import { route } from './route'

const origin = 'http://localhost:3000'
const proof = route({ auth: 'session' }, exportProof)
const csv = route({ auth: 'session' }, exportCsv)
const statement = route({ auth: 'session' }, getStatement)

aDatabaseInTest()
let accountId: string

beforeAll(async () => {
  process.env.APP_URL = origin
  resetEnv()
})

async function take(door: typeof proof, cookie: string) {
  const request = new Request(`${origin}/x`, { headers: { cookie } })
  const response = await door(request, { params: Promise.resolve({ accountId }) })
  const text = await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text }
}

test('a person takes so many files in ten minutes, of whatever kind; nobody else is kept waiting for it', async () => {
  const account = await anAccount()
  accountId = account.accountId
  const { cookie } = await aSession(account.userId)
  const other = await aMember(accountId, 'billing')

  const answers = await Promise.all(
    Array.from({ length: downloadLimits.perPerson + 10 }, (_, i) => take(i % 2 ? proof : csv, cookie)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(downloadLimits.perPerson)
  const [refused] = answers.filter(({ status }) => status !== 200)
  expect(refused).toMatchObject({ status: 429, retryAfter: '600' })
  expect(JSON.parse(refused!.text)).toMatchObject({
    code: 'too_many_attempts',
    detail: expect.stringContaining('30 files in 10 minutes'),
  })

  expect((await take(proof, other.cookie)).status).toBe(200)
  expect((await take(statement, cookie)).status).toBe(200)

  await query(`update attempt_counts set window_start = window_start - interval '11 minutes'`)
  expect((await take(proof, cookie)).status).toBe(200)
})
