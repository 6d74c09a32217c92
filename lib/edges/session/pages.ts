/** The session as pages see it. */
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Actor } from '@/lib/core/actor'
import { userOfToken } from './current-user'
import { sessionCookieName } from './settings'
import { readFirstAccountId, type SignedInUser } from './store'

/** The signed-in person, or null. */
export async function currentUser(): Promise<SignedInUser | null> {
  return userOfToken((await cookies()).get(sessionCookieName())?.value)
}

/**
 * Who looks at the page, and at which account. Sends everybody else to sign in and back. It grants nothing: each verb
 * checks what this actor may do.
 */
export async function requireActor(): Promise<{ actor: Actor; accountId: string; user: SignedInUser }> {
  const user = await currentUser()
  const accountId = user && (await readFirstAccountId(user.userId))
  if (!accountId) redirect(`/sign-in?from=${encodeURIComponent((await headers()).get('x-purse-path') ?? '/')}`)
  return { actor: { kind: 'user', userId: user.userId }, accountId, user }
}
