import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { askForRun, findDueAccounts } from './store'

/**
 * Asks for a run wherever one is due: a wait is over, an attempt must be asked about (a worker may have died with it in
 * hand), or credit is low and the reason not to charge may have passed. Once a minute. @throws Refusal `not_allowed`
 */
export async function sweepAutoTopUps(actor: Actor): Promise<{ due: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'The sweep is run by the worker alone.' })
  const accountIds = await findDueAccounts(await now())
  for (const accountId of accountIds) await inTransaction((tx) => askForRun(tx, accountId))
  return { due: accountIds.length }
}
