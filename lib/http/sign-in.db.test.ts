import { createHash } from 'node:crypto'
import pg from 'pg'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { listMailbox } from '@/lib/domain/notifications'
import { tellNewDevice } from '@/lib/domain/sessions'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { userOfRequest } from '@/lib/edges/session'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { answerSignIn } from './sign-in'

const origin = 'http://localhost:3000'
const database = aDatabaseInTest({ mode: 'demo' })

function useAddress(appUrl: string) {
  process.env.APP_URL = appUrl
  resetEnv()
}

beforeAll(async () => {
  useAddress(origin)
})

beforeEach(() => query('delete from attempt_counts'))

interface Asked {
  ip?: string
  headers?: Record<string, string>
  json?: boolean
}

function post(
  path: string,
  fields: Record<string, string>,
  { ip = '192.0.2.1', headers = {}, json = true }: Asked = {},
) {
  return answerSignIn(
    new Request(`${origin}/api/auth/${path}`, {
      method: 'POST',
      headers: { origin, 'x-forwarded-for': ip, ...headers },
      body: new URLSearchParams({ ...fields, ...(json ? { json: 'true' } : {}) }),
    }),
  )
}

const get = (path: string, headers: Record<string, string> = {}) =>
  answerSignIn(new Request(`${origin}/api/auth/${path}`, { headers }))

/** Asks for a link and reads it in the mailbox. */
async function aLink(email: string, callbackUrl = '/credits'): Promise<URL> {
  const response = await post('signin/email', { email, callbackUrl })
  expect(response.status).toBe(200)
  const [mail] = await listMailbox({ kind: 'visitor' })
  expect(mail?.recipient).toBe(email.toLowerCase())
  return new URL(/http\S+/.exec(mail!.text)![0])
}

/** Follows the button of the page that the link leads to. */
const confirm = (link: URL, headers?: Record<string, string>) => get(`callback/email${link.search}`, headers)

const sessionCookie = (response: Response) =>
  response.headers.getSetCookie().find((cookie) => /purse\.session=[^;]/.test(cookie))

const cookiePair = (response: Response) => sessionCookie(response)!.split(';')[0]!

const userOf = (cookie: string) => userOfRequest(new Request(origin, { headers: { cookie } }))

test('a link signs a new person in, once, and opens their account', async () => {
  const link = await aLink('Ada@Example.com')
  expect(link.origin + link.pathname).toBe(`${origin}/sign-in/confirm`)
  const response = await confirm(link)
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe(`${origin}/credits`)
  expect(sessionCookie(response)).toMatch(/; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/)
  expect(await userOf(cookiePair(response))).toMatchObject({ email: 'ada@example.com' })

  const again = await confirm(link)
  expect(again.headers.get('location')).toContain('error=Verification')
  expect(sessionCookie(again)).toBeUndefined()
  expect(await query('select count(*) as accounts from accounts')).toEqual([{ accounts: 1n }])
  expect(await query('select sum(amount)::text as credit from grants')).toEqual([{ credit: '1000000000' }])
})

test('two first sign-ins at once are one person with one account', async () => {
  const email = 'twice@example.com'
  const links = [await aLink(email), await aLink(email)]
  const responses = await Promise.all(links.map((link) => confirm(link)))
  const users = await Promise.all(responses.map((response) => userOf(cookiePair(response))))
  expect(users[0]!.userId).toBe(users[1]!.userId)
  expect(await query('select count(*) as users from users where email = $1', [email])).toEqual([{ users: 1n }])
})

test('the tables hold hashes: a copy of them signs nobody in', async () => {
  const link = await aLink('hash@example.com')
  const token = link.searchParams.get('token')!
  const tokens = await query<{ token: string }>('select token from verification_tokens')
  expect(tokens.map((row) => row.token)).not.toContain(token)

  const response = await confirm(link)
  const cookie = cookiePair(response)
  const value = cookie.split('=')[1]!
  const sessions = (await query<{ session_token: string }>('select session_token from sessions')).map(
    (row) => row.session_token,
  )
  expect(sessions).not.toContain(value)
  expect(sessions).toContain(createHash('sha256').update(value).digest('hex'))
  for (const stored of sessions) expect(await userOf(`purse.session=${stored}`)).toBeNull()
})

test('signing in again replaces the session; signing out ends it', async () => {
  const first = cookiePair(await confirm(await aLink('again@example.com')))
  const second = cookiePair(await confirm(await aLink('again@example.com'), { cookie: first }))
  expect(second).not.toBe(first)
  expect(await userOf(first)).toBeNull()
  expect(await userOf(second)).not.toBeNull()

  const out = await post('signout', { callbackUrl: '/sign-in' }, { headers: { cookie: second } })
  expect(await out.json()).toEqual({ url: `${origin}/sign-in` })
  expect(out.headers.getSetCookie().join()).toMatch(/purse\.session=;.*Max-Age=0/)
  expect(await userOf(second)).toBeNull()
})

test('a session ends after thirty days, whatever is asked of it meanwhile', async () => {
  const cookie = cookiePair(await confirm(await aLink('thirty@example.com')))
  const [before] = await query<{ days: number }>(
    `select extract(epoch from max(expires) - now())::float / 86400 as days from sessions`,
  )
  expect(before!.days).toBeCloseTo(30, 1)
  await query(`update sessions set expires = now() + interval '1 day'`)
  const session = await get('session', { cookie })
  expect(await session.json()).toMatchObject({ user: { email: 'thirty@example.com' } })
  expect(await query(`select count(*) as longer from sessions where expires > now() + interval '2 days'`)).toEqual([
    { longer: 0n },
  ])
  await query('update sessions set expires = now()')
  expect(await userOf(cookie)).toBeNull()
})

test('on https the cookies are bound to the host', async () => {
  useAddress('https://billing.example')
  try {
    const headers = { origin: 'https://billing.example' }
    const asked = await post('signin/email', { email: 'secure@example.com' }, { headers })
    expect(asked.status).toBe(200)
    const [mail] = await listMailbox({ kind: 'visitor' })
    const link = new URL(/https\S+/.exec(mail!.text)![0])
    const cookies = (await confirm(link)).headers.getSetCookie()
    expect(cookies.find((cookie) => cookie.startsWith('__Host-purse.session='))).toMatch(
      /Path=\/;.*HttpOnly; Secure; SameSite=Lax/,
    )
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__(Host|Secure)-/)
      expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax/)
      expect(cookie).not.toMatch(/Domain=/i)
    }
  } finally {
    useAddress(origin)
  }
})

test('links are limited per address, for known and unknown people alike', async () => {
  await confirm(await aLink('known@example.com'))
  await query('delete from attempt_counts')
  const answers: unknown[][] = []
  for (const email of ['known@example.com', 'unknown@example.com']) {
    const answer: unknown[] = []
    for (let i = 0; i < 6; i++) {
      const response = await post('signin/email', { email }, { ip: `192.0.2.${i + 10}` })
      answer.push([response.status, response.headers.get('retry-after'), await response.json()])
    }
    answers.push(answer)
  }
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]!.map((answer) => (answer as [number])[0])).toEqual([200, 200, 200, 200, 200, 429])
  expect(answers[0]![5]).toMatchObject([429, '900', { code: 'too_many_attempts' }])
})

test('links are limited per place, and what a caller claims about its place does not help', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async (_, i) => {
      const ip = `10.0.0.${i}, 198.51.100.9` // the last one is what our own server saw
      return (await post('signin/email', { email: `person${i}@example.com` }, { ip })).status
    }),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(20)
  expect(statuses.filter((status) => status === 429)).toHaveLength(5)
})

test('twenty requests for one address at once pass five', async () => {
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => post('signin/email', { email: 'race@example.com' }, { ip: `203.0.113.${i}` })),
  )
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(5)
})

test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['no site', { origin: 'null' }],
  ['a look-alike', { origin: 'http://localhost:3000.evil.example' }],
])('a form on %s signs nobody in or out', async (_, headers) => {
  for (const path of ['signin/email', 'signout']) {
    const response = await post(path, { email: 'csrf@example.com' }, { headers })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'origin_not_allowed' })
  }
  const bare = new Request(`${origin}/api/auth/signin/email`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'csrf@example.com' }),
  })
  expect((await answerSignIn(bare)).status).toBe(403)
})

test('forwarded headers move no link and no redirect', async () => {
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', host: 'evil.example' }
  const response = await post('signin/email', { email: 'spoof@example.com' }, { headers })
  expect(((await response.json()) as { url: string }).url).toMatch(new RegExp(`^${origin}/`))
  const [mail] = await listMailbox({ kind: 'visitor' })
  expect(mail!.text).not.toContain('evil')
})

test.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)'])(
  'the return address %j leads home, from the form and from the link',
  async (callbackUrl) => {
    const link = await aLink('return@example.com', callbackUrl)
    expect(link.searchParams.get('callbackUrl')).toBe(`${origin}/`)
    link.searchParams.set('callbackUrl', callbackUrl)
    expect((await confirm(link)).headers.get('location')).toBe(`${origin}/`)
  },
)

test('what is no address is refused by name; a plain form is led back to the page', async () => {
  for (const email of ['', 'ada', 'a@example.com,b@example.com', 'ada\uff20example.com']) {
    const response = await post('signin/email', { email })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', field: 'email' })
  }
  const form = await post('signin/email', { email: 'ada' }, { json: false })
  expect([form.status, form.headers.get('location')]).toEqual([303, '/sign-in?error=invalid_request'])
})

test('everything else that the library offers is shut', async () => {
  expect((await post('_log', { code: 'x', level: 'error' })).status).toBe(404)
  expect((await post('session', { data: '1' })).status).toBe(404)
  expect((await post('callback/email', { token: 'x' })).status).toBe(404)
  expect((await get('signout')).status).toBe(404)
  expect((await get('nonsense')).status).toBe(404)
  expect(await (await get('providers')).json()).toMatchObject({ email: { id: 'email' } })
  const large = await post('signin/email', { email: `${'a'.repeat(9000)}@example.com` })
  expect(large.status).toBe(413)
})

const deviceCookie = (response: Response) =>
  response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('purse.device='))
    ?.split(';')[0]

/** What the worker is asked to tell of a person's devices. */
async function deviceJobs(email: string): Promise<{ userId: string; deviceHash: string }[]> {
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  const { rows } = await admin.query(
    `select j.payload from graphile_worker._private_jobs j join users u on u.id::text = j.payload->>'userId'
      where u.email = $1 and j.payload->>'deviceHash' is not null order by j.id`,
    [email],
  )
  await admin.end()
  return rows.map((row) => row.payload)
}

const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }

test('a device that was not seen before is told of once, with time, browser, address and the way to the sessions', async () => {
  const email = 'devices@example.com'
  const first = await confirm(await aLink(email), firefox)
  expect(await deviceJobs(email)).toEqual([]) // Whoever has just come has no other device.
  const known = deviceCookie(first)!
  expect(first.headers.getSetCookie().join()).toMatch(
    /purse\.device=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax/,
  )
  expect(deviceCookie(await confirm(await aLink(email), { ...firefox, cookie: known }))).toBe(known)
  expect(await deviceJobs(email)).toEqual([])

  await query(
    `update accounts set time_zone = 'Europe/Berlin' where account_id in
       (select m.account_id from memberships m join users u on u.id = m.user_id where u.email = $1)`,
    [email],
  )
  const other = await confirm(await aLink(email), { ...firefox, 'x-forwarded-for': '203.0.113.7' })
  const jobs = await deviceJobs(email)
  expect(jobs).toHaveLength(1)
  await confirm(await aLink(email), { ...firefox, cookie: deviceCookie(other)! })
  expect(await deviceJobs(email)).toHaveLength(1)

  await tellNewDevice(system('test'), jobs[0]!)
  await tellNewDevice(system('test'), jobs[0]!)
  const mails = (await listMailbox({ kind: 'visitor' })).filter(({ subject }) => subject.startsWith('New sign-in'))
  expect(mails).toMatchObject([{ recipient: email }])
  for (const words of [
    `Somebody has signed in as ${email}`,
    /Time: \w{3} \d{1,2}, \d{4}, \d\d:\d\d Europe\/Berlin/,
    'Browser: Firefox on Linux',
    'Internet address: 203.0.113.7',
    `${origin}/settings/sessions`,
    'It is always sent.',
  ]) {
    expect(mails[0]!.text).toMatch(words)
  }
  await expect(tellNewDevice({ kind: 'visitor' }, jobs[0]!)).rejects.toMatchObject({ code: 'not_allowed' })
})

test('a device is kept as a hash, is its person’s alone, and what is no token of ours is not taken for one', async () => {
  const [ada, eve] = ['ada.devices@example.com', 'eve.devices@example.com']
  const shared = deviceCookie(await confirm(await aLink(ada)))!
  const token = shared.split('=')[1]!
  expect(deviceCookie(await confirm(await aLink(eve), { cookie: shared }))).toBe(shared)
  const rows = await query<{ hash: string }>(`select encode(device_hash, 'hex') as hash from sign_in_devices`)
  const hash = createHash('sha256').update(token).digest('hex')
  expect(rows.filter((row) => row.hash === hash)).toHaveLength(2)
  const odd = await confirm(await aLink(ada), { cookie: 'purse.device=short' })
  expect(deviceCookie(odd)).not.toBe('purse.device=short')
  expect(await deviceJobs(ada)).toHaveLength(1)
})

test('the link is mailed in the language that a person chose, else in the one that their browser shows', async () => {
  const email = 'sprache@example.com'
  const mailOf = async (headers: Record<string, string>) => {
    await post('signin/email', { email }, { headers })
    return (await listMailbox({ kind: 'visitor' })).find(({ recipient }) => recipient === email)!
  }
  expect((await mailOf({})).subject).toBe('Your sign-in link for Purse')
  const german = await mailOf({ 'accept-language': 'de-AT, en;q=0.5' })
  expect(german.subject).toBe('Ihr Anmeldelink für Purse')
  expect(german.text).toContain('innerhalb von 15 Minuten')
  const arabic = await mailOf({ 'accept-language': 'de', cookie: 'locale=ar' })
  expect(arabic.html).toContain('dir="rtl"')
  expect(arabic.text).toContain('15 دقيقة')

  await confirm(new URL(/http\S+/.exec(arabic.text)![0]), { 'accept-language': 'de' })
  expect(await query('select locale, browser_locale from users where email = $1', [email])).toEqual([
    { locale: null, browser_locale: 'de' },
  ])
  await query(`update users set locale = 'ar' where email = $1`, [email])
  expect((await mailOf({ 'accept-language': 'en' })).subject).toBe('رابط الدخول إلى Purse')
})
