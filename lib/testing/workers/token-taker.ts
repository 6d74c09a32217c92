/**
 * One of several processes that begin requests for tokens of one account as fast as they can, and settle every third at once.
 * Reads ACCOUNT_ID, MODEL and ROUNDS; prints one JSON line: how many began, and the codes of those that were refused.
 */
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { authorize, settle } from '@/lib/domain/gate'
import { closeDatabase } from '@/lib/edges/db'

const { ACCOUNT_ID: accountId = '', MODEL: model = '', PROCESS_NUMBER: number } = process.env
const actor = system('token-taker')
const said = { begun: 0, refusals: {} as Record<string, number> }

async function take(round: number): Promise<void> {
  try {
    const { hold } = await authorize(actor, {
      accountId,
      idempotencyKey: `${number}/${round}`,
      size: { model, inputTokens: 1000n, maxOutputTokens: 100n },
      holdSeconds: 600,
    })
    said.begun += 1
    const settlement = { model: null, inputTokens: 1000n, cachedInputTokens: 0n, outputTokens: 100n }
    if (round % 3 === 0) await settle(actor, { accountId, holdId: hold.holdId, settlement })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'temporarily_unavailable') throw error
    said.refusals[error.code] = (said.refusals[error.code] ?? 0) + 1
  }
}

for (let round = 0; round < Number(process.env.ROUNDS); round += 10) {
  await Promise.all(Array.from({ length: 10 }, (_, offset) => take(round + offset)))
}
console.log(JSON.stringify(said))
await closeDatabase()
