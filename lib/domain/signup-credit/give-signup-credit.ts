import { invariant } from '@/lib/core/errors'
import type { Tx } from '@/lib/edges/db'
import { grantCredit } from '../grants'
import { notify } from '../notifications'
import { claimHash } from './claim-hash'
import { identityOf, signupCredit } from './rules'
import { claim } from './store'

/**
 * Gives a new account the signup credit, once for each verified identity: a second account of the same person gets none, and is
 * told why. The books of the account are there.
 */
export async function giveSignupCredit(
  tx: Tx,
  { accountId, userId, email, at }: { accountId: string; userId: string; email: string; at: Date },
): Promise<void> {
  const hash = claimHash('email', identityOf(email))
  invariant(hash, 'NEXTAUTH_SECRET is set wherever people sign in')
  if ((await claim(tx, { kind: 'email', hash, accountId, at })) !== accountId) {
    await notify(tx, { accountId, kind: 'signup_credit_withheld', cause: `signup:${userId}`, facts: {}, at })
    return
  }
  await grantCredit(tx, { accountId, source: 'signup', cause: `signup:${userId}`, amount: signupCredit, at })
}
