/** next-auth, called as a function: a plain request goes in, a plain answer comes out. */
import { createHash, randomBytes } from 'node:crypto'
import NextAuth, { type AuthOptions } from 'next-auth'
import { normalizeEmail } from '@/lib/core/email'
import { invariant } from '@/lib/core/errors'
import type { Locale } from '@/lib/core/locales'
import { env, isDemo } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { authAdapter, type SignUp } from './adapter'
import type { Device } from './client-ip'
import { authProviders } from './providers'
import { safeReturnUrl } from './return-path'
import { isSecure, sessionCookieName, sessionCookieOptions, sessionDays } from './settings'
import { deviceCookie, type Visit, visitOf } from './visit'

export interface AuthCall {
  method: 'GET' | 'POST'
  /** The address after /api/auth, in parts. */
  path: string[]
  query: Record<string, string>
  body: Record<string, string>
  cookies: Record<string, string>
  /** Where the call comes from. */
  device: Device
  /** The language that the browser shows our pages in. */
  locale: Locale
}

export interface AuthAnswer {
  status: number
  headers: Headers
  body: unknown
}

/**
 * Lets next-auth answer one call. A POST must have proved that it came from a page of ours. `signUp` opens the account of
 * a person who is new.
 */
export async function answerAuthCall(call: AuthCall, signUp: SignUp): Promise<AuthAnswer> {
  const origin = new URL(env().APP_URL).origin
  process.env.NEXTAUTH_URL = origin
  const token = call.cookies[sessionCookieName()]
  const genuine = call.method === 'POST' ? provenGenuine() : undefined
  const cookies = { ...call.cookies, ...genuine?.cookies }
  const body = genuine ? { ...call.body, csrfToken: genuine.csrfToken } : call.body
  // Signing in is always that, never "add this method to whoever is signed in in this browser".
  if (call.path[0] === 'callback') delete cookies[sessionCookieName()]

  const answer: AuthAnswer = { status: 200, headers: new Headers(), body: null }
  const { device, locale, ...asked } = call
  const visit = visitOf(call.cookies, { device, locale })
  const request = { ...asked, body, cookies, query: { ...call.query, nextauth: call.path }, headers: {} }
  const options = authOptions({ signUp, previousToken: token, visit, origin })
  await handler(request as never, responseInto(answer) as never, options)
  if (visit.hasSignedIn) answer.headers.append('Set-Cookie', deviceCookie(visit))
  return answer
}

/** next-auth is CommonJS: plain Node hands its default export over wrapped, a bundler does not. */
const handler = ((NextAuth as unknown as { default?: typeof NextAuth }).default ?? NextAuth) as typeof NextAuth

interface AuthWorld {
  signUp: SignUp
  previousToken: string | undefined
  visit: Visit
  origin: string
}

function authOptions(on: AuthWorld): AuthOptions {
  const days = sessionDays * 24 * 60 * 60
  return {
    secret: authSecret(),
    adapter: authAdapter(on.signUp, on.previousToken, on.visit),
    providers: authProviders(on.visit.locale),
    // No sliding: a session ends when it was said to end, and a new sign-in makes a new token.
    session: { strategy: 'database', maxAge: days, updateAge: days, generateSessionToken },
    useSecureCookies: isSecure(),
    cookies: { sessionToken: { name: sessionCookieName(), options: sessionCookieOptions() } },
    pages: { signIn: '/sign-in', verifyRequest: '/sign-in/check-mail', error: '/sign-in' },
    callbacks: {
      redirect: ({ url }) => safeReturnUrl(url, on.origin),
      signIn: ({ user, account, profile }) => account?.type === 'email' || isVerified(user.email, profile),
      session: ({ session }) => ({
        expires: session.expires,
        user: { name: session.user?.name, email: session.user?.email },
      }),
    },
    logger: {
      // Codes alone: what next-auth adds may hold addresses and tokens.
      error: (code, detail) => log.warn({ code, reason: nameOf(detail) }, 'sign-in failed'),
      warn: () => {},
      debug: () => {},
    },
  }
}

const generateSessionToken = (): string => randomBytes(32).toString('base64url')

/** Whether the provider vouches for the address: only then may it lead to the account that the address belongs to. */
function isVerified(email: string | null | undefined, profile: unknown): boolean | string {
  const vouched = (profile as { email_verified?: unknown } | undefined)?.email_verified === true
  return (vouched && normalizeEmail(email ?? '') !== null) || '/sign-in?error=EmailNotVerified'
}

/** The demo may run without a secret of its own: links mailed before a restart then no longer work. */
const temporarySecret = randomBytes(32).toString('hex')

function authSecret(): string {
  const { NEXTAUTH_SECRET } = env()
  invariant(NEXTAUTH_SECRET || isDemo(), 'NEXTAUTH_SECRET is set wherever people sign in')
  return NEXTAUTH_SECRET ?? temporarySecret
}

/**
 * next-auth's own token against forged posts. The door has compared the Origin header before, which proves the same and
 * lets a plain form sign in without a script that fetches a token first.
 */
function provenGenuine(): { csrfToken: string; cookies: Record<string, string> } {
  const csrfToken = randomBytes(32).toString('hex')
  const hash = createHash('sha256').update(`${csrfToken}${authSecret()}`).digest('hex')
  const name = `${isSecure() ? '__Host-' : ''}next-auth.csrf-token`
  return { csrfToken, cookies: { [name]: `${csrfToken}|${hash}` } }
}

function nameOf(detail: unknown): string {
  const error = (detail as { error?: unknown })?.error ?? detail
  return error instanceof Error ? error.name : 'unknown'
}

/** The few methods of a Node response that next-auth calls, writing into `answer`. */
function responseInto(answer: AuthAnswer) {
  const response = {
    status(code: number) {
      answer.status = code
      return response
    },
    getHeader: (name: string) => (name === 'Set-Cookie' ? answer.headers.getSetCookie() : answer.headers.get(name)),
    setHeader(name: string, value: string | string[]) {
      answer.headers.delete(name)
      for (const one of [value].flat()) answer.headers.append(name, one)
      return response
    },
    json(body: unknown) {
      answer.body = body
    },
    send(body: unknown) {
      answer.body = body
    },
    end() {},
  }
  return response
}
