import { invariant } from '@/lib/core/errors'
import type { Tx } from '@/lib/edges/db'
import type { ClaimKind } from './claim-hash'

/**
 * Claims a value for an account unless another one has it. Returns the account that has it: of two at the same moment the second
 * waits for the first one's transaction.
 */
export async function claim(
  tx: Tx,
  { kind, hash, accountId, at }: { kind: ClaimKind; hash: Buffer; accountId: string; at: Date },
): Promise<string> {
  await tx.query(
    `insert into signup_claims (kind, value_hash, account_id, claimed_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [kind, hash, accountId, at],
  )
  const { rows } = await tx.query<{ account_id: string }>(
    'select account_id from signup_claims where kind = $1 and value_hash = $2',
    [kind, hash],
  )
  invariant(rows[0], 'a value that could not be claimed has been')
  return rows[0].account_id
}
