import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { now } from '@/lib/edges/clock'
import { noAccount } from '../ledger'
import { requireRole } from '../members'
import { endLine, Fingerprint, headerLine, headLine, leftLine, transferLine } from './proof/rules'
import { type BookHead, historyUpTo, readBookHead } from './store'

/**
 * The account's proof: every transfer with its hash, the grants, what each transfer drew from them, and what follows from it
 * (docs/proof.md). Streamed: neither the server nor the reader needs to hold it.
 * @throws Refusal `not_found`, `not_allowed`, `sign_in_required`
 */
export async function exportProof(actor: Actor, { accountId }: { accountId: string }): Promise<Download> {
  await requireRole(actor, accountId, 'account:read')
  const [head, at] = await Promise.all([readBookHead(accountId), now()])
  if (!head) throw noAccount(accountId)
  return {
    fileName: `purse-proof-${at.toISOString().slice(0, 10)}-${head.seq}.jsonl`,
    contentType: 'application/x-ndjson; charset=utf-8',
    chunks: proofChunks(accountId, head, at),
  }
}

async function* proofChunks(accountId: string, head: BookHead, at: Date): AsyncGenerator<string> {
  const fingerprint = new Fingerprint()
  const written = async (lines: string[]): Promise<string> => {
    for (const line of lines) await fingerprint.add(line)
    return `${lines.join('\n')}\n`
  }
  let draws = 0
  let paidIn = 0n
  let paidOut = 0n
  yield await written([headerLine(accountId, head.currency)])
  for await (const transfers of historyUpTo(accountId, head.seq)) {
    for (const transfer of transfers) {
      draws += transfer.draws.length
      if (transfer.to === 'credit') paidIn += BigInt(transfer.amount)
      else paidOut += BigInt(transfer.amount)
    }
    if (transfers.length > 0) yield await written(transfers.map(transferLine))
  }
  const { grants } = head
  const closing = grants.map((grant) =>
    leftLine(grant.grantId, grant.left.toString(), grant.expiresAt?.toISOString() ?? null),
  )
  const facts = {
    seq: Number(head.seq),
    hash: head.hash,
    balance: head.balance.toString(),
    grants: grants.length,
    draws,
    in: paidIn.toString(),
    out: paidOut.toString(),
    made: at.toISOString(),
  }
  yield await written([...closing, headLine(facts)])
  yield `${endLine(await fingerprint.end())}\n`
}
