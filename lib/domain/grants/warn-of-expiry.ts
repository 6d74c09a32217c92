import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, sum } from '@/lib/core/money'
import { dayKeyAt, dayMs, hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { billingZone } from '../budgets'
import { lockBalance } from '../ledger'
import { notify } from '../notifications'
import { lastDay, type WarningDays, warningDays, warningDue } from './rules'
import { findWarnable, readWarnable, saveWarned, type WarnableGrant } from './store'

const grantsAtOnce = 2000
/** A calendar day more, for the hours that a day and a zone may be off. */
const slackMs = dayMs + 2 * hourMs

/**
 * Tells owners 30, 7 and 1 days before their credit expires, once each; grants that expire on the same day are one mail. Looks at
 * everything, in batches; run again and again. Returns how many mails there will be. @throws Refusal `not_allowed`
 */
export async function warnOfExpiry(actor: Actor): Promise<{ warned: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Warnings are sent by the worker alone.' })
  const at = await now()
  const bounds = warningDays.map((days) => ({ days, until: new Date(at.getTime() + days * dayMs + slackMs) }))
  let warned = 0
  let last: WarnableGrant | null = null
  let dealtWith = ''
  for (;;) {
    const batch: (WarnableGrant & { zones: string[] })[] = await findWarnable(at, bounds, last, grantsAtOnce)
    const due = batch.filter((grant) => grant.zones.some((zone) => warningDue(grant, at, zone)))
    for (const { accountId } of due) {
      if (accountId === dealtWith) continue
      dealtWith = accountId
      warned += await inTransaction((tx) => warnAccount(tx, accountId, at))
    }
    if (batch.length < grantsAtOnce) return { warned }
    last = batch.at(-1)!
  }
}

/** The lock of the balance row makes it once: whoever comes second finds that it was dealt with. */
async function warnAccount(tx: Tx, accountId: string, at: Date): Promise<number> {
  await lockBalance(tx, accountId)
  const timeZone = await billingZone(tx, accountId, at)
  const groups = new Map<string, { days: WarningDays; told: WarnableGrant[]; all: string[] }>()
  for (const grant of await readWarnable(tx, accountId, at)) {
    const due = warningDue(grant, at, timeZone)
    if (!due) continue
    const day = dayKeyAt(grant.expiresAt!, timeZone)
    const group = groups.get(day) ?? { days: due.days, told: [], all: [] }
    group.all.push(grant.grantId)
    if (due.isSent) group.told.push(grant)
    groups.set(day, group)
  }
  let mails = 0
  for (const { days, told, all } of groups.values()) {
    await saveWarned(tx, accountId, all, days)
    const [first] = told
    if (!first) continue
    mails += 1
    await notify(tx, {
      accountId,
      kind: 'credit_expiring',
      cause: `expiry:${first.grantId}/${days}`,
      facts: {
        amount: formatMoney(
          sum(
            told.map(({ remaining }) => remaining),
            first.remaining.currency,
          ),
        ),
        lastDay: lastDay(first.expiresAt!, timeZone),
        isToday: lastDay(first.expiresAt!, timeZone) === dayKeyAt(at, timeZone),
        timeZone,
      },
      at,
    })
  }
  crashPoint('expiry-warning:before-commit')
  return mails
}
