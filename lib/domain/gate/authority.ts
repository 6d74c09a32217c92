import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'

export type GateScope = 'usage:write' | 'balance:read'

/**
 * The gate's verbs are for the platform's gateway (a service key with the scope) and for our own worker.
 * @throws Refusal `not_allowed`
 */
export function requireGate(actor: Actor, scope: GateScope): void {
  if (actor.kind === 'system') return
  if (actor.kind === 'service' && actor.scopes.includes(scope)) return
  throw new Refusal('not_allowed', { message: `This key may not do that: it lacks the scope ${scope}.` })
}

/**
 * What is only read may also be read with the account's own API key, when it has the scope `read`: in its account, and in no
 * other.
 * @throws Refusal `not_allowed`, the same for every account that is another one, there or not
 */
export function requireReader(actor: Actor, scope: GateScope, accountId: string): void {
  if (actor.kind !== 'api_key') {
    requireGate(actor, scope)
    return
  }
  if (!actor.scopes.includes('read')) {
    throw new Refusal('not_allowed', { message: 'This API key may not read: it lacks the scope read.' })
  }
  if (actor.accountId !== accountId) {
    throw new Refusal('not_allowed', { message: 'An API key reads its own account alone.' })
  }
}
