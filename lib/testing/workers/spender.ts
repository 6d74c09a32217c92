/**
 * One of several processes that spend from the same accounts as fast as they can: holds, settles, releases, repeats.
 * Reads ACCOUNT_IDS, ROUNDS and SEED; prints one JSON line for each account with what was answered.
 */
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { add, formatMoney, type Money, money, parseMoney, zero } from '@/lib/core/money'
import { authorize, release, settle } from '@/lib/domain/gate'
import { closeDatabase } from '@/lib/edges/db'

const rounds = Number(process.env.ROUNDS)
const number = Number(process.env.PROCESS_NUMBER)
const actor = system('spender')

/** Repeatable randomness: a failure can be run again with its seed. */
let state = Number(process.env.SEED ?? 1) * 7919 + number * 104_729 + 1
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state % below
}

interface Said {
  accountId: string
  charged: Money
  settled: number
  refusals: Record<string, number>
}

async function spend(said: Said, round: number): Promise<void> {
  const { accountId, refusals } = said
  const idempotencyKey = `${number}/${round}`
  const ask = () =>
    authorize(actor, {
      accountId,
      idempotencyKey,
      size: { maxCost: money(BigInt(1 + random(40)) * 1_000_000n), model: 'gpt-oss-20b' },
      holdSeconds: 600,
    })
  try {
    const { hold } = await ask()
    if (random(10) === 0) {
      await release(actor, { accountId, holdId: hold.holdId })
      return
    }
    // At 70 nanos an input token: at most what is held.
    const most = Number(parseMoney(hold.amount).nanos / 70n)
    const settlement = { model: null, inputTokens: BigInt(random(most + 1)), cachedInputTokens: 0n, outputTokens: 0n }
    const first = await settle(actor, { accountId, holdId: hold.holdId, settlement })
    if (random(5) === 0) await settle(actor, { accountId, holdId: hold.holdId, settlement })
    said.charged = add(said.charged, parseMoney(first.charged))
    said.settled += 1
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'temporarily_unavailable') throw error
    refusals[error.code] = (refusals[error.code] ?? 0) + 1
  }
}

for (const accountId of process.env.ACCOUNT_IDS!.split(',')) {
  const said: Said = { accountId, charged: zero(), settled: 0, refusals: {} }
  for (let round = 0; round < rounds; round += 4) {
    await Promise.all([0, 1, 2, 3].map((offset) => spend(said, round + offset)))
  }
  console.log(JSON.stringify({ ...said, charged: formatMoney(said.charged) }))
}
await closeDatabase()
