import { createHash } from 'node:crypto'
import { type Device, deviceOf } from './client-ip'
import { sessionCookieName } from './settings'
import { readSessionUser, type SignedInUser } from './store'

/** What is stored of a session token: a copy of the table signs nobody in. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * The person whose session the token is, or null. Sessions run on the machine's clock: moving the demo's clock signs
 * nobody out.
 */
export async function userOfToken(token: string | undefined, device: Device): Promise<SignedInUser | null> {
  return token ? readSessionUser(hashToken(token), device, new Date()) : null
}

/** The signed-in person who sent the request, or null. */
export async function userOfRequest(request: Request): Promise<SignedInUser | null> {
  return userOfToken(readCookies(request)[sessionCookieName()], deviceOf(request.headers))
}

/** The request's cookies by name; of two with one name the first, which is the more specific. */
export function readCookies(request: Request): Record<string, string> {
  const cookies = Object.create(null) as Record<string, string>
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const split = pair.indexOf('=')
    const name = pair.slice(0, Math.max(split, 0)).trim()
    if (name === '' || name in cookies) continue
    cookies[name] = decoded(pair.slice(split + 1).trim())
  }
  return cookies
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
