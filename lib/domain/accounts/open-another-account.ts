import type { Actor } from '@/lib/core/actor'
import { invariant, Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { parseLine } from '@/lib/core/text'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { openEmpty } from './open-account'
import { longestName, mostOwnedAccounts } from './rules'
import { countOwnedAccounts, lockUser } from './store'

/**
 * Opens another account of the signed-in person, who owns it. It has no signup credit: each person has that once.
 * @throws Refusal `sign_in_required`, `invalid_request` (name), `conflict` when the person owns as many as they may
 */
export async function openAnotherAccount(actor: Actor, input: { name: string }): Promise<{ accountId: string }> {
  if (actor.kind !== 'user') throw new Refusal('sign_in_required', { message: 'Sign in to open an account.' })
  const { userId } = actor
  const name = parseLine(input.name, { field: 'name', label: 'The name', longest: longestName, isRequired: true })
  const at = await now()
  const accountId = newId()
  await inTransaction(async (tx) => {
    // Locked, so that two requests at once count each other's account.
    const email = await lockUser(tx, userId)
    invariant(email, 'a signed-in person has a user row')
    if ((await countOwnedAccounts(tx, userId)) >= mostOwnedAccounts) {
      throw new Refusal('conflict', { message: `You own ${mostOwnedAccounts} accounts, which is the most.` })
    }
    await openEmpty(tx, { accountId, userId, name, email, at })
  })
  return { accountId }
}
