import { createHash } from 'node:crypto'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { dayMs, minuteMs } from '@/lib/core/time'
import { inTransaction } from '@/lib/edges/db'
import { signInLimits } from './rules'
import { countAttempt, forgetAttempts } from './store'

/**
 * Counts one request for a sign-in link, for the address and for the place it came from. Known and unknown addresses are
 * counted alike. Time is the machine's: moving the demo's clock must not lift a limit.
 * @throws Refusal `too_many_attempts` with the seconds to wait; a refused request is not counted.
 */
export async function countSignInAttempt(actor: Actor, { email }: { email: string }): Promise<void> {
  const at = Date.now()
  const minute = new Date(Math.floor(at / minuteMs) * minuteMs)
  const since = new Date(at - signInLimits.windowMinutes * minuteMs)
  const ip = actor.kind === 'system' ? undefined : actor.ip
  await inTransaction(async (tx) => {
    await forgetAttempts(tx, new Date(at - dayMs))
    // Always in this order, so that two requests never wait for each other in a circle.
    refuseAbove(signInLimits.perEmail, await countAttempt(tx, `email:${sha256(email)}`, minute, since))
    if (ip) refuseAbove(signInLimits.perIp, await countAttempt(tx, `ip:${sha256(ip)}`, minute, since))
  })
}

function refuseAbove(limit: number, attempts: number): void {
  if (attempts <= limit) return
  throw new Refusal('too_many_attempts', {
    message: `Too many sign-in links were asked for. Use the newest one that arrived, or wait ${signInLimits.windowMinutes} minutes.`,
    retry_after_seconds: signInLimits.windowMinutes * 60,
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
