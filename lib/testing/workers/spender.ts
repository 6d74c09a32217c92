/**
 * One of several processes that spend from the same accounts as fast as they can: holds, extensions, reports, leases, settles,
 * releases, repeats.
 * Reads ACCOUNT_IDS, ROUNDS and SEED, and in FACTS a JSON list of keys whose requests they are, if any; prints one JSON line for
 * each account with what was answered.
 */
import { system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { add, formatMoney, type Money, money, parseMoney, zero } from '@/lib/core/money'
import {
  authorize,
  extend,
  openLease,
  release,
  releaseLease,
  reportProgress,
  settle,
  settleLease,
} from '@/lib/domain/gate'
import { noUsageFacts, type UsageFacts } from '@/lib/domain/usage/rules'
import { closeDatabase } from '@/lib/edges/db'

const rounds = Number(process.env.ROUNDS)
const number = Number(process.env.PROCESS_NUMBER)
const actor = system('spender')
const keys = JSON.parse(process.env.FACTS ?? '[]') as UsageFacts[]

/** Repeatable randomness: a failure can be run again with its seed. */
let state = Number(process.env.SEED ?? 1) * 7919 + number * 104_729 + 1
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state % below
}

const someKey = (): UsageFacts => (keys.length > 0 ? keys[random(keys.length)]! : noUsageFacts)

interface Said {
  accountId: string
  charged: Money
  settled: number
  refusals: Record<string, number>
}

/** At 70 nanos an input token. */
const tokensFor = (amount: string) => Number(parseMoney(amount).nanos / 70n)
const input = (count: number) => ({
  model: null,
  inputTokens: BigInt(count),
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

async function spend(said: Said, round: number): Promise<void> {
  try {
    if (random(6) === 0) await spendLease(said, round)
    else await spendHold(said, round)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'temporarily_unavailable') throw error
    said.refusals[error.code] = (said.refusals[error.code] ?? 0) + 1
  }
}

/** A request: held, sometimes extended and reported on while it runs, then settled (some of them twice) or released. */
async function spendHold(said: Said, round: number): Promise<void> {
  const { accountId } = said
  const placed = await authorize(actor, {
    accountId,
    idempotencyKey: `${number}/${round}`,
    size: { maxCost: money(BigInt(1 + random(40)) * 1_000_000n), model: 'gpt-oss-20b' },
    holdSeconds: 600,
    facts: someKey(),
  })
  const { holdId } = placed.hold
  if (random(10) === 0) {
    await release(actor, { accountId, holdId })
    return
  }
  let held = placed.hold.amount
  if (random(3) === 0) held = await extended(accountId, holdId, held)
  const used = random(tokensFor(held) + 1)
  if (random(3) === 0) {
    await reportProgress(actor, { accountId, holdId, usage: input(Math.floor(used / 2)), holdSeconds: null })
  }
  const settlement = input(used)
  const first = await settle(actor, { accountId, holdId, settlement })
  if (random(5) === 0) await settle(actor, { accountId, holdId, settlement })
  said.charged = add(said.charged, parseMoney(first.charged))
  said.settled += 1
}

/** What is held after asking for twice as much: that, or as before when it does not fit. */
async function extended(accountId: string, holdId: string, held: string): Promise<string> {
  const maxCost = money(parseMoney(held).nanos * 2n)
  try {
    const { hold } = await extend(actor, {
      accountId,
      holdId,
      size: { maxCost },
      holdSeconds: null,
      idempotencyKey: null,
    })
    return hold.amount
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'temporarily_unavailable') return held
    throw error
  }
}

/** A lease: spent in two batches, the first of them sent twice, and given back. */
async function spendLease(said: Said, round: number): Promise<void> {
  const { accountId } = said
  const amount = money(BigInt(1 + random(40)) * 1_000_000n)
  const { lease } = await openLease(actor, {
    accountId,
    idempotencyKey: `lease/${number}/${round}`,
    amount,
    leaseSeconds: 600,
    facts: someKey(),
  })
  const leaseId = lease.holdId
  const half = Math.floor(tokensFor(lease.amount) / 2)
  const batch = (name: string) => [
    { ...input(random(half + 1)), eventId: `${name}/${number}/${round}`, model: 'gpt-oss-20b', occurredAt: null },
  ]
  const first = batch('a')
  for (const events of [first, first, batch('b')]) {
    const { outcomes } = await settleLease(actor, { accountId, leaseId, events, refillTo: null, leaseSeconds: null })
    for (const outcome of outcomes) {
      if (outcome.status !== 'accepted') continue
      said.charged = add(said.charged, parseMoney(outcome.amount))
      said.settled += 1
    }
  }
  await releaseLease(actor, { accountId, leaseId })
}

for (const accountId of process.env.ACCOUNT_IDS!.split(',')) {
  const said: Said = { accountId, charged: zero(), settled: 0, refusals: {} }
  for (let round = 0; round < rounds; round += 4) {
    await Promise.all([0, 1, 2, 3].map((offset) => spend(said, round + offset)))
  }
  console.log(JSON.stringify({ ...said, charged: formatMoney(said.charged) }))
}
await closeDatabase()
