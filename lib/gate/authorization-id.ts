/**
 * The public id of an authorization carries its account, so that settling needs no second key and the account stays the
 * shard: "auth_" and 64 hexadecimal digits, the account's then the hold's.
 */
import { Refusal } from '@/lib/core/errors'

const pattern = /^auth_([0-9a-f]{32})([0-9a-f]{32})$/

const bare = (uuid: string) => uuid.replaceAll('-', '').toLowerCase()
const dashed = (hex: string) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

export const authorizationId = (accountId: string, holdId: string): string => `auth_${bare(accountId)}${bare(holdId)}`

/** @throws Refusal `not_found` for anything that is no such id. */
export function parseAuthorizationId(id: string): { accountId: string; holdId: string } {
  const match = pattern.exec(id)
  if (!match) {
    throw new Refusal('not_found', {
      message: 'There is no such authorization. Check the id that POST /v1/authorizations gave.',
    })
  }
  return { accountId: dashed(match[1]!), holdId: dashed(match[2]!) }
}
