import type { Actor } from '@/lib/core/actor'
import { invariant } from '@/lib/core/errors'
import { prisma } from '@/lib/edges/db'
import { getMonth } from '../budgets'
import { requireRole } from '../members'
import type { BillingProfileInput } from './billing-profile'

export interface BillingProfileDto extends BillingProfileInput {
  accountId: string
  /** The zone that was asked for; months run in it from `nextTimeZoneFrom` on. Null when no change is due. */
  nextTimeZone: string | null
  nextTimeZoneFrom: string | null
}

/** What the customer said about themselves, as a form shows it. `timeZone` is the zone of the present month. */
export async function getBillingProfile(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<BillingProfileDto> {
  await requireRole(actor, accountId, 'account:read')
  const [account, month] = await Promise.all([
    prisma().account.findUnique({ where: { accountId } }),
    getMonth(actor, { accountId }),
  ])
  invariant(account, 'an account with a member exists')
  return {
    accountId,
    accountName: account.name,
    billingName: account.billingName,
    billingEmail: account.billingEmail,
    addressLine1: account.addressLine1,
    addressLine2: account.addressLine2,
    addressCity: account.addressCity,
    addressState: account.addressState,
    addressPostalCode: account.addressPostalCode,
    addressCountry: account.addressCountry,
    taxIdType: account.taxIdType,
    taxIdValue: account.taxIdValue,
    timeZone: account.timeZone,
    nextTimeZone: account.nextTimeZone,
    nextTimeZoneFrom: account.nextTimeZone && month.endsAt,
  }
}
