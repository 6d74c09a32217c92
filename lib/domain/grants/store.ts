import { invariant } from '@/lib/core/errors'
import type { Tx } from '@/lib/edges/db'

/** The grant that a crediting transfer brought. */
export async function findGrantByTransfer(tx: Tx, accountId: string, transferSeq: bigint): Promise<string> {
  const { rows } = await tx.query<{ grant_id: string }>(
    'select grant_id from grants where account_id = $1 and transfer_seq = $2',
    [accountId, transferSeq],
  )
  invariant(rows[0], 'a crediting transfer has its grant')
  return rows[0].grant_id
}
