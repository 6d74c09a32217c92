import { system } from '@/lib/core/actor'
import type { Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { turnSwitch } from '../switches'

/**
 * Stops every automatic charge until one of the platform's staff resets it, and has them told. Attempts in flight are
 * carried to their end. Tripped again it says nothing.
 */
export async function tripBreaker(tx: Tx, reason: string, at: Date): Promise<void> {
  const isTripped = await turnSwitch(tx, {
    name: 'auto_top_up_breaker',
    isOn: true,
    reason,
    actor: system('auto-top-up'),
    at,
  })
  if (isTripped) log.fatal({ reason }, 'Auto top-up is stopped for every account: an operator must look')
}
