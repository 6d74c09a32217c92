/** Expiry against a small model of it, and against eight processes that spend while the clock passes the instant. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { cents, formatMoney, money } from '@/lib/core/money'
import { addDays, dayEnd, hourMs, minuteMs } from '@/lib/core/time'
import { authorize, expireGrants, expireHolds, getGateBalance, release, settle } from '@/lib/domain/gate'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcesses } from '@/lib/testing/processes'
import { givePromotion } from '.'

aDatabaseInTest({ mode: 'demo' })
const longMs = 180_000
const today = '2026-11-21'
/** A minute past midnight: everything happens a while after the instants at which credit expires. */
const start = new Date(`${today}T00:01:00Z`)
const stepMs = 6 * hourMs
/** Open for three steps, over by the fourth. */
const holdSeconds = 80_000
const model = 'gpt-oss-20b'
const nanosPerToken = 70n

beforeAll(async () => {
  await publishTestPrices()
})

interface ModelGrant {
  left: bigint
  /** The step at which it is over; null: never. */
  over: number | null
}

/** What an account may use, in 60 lines: grants in burn order, holds, and the step of the clock. */
class Model {
  step = 0
  readonly grants: ModelGrant[] = [{ left: 1_000_000_000n, over: null }]
  readonly holds = new Map<string, { amount: bigint; over: number }>()
  expired = 0n

  get balance(): bigint {
    return this.grants.reduce((sum, { left }) => sum + left, 0n)
  }
  get held(): bigint {
    return [...this.holds.values()].reduce((sum, { amount }) => sum + amount, 0n)
  }
  get available(): bigint {
    return this.balance - this.held
  }

  give(amount: bigint, over: number | null): void {
    this.grants.push({ left: amount, over })
    this.grants.sort((a, b) => (a.over ?? Number.POSITIVE_INFINITY) - (b.over ?? Number.POSITIVE_INFINITY) || 0)
  }

  /** What happens before the next decision: silent holds end, and what is over and free goes. */
  turn(promised = 0n): void {
    for (const [holdId, hold] of this.holds) if (hold.over <= this.step) this.holds.delete(holdId)
    for (const grant of this.grants) {
      if (grant.over === null || grant.over > this.step) continue
      const free = this.available - promised
      const gone = free <= 0n ? 0n : free < grant.left ? free : grant.left
      grant.left -= gone
      this.expired += gone
    }
  }

  close(holdId: string, used: bigint): void {
    this.holds.delete(holdId)
    this.turn(used)
    let due = used
    for (const grant of this.grants) {
      const drawn = grant.left < due ? grant.left : due
      grant.left -= drawn
      due -= drawn
    }
    expect(due).toBe(0n)
  }
}

const command = fc.oneof(
  fc.record({
    what: fc.constant('give' as const),
    cents: fc.integer({ min: 1, max: 300 }),
    days: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  fc.record({ what: fc.constant('hold' as const), tokens: fc.integer({ min: 1, max: 30_000_000 }) }),
  fc.record({ what: fc.constant('settle' as const), which: fc.nat(20), percent: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ what: fc.constant('release' as const), which: fc.nat(20) }),
  fc.record({ what: fc.constant('wait' as const), steps: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ what: fc.constant('sweep' as const) }),
)

/** A hold on a little of what is over, and then credit that covers it. */
const newCreditForAHold = [
  { what: 'give' as const, cents: 1, days: 0 },
  { what: 'wait' as const, steps: 2 },
  { what: 'hold' as const, tokens: 14_285_715 },
  { what: 'wait' as const, steps: 2 },
  { what: 'give' as const, cents: 1, days: null },
  { what: 'settle' as const, which: 0, percent: 0 },
]

test('whatever happens, what can be used is what the model says', { timeout: longMs }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 30 }), async (commands) => {
      await moveClock(start)
      const { accountId } = await anAccount()
      const told = new Model()
      const pick = (which: number) => [...told.holds.keys()][which % (told.holds.size || 1)]
      for (const wanted of commands) {
        told.turn()
        if (wanted.what === 'wait') {
          told.step += wanted.steps
          await moveClock(new Date(start.getTime() + told.step * stepMs))
          told.turn()
        } else if (wanted.what === 'give') {
          const day = Math.floor(told.step / 4)
          const expiresOn = wanted.days === null ? null : addDays(today, day + wanted.days)
          const gift = { accountId, amount: formatMoney(cents(wanted.cents)), expiresOn, reason: 'x' }
          await givePromotion(tester, { ...gift, idempotencyKey: newId() })
          told.give(cents(wanted.cents).nanos, wanted.days === null ? null : (day + wanted.days + 1) * 4)
          // New credit may stand for a hold in the place of what is over: that is free now, and goes.
          told.turn()
        } else if (wanted.what === 'hold') {
          const amount = BigInt(wanted.tokens) * nanosPerToken
          const placed = await authorize(tester, {
            accountId,
            idempotencyKey: newId(),
            size: { maxCost: money(amount), model },
            holdSeconds,
          }).catch((error: unknown) => error)
          if (amount <= told.available) {
            if (placed instanceof Error) throw placed
            const { hold } = placed as Awaited<ReturnType<typeof authorize>>
            told.holds.set(hold.holdId, { amount, over: told.step + 4 })
          } else {
            expect(placed).toBeInstanceOf(Refusal)
          }
        } else if (wanted.what === 'sweep') {
          await expireHolds(tester)
          await expireGrants(tester)
        } else {
          const holdId = pick(wanted.which)
          if (!holdId) continue
          if (wanted.what === 'release') {
            await release(tester, { accountId, holdId })
            told.close(holdId, 0n)
          } else {
            const inputTokens = ((told.holds.get(holdId)!.amount / nanosPerToken) * BigInt(wanted.percent)) / 100n
            const settlement = { model: null, inputTokens, cachedInputTokens: 0n, outputTokens: 0n }
            await settle(tester, { accountId, holdId, settlement })
            told.close(holdId, inputTokens * nanosPerToken)
          }
        }
        // A hold that nobody has closed yet is still held for whoever only looks.
        if (wanted.what === 'wait') await expireHolds(tester)
        const { balance, held, available } = await getGateBalance(tester, { accountId })
        expect({ balance, held, available }).toEqual({
          balance: formatMoney(money(told.balance)),
          held: formatMoney(money(told.held)),
          available: formatMoney(money(told.available)),
        })
      }
      told.turn()
      await expireGrants(tester)
      const [row] = await query<{ expired: bigint }>(
        `select coalesce(sum(amount), 0)::bigint as expired from transfers where account_id = $1 and kind = 'expiry'`,
        [accountId],
      )
      expect(row!.expired).toBe(told.expired)
    }),
    { numRuns: 25, examples: [[newCreditForAHold]] },
  )
  await expectBooksToAgree()
})

test('eight processes spend while the clock passes the instant: nothing is lost, doubled or overdrawn', {
  timeout: longMs,
}, async () => {
  await moveClock(start)
  const expiresAt = dayEnd('2026-12-31', 'UTC')
  const accounts = await Promise.all(Array.from({ length: 2 }, () => anAccount()))
  const accountIds = accounts.map(({ accountId }) => accountId)
  for (const accountId of accountIds) {
    const gift = { accountId, amount: '2.00', expiresOn: '2026-12-31', reason: 'x', idempotencyKey: 'x' }
    await givePromotion(tester, gift)
  }
  await moveClock(new Date(expiresAt.getTime() - minuteMs))
  const env = { ACCOUNT_IDS: accountIds.join(','), ROUNDS: '24', SEED: '7' }
  const spenders = startProcesses(8, 'lib/testing/workers/spender.ts', [], env)
  const began = () => query(`select 1 from transfers where kind = 'usage' and account_id = $1 limit 1`, [accountIds[0]])
  await expect.poll(began, { timeout: 120_000, interval: 20 }).toHaveLength(1)
  await moveClock(expiresAt)
  await messagesOf(spenders)
  await moveClock(new Date(expiresAt.getTime() + hourMs))
  await expireHolds(tester)
  await expireGrants(tester)
  const left = await query(
    `select 1 from grants where source = 'promotion' and remaining > 0 and account_id = any($1)`,
    [accountIds],
  )
  expect(left).toEqual([])
  const expired = await query(`select 1 from transfers where kind = 'expiry' and account_id = any($1)`, [accountIds])
  expect(expired.length).toBeGreaterThan(0)
  const owed = await query('select 1 from account_balances where balance < 0 or held <> 0')
  expect(owed).toEqual([])
  await expectBooksToAgree()
})
