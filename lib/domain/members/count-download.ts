import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { dayMs, minuteMs } from '@/lib/core/time'
import { inTransaction } from '@/lib/edges/db'
import { downloadLimits } from './rules'
import { countAttempt, forgetAttempts } from './store'

const { perPerson, windowMinutes } = downloadLimits

/**
 * Counts a file that a person takes, of whatever account. Time is the machine's: moving the demo's clock must not lift a limit.
 * @throws Refusal `too_many_attempts` with the seconds to wait; a refused file is not counted.
 */
export async function countDownload(actor: Actor): Promise<void> {
  if (actor.kind !== 'user') return
  const at = Date.now()
  const minute = new Date(Math.floor(at / minuteMs) * minuteMs)
  const since = new Date(at - windowMinutes * minuteMs)
  await inTransaction(async (tx) => {
    await forgetAttempts(tx, new Date(at - dayMs))
    if ((await countAttempt(tx, `downloads-of:${actor.userId}`, minute, since)) <= perPerson) return
    throw new Refusal('too_many_attempts', {
      message: `You have taken ${perPerson} files in ${windowMinutes} minutes, which is as many as anybody may. Wait ${windowMinutes} minutes and take this one then.`,
      limit: perPerson,
      window_minutes: windowMinutes,
      retry_after_seconds: windowMinutes * 60,
    })
  })
}
