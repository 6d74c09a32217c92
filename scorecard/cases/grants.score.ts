import { expect } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, formatMoney, parseMoney } from '@/lib/core/money'
import { addDays, dayEnd, dayMs, hourMs } from '@/lib/core/time'
import { signUp } from '@/lib/domain/accounts'
import { authorize, expireGrants, expireHolds, getGateBalance, release, settle } from '@/lib/domain/gate'
import { givePromotion, listGrants } from '@/lib/domain/grants'
import { makePartitionsAhead } from '@/lib/domain/usage-partitions'
import { now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import { aCustomerWithCard, buyByHand, passTime, saveCard, use } from '@/lib/testing/top-ups'
import { aCustomer, balanceOf, worker } from '../customers'
import { scoreCase } from '../score-case'

const nanosPerCent = 10_000_000n

/** Days on which clocks change, also at midnight itself. */
const clockChanges: [zone: string, day: string][] = [
  ['America/New_York', '2027-03-14'],
  ['Europe/Paris', '2027-03-28'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['America/Santiago', '2027-04-04'],
  ['Asia/Beirut', '2027-03-28'],
]

const dollars = (amount: number) => formatMoney(cents(amount))

scoreCase(
  'R47',
  'promotions burn first and expire at midnight of a day on which clocks change, a hold being open',
  async ({ world, random }) => {
    await publishTestPrices()
    const customer = await aCustomer()
    const { accountId } = customer
    const [zone, day] = random.pick(clockChanges)
    await query('update accounts set time_zone = $2 where account_id = $1', [accountId, zone])
    await query('update budget_periods set time_zone = $2 where account_id = $1', [accountId, zone])
    await buyByHand(world, customer, { amount: '10.00', saveCard: false })
    const give = (cents: number, expiresOn: string) =>
      givePromotion(worker, { accountId, amount: dollars(cents), expiresOn, reason: 'A gift', idempotencyKey: newId() })
    const [soonCents, laterCents] = [random.int(200, 1500), random.int(200, 1500)]
    const later = await give(laterCents, addDays(day, random.int(2, 40)))
    const soon = await give(soonCents, addDays(day, -1))

    const usedCents = random.int(1, soonCents - 1)
    await use(accountId, usedCents / 100)
    const grants = async () => {
      const rows = await query<{ id: string; left: bigint }>(
        'select grant_id as id, remaining as left from grants where account_id = $1',
        [accountId],
      )
      return Object.fromEntries(rows.map(({ id, left }) => [id, left]))
    }
    const left = await grants()
    const balance = await balanceOf(accountId)
    expect(left[later.grantId]).toBe(BigInt(laterCents) * nanosPerCent)
    // The usage burned the promotion that ends soonest, and nothing else.
    expect(left[soon.grantId]).toBe(balance - BigInt(laterCents + 1100) * nanosPerCent)

    const midnight = dayEnd(addDays(day, -1), zone)
    await passTime(world, midnight.getTime() - (await now()).getTime() - hourMs)
    await makePartitionsAhead(worker)
    const heldCents = random.int(1, Number(balance / nanosPerCent))
    const held = BigInt(heldCents) * nanosPerCent
    const { hold } = await authorize(worker, {
      accountId,
      idempotencyKey: newId(),
      size: { maxCost: parseMoney(dollars(heldCents)), model: 'kimi-k2p7-code' },
      holdSeconds: 7200,
    })
    await passTime(world, midnight.getTime() - (await now()).getTime() - 2000)
    await expireGrants(worker)
    expect(await balanceOf(accountId)).toBe(balance)

    await passTime(world, midnight.getTime() - (await now()).getTime() + 1000)
    if (random.chance(0.5)) await expireGrants(worker)
    await getGateBalance(worker, { accountId })
    await expireGrants(worker)
    const least = (a: bigint, b: bigint) => (a < b ? a : b)
    const soonLeft = left[soon.grantId]!
    const expiredAtOnce = least(soonLeft, balance - held)
    expect(await balanceOf(accountId)).toBe(balance - expiredAtOnce)

    const kept = soonLeft - expiredAtOnce
    const ending = random.pick(['settled', 'released', 'expired'] as const)
    // 2,500 output tokens of this model are a cent.
    const chargedCents = ending === 'settled' ? random.int(1, heldCents) : 0
    const settlement = {
      model: null,
      inputTokens: 0n,
      cachedInputTokens: 0n,
      outputTokens: BigInt(chargedCents) * 2500n,
    }
    if (ending === 'settled') await settle(worker, { accountId, holdId: hold.holdId, settlement })
    if (ending === 'released') await release(worker, { accountId, holdId: hold.holdId })
    if (ending === 'expired') {
      await passTime(world, 3 * hourMs)
      await expireHolds(worker)
      await expireGrants(worker)
    }
    const charged = BigInt(chargedCents) * nanosPerCent
    const expiredInAll = soonLeft - least(kept, charged)
    expect(await balanceOf(accountId), ending).toBe(balance - charged - expiredInAll)
    expect((await grants())[soon.grantId]).toBe(0n)
    // What the request used beyond the ended promotion burned the later one next, all of it perhaps.
    const beyondKept = charged - least(kept, charged)
    expect((await listGrants(worker, { accountId })).find(({ grantId }) => grantId === later.grantId)?.state).toBe(
      beyondKept >= left[later.grantId]! ? 'used_up' : 'open',
    )
    await passTime(world, 60 * dayMs)
    await expireGrants(worker)
    expect((await grants())[later.grantId]).toBe(0n)
  },
)

scoreCase('X04', 'accounts that claim the signup credit at the same moment: one has it', async ({ random }) => {
  const name = newId()
  const crowd = random.int(2, 8)
  const accounts = await Promise.all(
    Array.from({ length: crowd }, (_, n) => signUp(worker, { email: `${name}+${n}@example.com` })),
  )
  const balances = await Promise.all(accounts.map(({ accountId }) => balanceOf(accountId)))
  expect(balances.filter((balance) => balance > 0n)).toEqual([100n * nanosPerCent])
})

scoreCase('X05', 'accounts that save the same card at the same moment: one keeps the signup credit', async (story) => {
  const { world, random } = story
  await publishTestPrices()
  const customers = []
  for (let n = 0; n < random.int(2, 5); n++) customers.push(await aCustomerWithCard(world))
  const used = random.chance(0.5) ? 40 : 0
  for (const { accountId } of customers) if (used > 0) await use(accountId, used / 100)
  const before = await Promise.all(customers.map(({ accountId }) => balanceOf(accountId)))
  const fingerprint = newId()
  await Promise.all(random.shuffle(customers).map(({ accountId }) => saveCard(world, accountId, fingerprint)))
  const after = await Promise.all(customers.map(({ accountId }) => balanceOf(accountId)))
  const lost = before.map((balance, n) => balance - after[n]!)
  const bought = 1000n * nanosPerCent
  expect(lost.filter((amount) => amount === 0n)).toHaveLength(1)
  expect(after.filter((balance) => balance === bought)).toHaveLength(customers.length - 1)
})
