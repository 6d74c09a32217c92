import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { type ServiceKeyScope, serviceKeyText } from './rules'
import { hashKey, newPublicId, newSecret } from './secret'
import { insertServiceKey, revokeServiceKeyRow } from './store'

/**
 * Makes a service key for the platform's gateway. The key is returned once and never again: only its hash is kept.
 * Run by the operator on the server (`npm run keys`).
 */
export async function createServiceKey(
  actor: Actor,
  input: { name: string; scopes: ServiceKeyScope[] },
): Promise<{ keyId: string; publicId: string; key: string }> {
  requireSystem(actor)
  const publicId = newPublicId()
  const key = serviceKeyText(publicId, newSecret())
  const keyId = newId()
  await insertServiceKey({
    keyId,
    publicId,
    secretHash: hashKey(key),
    lastFour: key.slice(-4),
    name: input.name,
    scopes: input.scopes,
    at: await now(),
  })
  return { keyId, publicId, key }
}

/** Ends a service key. Gates refuse it within a second. @throws Refusal `not_found` */
export async function revokeServiceKey(actor: Actor, { publicId }: { publicId: string }): Promise<void> {
  requireSystem(actor)
  const wasInForce = await revokeServiceKeyRow(publicId, await now())
  if (!wasInForce) throw new Refusal('not_found', { message: `There is no service key ${publicId} in force.` })
}

function requireSystem(actor: Actor): void {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Service keys are made on the server.' })
}
