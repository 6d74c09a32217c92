import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { query } from '@/lib/edges/db'

/** Makes a user one of the platform's own staff. Done on the server only. @throws Refusal `not_allowed` */
export async function makeOperator(
  actor: Actor,
  { userId, role }: { userId: string; role: 'support' | 'finance' | 'admin' },
): Promise<void> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Operators are made on the server.' })
  await query('update users set operator_role = $2 where id = $1', [userId, role])
}
