import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { considerAutoTopUp } from './consider-auto-top-up'
import { type AutoTopUpDto, getAutoTopUp } from './get-auto-top-up'
import { cleared } from './rules'
import { insertNoteOnce, lockSetting, saveStanding } from './store'

/**
 * Ends a pause or a wait because a person says so: the card is tried again at once when credit is low. A card that was
 * declined too often in 30 days stays untried.
 * @throws Refusal `conflict` when auto top-up is off.
 */
export async function resumeAutoTopUp(actor: Actor, { accountId }: { accountId: string }): Promise<AutoTopUpDto> {
  await requireRole(actor, accountId, 'billing:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const setting = await lockSetting(tx, accountId)
    if (!setting?.isOn) throw isOff()
    const { pausedReason, coolingUntil, consecutiveDeclines } = setting
    await saveStanding(tx, accountId, cleared, at)
    if (setting.inTroubleSince) await insertNoteOnce(tx, { accountId, reason: 'resumed', amount: null, at }, 0)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'auto_top_up.resumed',
      before: { pausedReason, coolingUntil, consecutiveDeclines },
      at,
    })
    await considerAutoTopUp(tx, { accountId, available: (await readBalance(tx, accountId)).available })
  })
  return getAutoTopUp(actor, { accountId })
}

const isOff = () =>
  new Refusal('conflict', {
    message: 'Auto top-up is off, so there is nothing to resume. Switch it on in the settings.',
  })
