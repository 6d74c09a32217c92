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
