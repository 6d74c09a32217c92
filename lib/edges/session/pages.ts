/** The session as pages see it. */
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Actor } from '@/lib/core/actor'
import { clientIp, deviceOf } from './client-ip'
import { userOfToken } from './current-user'
import { sessionCookieName } from './settings'
import { readChosenAccountId, type SignedInUser } from './store'

type UserActor = Extract<Actor, { kind: 'user' }>

/** The signed-in person, or null. */
export async function currentUser(): Promise<SignedInUser | null> {
  const [jar, sent] = await Promise.all([cookies(), headers()])
  return userOfToken(jar.get(sessionCookieName())?.value, deviceOf(sent))
}

/** Who looks at a page that belongs to no account. Sends everybody who is not signed in to sign in and back. */
export async function requireUser(): Promise<{ actor: UserActor; user: SignedInUser }> {
  const [user, sent] = await Promise.all([currentUser(), headers()])
  if (!user) redirect(`/sign-in?from=${encodeURIComponent(sent.get('x-purse-path') ?? '/')}`)
  const { userId, sessionId } = user
  return { actor: { kind: 'user', userId, sessionId, ip: clientIp(sent) }, user }
}

/**
 * Who looks at the page, and at which account. Sends everybody else to sign in and back, and a person who belongs to no
 * account to where they can open one. It grants nothing: each verb checks what this actor may do.
 */
export async function requireActor(): Promise<{ actor: UserActor; accountId: string; user: SignedInUser }> {
  const { actor, user } = await requireUser()
  const accountId = await readChosenAccountId(user.userId, user.sessionId)
  if (!accountId) redirect('/accounts/new')
  return { actor, accountId, user }
}
