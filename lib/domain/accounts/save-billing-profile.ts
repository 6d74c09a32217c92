import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import { recordTierIn } from '../tiers'
import { type BillingProfileInput, checkBillingProfile } from './billing-profile'
import { type BillingProfileDto, getBillingProfile } from './get-billing-profile'
import { type BillingProfileRow, lockBillingProfile, saveProfile } from './store'

/**
 * Saves the whole billing profile and writes what changed to the audit log. A new time zone takes effect when the present
 * billing month ends.
 * @throws Refusal `invalid_request` naming the first field to correct; nothing is then saved.
 */
export async function saveBillingProfile(
  actor: Actor,
  { accountId, ...typed }: { accountId: string } & BillingProfileInput,
): Promise<BillingProfileDto> {
  await requireRole(actor, accountId, 'billing:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const before = await lockBillingProfile(tx, accountId)
    if (!before) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
    const after = checkBillingProfile(typed, before)
    const changed = changedFields(before, after)
    if (changed.length === 0) return
    await saveProfile(tx, accountId, after)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'billing_profile.save',
      before: only(before, changed),
      after: only(after, changed),
      at,
    })
    await recordTierIn(tx, { accountId, at })
  })
  return getBillingProfile(actor, { accountId })
}

type Field = keyof BillingProfileRow

const changedFields = (before: BillingProfileRow, after: BillingProfileRow): Field[] =>
  (Object.keys(after) as Field[]).filter((field) => before[field] !== after[field])

const only = (profile: BillingProfileRow, fields: Field[]) =>
  Object.fromEntries(fields.map((field) => [field, profile[field]]))
