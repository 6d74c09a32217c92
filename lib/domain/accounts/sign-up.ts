import type { Actor } from '@/lib/core/actor'
import { normalizeEmail } from '@/lib/core/email'
import { invariant, Refusal } from '@/lib/core/errors'
import { isPlainText, tidyText } from '@/lib/core/text'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { openAccount } from './open-account'
import { longestName } from './rules'
import { insertUserOnce, readUserId } from './store'

/**
 * Makes a user of a person whose address was just verified, with an account of their own. However often the same person
 * arrives at once, there is one user, one account and one signup credit; so it is when they come with variants of their address.
 * @throws Refusal `invalid_request` when the address is not one plain address.
 */
export async function signUp(
  actor: Actor,
  person: { email: string; name?: string | null },
): Promise<{ userId: string; accountId: string }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'People sign up by signing in.' })
  const email = normalizeEmail(person.email)
  if (!email) throw new Refusal('invalid_request', { field: 'email', message: 'Use one plain e-mail address.' })
  const name =
    person.name && isPlainText(person.name) ? [...tidyText(person.name)].slice(0, longestName).join('') : null
  const at = await now()
  return inTransaction(async (tx) => {
    const userId = (await insertUserOnce(tx, { email, name, at })) ?? (await readUserId(tx, email))
    invariant(userId, 'a user who could not be inserted is there')
    const { accountId } = await openAccount(tx, { userId, email, name, at })
    return { userId, accountId }
  })
}
