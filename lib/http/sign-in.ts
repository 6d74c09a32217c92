/** The door to signing in: what next-auth may be asked, by whom, and how often. */

import { system } from '@/lib/core/actor'
import { chooseLocale } from '@/lib/core/choose-locale'
import { normalizeEmail } from '@/lib/core/email'
import { Refusal } from '@/lib/core/errors'
import { localeCookie } from '@/lib/core/locales'
import { signUp } from '@/lib/domain/accounts'
import { countSignInAttempt } from '@/lib/domain/members'
import { type AuthAnswer, answerAuthCall, clientIp, deviceOf, readCookies, safeReturnUrl } from '@/lib/edges/session'
import { parseJson } from './json'
import { problemResponse } from './problems'
import { readText } from './read-body'
import { ownOrigin, requireSameOrigin } from './same-origin'

const mostBodyBytes = 8 * 1024

/** Everything else that next-auth offers stays shut: its own pages, and the endpoint that writes what it is told to the log. */
const doors = {
  GET: new Set(['callback', 'csrf', 'error', 'providers', 'session', 'signin', 'verify-request']),
  POST: new Set(['signin', 'signout']),
}

/** Answers /api/auth/…: a Next route handler for GET and POST. */
export async function answerSignIn(request: Request): Promise<Response> {
  let wantsJson = true
  try {
    const url = new URL(request.url)
    const path = url.pathname.split('/').slice(3).map(decodeURIComponent)
    const method = request.method === 'POST' ? 'POST' : 'GET'
    if (!doors[method].has(path[0] ?? '') || path.length > 2) throw new Refusal('not_found')
    let body: Record<string, string> = {}
    if (method === 'POST') {
      requireSameOrigin(request)
      body = await readFields(request)
      wantsJson = body.json === 'true'
      if (path[0] === 'signin' && path[1] === 'email') await admitLinkRequest(request, body)
    }
    const query = withSafeReturn(Object.fromEntries(url.searchParams))
    const device = deviceOf(request.headers)
    const cookies = readCookies(request)
    const locale = chooseLocale(cookies[localeCookie], request.headers.get('accept-language'))
    const call = { method, path, query, body: withSafeReturn(body), cookies, device, locale } as const
    return responseOf(await answerAuthCall(call, (person) => signUp(system('sign-in'), person)))
  } catch (error) {
    return wantsJson ? problemResponse(error) : backToSignIn(error)
  }
}

/** An address that is one, from a person and a place that have not asked too often. */
async function admitLinkRequest(request: Request, body: Record<string, string>): Promise<void> {
  const email = normalizeEmail((body.email ?? '').trim())
  if (!email) {
    throw new Refusal('invalid_request', {
      field: 'email',
      message: 'Type one e-mail address, such as name@example.com.',
    })
  }
  body.email = email
  await countSignInAttempt({ kind: 'visitor', ip: clientIp(request.headers) }, { email })
}

/** The fields of a form or of a JSON object of texts. */
async function readFields(request: Request): Promise<Record<string, string>> {
  const contentType = request.headers.get('content-type') ?? ''
  const text = await readText(request, mostBodyBytes)
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType))
    return Object.fromEntries(new URLSearchParams(text))
  if (!/^application\/json\s*(?:;|$)/i.test(contentType)) {
    throw new Refusal('unsupported_content_type', { message: 'Send a form or JSON. Nothing was changed.' })
  }
  const fields = parseJson(text)
  if (
    fields === null ||
    typeof fields !== 'object' ||
    Object.values(fields).some((value) => typeof value !== 'string')
  ) {
    throw new Refusal('invalid_request', { field: 'body', message: 'The body must be an object of texts.' })
  }
  return fields as Record<string, string>
}

/** next-auth checks the return address again where it uses it; here it never sees a foreign one. */
function withSafeReturn(fields: Record<string, string>): Record<string, string> {
  return fields.callbackUrl === undefined
    ? fields
    : { ...fields, callbackUrl: safeReturnUrl(fields.callbackUrl, ownOrigin()) }
}

function responseOf({ status, headers, body }: AuthAnswer): Response {
  headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  if (body !== null && typeof body === 'object') {
    headers.set('content-type', 'application/json')
    return new Response(JSON.stringify(body), { status, headers })
  }
  return new Response(body === null ? null : String(body), { status, headers })
}

/** A plain form gets a page, with the reason by name. */
function backToSignIn(error: unknown): Response {
  const code = error instanceof Refusal ? error.code : 'internal_error'
  if (!(error instanceof Refusal)) return problemResponse(error)
  return new Response(null, {
    status: 303,
    headers: { location: `/sign-in?error=${code}`, 'cache-control': 'no-store' },
  })
}
