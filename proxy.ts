/**
 * Headers for every page and door, and the way to the gate; nothing else. It decides about nobody: proxy files have been
 * walked around more than once, so permission is checked in the verbs.
 */
import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { env, isDemo } from '@/lib/edges/env'
import { securityHeaders } from '@/lib/http/security-headers'

export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  if (pathname.startsWith('/v1/')) return NextResponse.rewrite(new URL(`${pathname}${search}`, gateUrl()))

  const nonce = randomBytes(16).toString('base64')
  const headers = securityHeaders({
    nonce,
    appUrl: env().APP_URL,
    formTargets: formTargets(),
    isDevelopment: process.env.NODE_ENV === 'development',
  })
  const forwarded = new Headers(request.headers)
  // Next puts the nonce that it finds in this request header on its own scripts.
  forwarded.set('content-security-policy', headers['content-security-policy']!)
  forwarded.set('x-nonce', nonce)
  forwarded.set('x-purse-path', pathOf(request))
  const response = NextResponse.next({ request: { headers: forwarded } })
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/**
 * The public API behind the same address as the pages. Here and not among the rewrites of next.config.js, because those
 * are fixed when the pages are built, and the gate's address is known when they are served.
 */
const gateUrl = (): string => env().GATE_URL ?? `http://127.0.0.1:${env().GATE_PORT}`

/** Where our forms lead besides us: the sandbox's payment page, and the providers that people sign in with. */
function formTargets(): string[] {
  const { SANDBOX_URL, GITHUB_ID, GOOGLE_ID } = env()
  return [
    ...(isDemo() && SANDBOX_URL ? [new URL(SANDBOX_URL).origin] : []),
    ...(GITHUB_ID ? ['https://github.com'] : []),
    ...(GOOGLE_ID ? ['https://accounts.google.com'] : []),
  ]
}

/** The page asked for, so that signing in can lead back to it. */
function pathOf({ nextUrl }: NextRequest): string {
  const query = new URLSearchParams(nextUrl.searchParams)
  query.delete('_rsc')
  return nextUrl.pathname + (query.size > 0 ? `?${query}` : '')
}

/** Built files are public and never change. */
export const config = { matcher: ['/((?!_next/static/).*)'] }
