import { createHmac } from 'node:crypto'
import { env, isDemo } from '@/lib/edges/env'

export type ClaimKind = 'email' | 'fingerprint'

/**
 * What is stored of a claimed value: a hash under a key of this installation, so that nobody reads or guesses the value from it.
 * Null when there is no key (NEXTAUTH_SECRET), outside the demo.
 */
export function claimHash(kind: ClaimKind, value: string): Buffer | null {
  const key = env().NEXTAUTH_SECRET ?? (isDemo() ? 'demo' : null)
  return key === null ? null : createHmac('sha256', key).update(`purse.signup_claim.v1\n${kind}\n${value}`).digest()
}
