/**
 * Public ids of authorizations and leases carry their account, so that settling needs no second key and the account stays
 * the shard: "auth_" or "lease_" and 64 hexadecimal digits, the account's then the hold's.
 */
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'

const authorizationPattern = /^auth_([0-9a-f]{32})([0-9a-f]{32})$/
const leasePattern = /^lease_([0-9a-f]{32})([0-9a-f]{32})$/

const bare = (uuid: string) => uuid.replaceAll('-', '')
const dashed = (hex: string) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

export const authorizationId = (accountId: string, holdId: string): string => `auth_${bare(accountId)}${bare(holdId)}`
export const leaseId = (accountId: string, holdId: string): string => `lease_${bare(accountId)}${bare(holdId)}`

/** @throws Refusal `not_found` for anything that is no such id. */
export function parseAuthorizationId(id: string): { accountId: string; holdId: string } {
  const match = authorizationPattern.exec(id)
  if (!match) {
    throw notFound('There is no such authorization. Check the id that POST /v1/authorizations gave.')
  }
  return { accountId: dashed(match[1]!), holdId: dashed(match[2]!) }
}

/** @throws Refusal `not_found` for anything that is no such id. */
export function parseLeaseId(id: string): { accountId: string; leaseId: string } {
  const match = leasePattern.exec(id)
  if (!match) throw notFound('There is no such lease. Check the id that POST /v1/leases gave.')
  return { accountId: dashed(match[1]!), leaseId: dashed(match[2]!) }
}

/** @throws Refusal `not_found` for anything that is no id of an account. */
export function parseAccountId(id: string): string {
  if (!isId(id)) throw notFound('There is no such account. Check account_id in the path.')
  return id.toLowerCase()
}

const notFound = (message: string) => new Refusal('not_found', { message })
