/** Commands that are done to the model and to the real thing; after each, both must say the same. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, type Money, money, parseMoney } from '@/lib/core/money'
import { addDays, dayEnd, dayKeyAt, hourMs, minuteMs, monthKeyAt } from '@/lib/core/time'
import { resumeAutoTopUp, runAutoTopUp, saveAutoTopUp } from '@/lib/domain/auto-top-up'
import { getMonth, setMonthlyCap } from '@/lib/domain/budgets'
import { authorize, expireGrants, expireHolds, recordUsage, release, settle } from '@/lib/domain/gate'
import { givePromotion } from '@/lib/domain/grants'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { syncRefunds } from '@/lib/domain/refunds'
import { now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import type { MoneyIn } from '@/lib/testing/money-in'
import { aPlan, passTime } from '@/lib/testing/top-ups'
import { worker } from '../customers'
import type { AccountModel, ModelPurchase } from './account-model'

/** The account as it really is. */
export interface Real {
  world: MoneyIn
  accountId: string
  /** The saved card's id at Stripe. */
  card: string
  /** Codes by what they take off, in percent. */
  codes: Map<number, string>
  purchases: { purchaseId: string; paymentIntentId: string | null; claims: { path: string; id: string }[] }[]
  holds: string[]
  declines: number
  month: string
  /** How many commands have been done to it. */
  done: number
}

type Command = fc.AsyncCommand<AccountModel, Real>

const cent = 10_000_000n
const forCents = (cents: number | bigint): Money => money(BigInt(cents) * cent, 'usd')
const dollars = (cents: number | bigint): string => formatMoney(forCents(cents))
/** 2,500 output tokens of it are a cent. */
const model = 'kimi-k2p7-code'
const tokensFor = (cents: number) => ({
  model,
  inputTokens: 0n,
  cachedInputTokens: 0n,
  outputTokens: BigInt(cents) * 2500n,
})
const card = { card_number: '4242424242424242' }

/** Both do it; then both are looked at. */
function command(
  name: string,
  act: (account: AccountModel, real: Real) => Promise<void>,
  check: (account: AccountModel) => boolean = () => true,
): Command {
  return {
    check: (account) => check(account as AccountModel),
    run: async (account, real) => {
      real.done += 1
      await act(account, real)
      await expireHolds(worker)
      await expireGrants(worker)
      account.expire((await now()).getTime())
      await expectSame(account, real, name)
    },
    toString: () => name,
  }
}

/** Everything that both know: balance, what is held and spent, and what each grant has left. */
async function expectSame(account: AccountModel, { accountId }: Real, after: string): Promise<void> {
  const [row] = await query<{ balance: bigint; held: bigint }>(
    'select balance, held from account_balances where account_id = $1',
    [accountId],
  )
  const grants = await query<{ remaining: bigint }>(
    'select remaining from grants where account_id = $1 order by granted_at, priority',
    [accountId],
  )
  const { spent } = await getMonth(worker, { accountId })
  const really = { ...row!, spent: parseMoney(spent).nanos, grants: grants.map(({ remaining }) => remaining) }
  const { balance, held } = account
  const expected = { balance, held, spent: account.spent, grants: account.grants.map(({ left }) => left) }
  expect(really, `after ${after}`).toEqual(expected)
}

const buy = (cents: number, percent: number) =>
  command(`buy ${cents} cents, ${percent} % off`, async (account, real) => {
    const { accountId, world } = real
    const { purchaseId, checkoutUrl } = await buyCredits(worker, { accountId, amount: dollars(cents), saveCard: false })
    const sessionId = /cs_\w+/.exec(checkoutUrl)![0]
    const code = real.codes.get(percent)
    await world.control('POST', `/checkout/${sessionId}/pay`, {
      ...(percent < 100 && card),
      ...(code && { promotion_code: code }),
    })
    const [first] = await Promise.all([1, 2].map(() => settlePurchase(worker, { accountId, purchaseId })))
    const giftCents = BigInt(Math.round(Number(first!.discount ?? 0) * 100))
    expect(Math.abs(Number(giftCents) - (cents * percent) / 100)).toBeLessThanOrEqual(0.5)
    const [row] = await query<{ id: string | null }>(
      'select payment_intent_id as id from purchases where account_id = $1 and purchase_id = $2',
      [accountId, purchaseId],
    )
    real.purchases.push({ purchaseId, paymentIntentId: row!.id, claims: [] })
    account.buy(BigInt(cents), giftCents)
  })

const settleAgain = (pick: number) =>
  command(
    `settle purchase ${pick} again`,
    async (_, { accountId, purchases }) => {
      await settlePurchase(worker, { accountId, purchaseId: purchases[pick % purchases.length]!.purchaseId })
    },
    ({ purchases }) => purchases.length > 0,
  )

/** What Stripe does about a payment, and what follows from it. Where Stripe refuses, nothing follows. */
const atStripe = (
  name: string,
  pick: number,
  act: (at: { purchase: ModelPurchase; real: Real; ours: Real['purchases'][number] }) => Promise<boolean>,
) =>
  command(
    `${name} of purchase ${pick}`,
    async (account, real) => {
      const place = pick % real.purchases.length
      const ours = real.purchases[place]!
      const purchase = account.purchases[place]!
      if (!ours.paymentIntentId || !(await act({ purchase, real, ours }))) return
      const { accountId } = real
      await syncRefunds(worker, { accountId, purchaseId: ours.purchaseId })
      account.sync(purchase)
    },
    ({ purchases }) => purchases.length > 0,
  )

const steer = <T>(world: MoneyIn, path: string, body: object): Promise<T | null> =>
  world.control<T & Record<string, unknown>>('POST', path, body).catch((error: Error) => {
    if (error.message.includes(': 400 ')) return null
    throw error
  })

const claimOf = (kind: 'refund' | 'dispute', stance: 'taken' | 'frozen' | 'nothing', cents: number) => ({
  kind,
  stance,
  cents: BigInt(cents),
  taken: 0n,
  frozen: 0n,
  gift: 0n,
})

const refund = (pick: number, percent: number) =>
  atStripe(`refund ${percent} %`, pick, async ({ purchase, real, ours }) => {
    const amount = Math.max(1, Math.floor((Number(purchase.totalCents) * percent) / 100))
    const made = await steer<{ id: string }>(real.world, `/payments/${ours.paymentIntentId}/refund`, { amount })
    if (!made) return false
    const place = purchase.claims.filter(({ kind }) => kind === 'refund').length
    purchase.claims.splice(place, 0, claimOf('refund', 'taken', amount))
    ours.claims.splice(place, 0, { path: 'refunds', id: made.id })
    return true
  })

const stances: Record<string, 'taken' | 'frozen' | 'nothing'> = {
  needs_response: 'frozen',
  under_review: 'frozen',
  lost: 'taken',
  appeal_needs_response: 'taken',
  appeal_under_review: 'taken',
  failed: 'nothing',
  canceled: 'nothing',
}

const dispute = (pick: number, percent: number, inquiry: boolean) =>
  atStripe(`${inquiry ? 'inquiry' : 'dispute'} of ${percent} %`, pick, async ({ purchase, real, ours }) => {
    const amount = Math.max(1, Math.floor((Number(purchase.totalCents) * percent) / 100))
    const body = { payment_intent: ours.paymentIntentId, amount, inquiry }
    const made = await steer<{ id: string; status: string }>(real.world, '/disputes', body)
    if (!made) return false
    purchase.claims.push(claimOf('dispute', stances[made.status] ?? 'nothing', amount))
    ours.claims.push({ path: 'disputes', id: made.id })
    return true
  })

const turn = (pick: number, which: number, status: string) =>
  atStripe(`claim ${which} turns ${status}`, pick, async ({ purchase, real, ours }) => {
    const place = which % Math.max(1, ours.claims.length)
    const claim = ours.claims[place]
    if (!claim || (claim.path === 'refunds') !== ['failed', 'canceled'].includes(status)) return false
    const turned = await steer<{ status: string }>(real.world, `/${claim.path}/${claim.id}`, { status })
    if (turned) purchase.claims[place]!.stance = stances[turned.status] ?? 'nothing'
    return turned !== null
  })

const use = (cents: number) =>
  command(`use ${cents} cents`, async (account, { accountId }) => {
    const event = { eventId: newId(), occurredAt: null, ...tokensFor(cents) }
    await recordUsage(worker, { accountId, events: [event, event], beyondCredit: 'record' })
    account.use(BigInt(cents) * cent)
  })

const holdMinutes = 90

const hold = (cents: number) =>
  command(`hold ${cents} cents`, async (account, real) => {
    const expiresAt = (await now()).getTime() + holdMinutes * minuteMs
    const isExpected = account.hold(BigInt(cents) * cent, expiresAt)
    const placed = await authorize(worker, {
      accountId: real.accountId,
      idempotencyKey: newId(),
      size: { maxCost: forCents(cents), model },
      holdSeconds: holdMinutes * 60,
    }).catch(refusalOf)
    expect(!(placed instanceof Refusal), placed instanceof Refusal ? placed.code : 'placed').toBe(isExpected)
    if (!(placed instanceof Refusal)) real.holds.push(placed.hold.holdId)
  })

const closeHold = (pick: number, how: 'settle' | 'release', cents: number) =>
  command(
    `${how} hold ${pick} (${cents} cents)`,
    async (account, { accountId, holds }) => {
      const place = pick % account.holds.length
      const held = account.holds[place]!
      const holdId = holds[place]!
      if (!held.isOpen) return
      if (how === 'release') await release(worker, { accountId, holdId })
      else await settle(worker, { accountId, holdId, settlement: tokensFor(cents) })
      account.closeHold(held, how === 'release' ? 0n : BigInt(cents) * cent)
    },
    ({ holds }) => holds.length > 0,
  )

const gift = (cents: number, days: number) =>
  command(`give ${cents} cents for ${days} days`, async (account, { accountId }) => {
    const lastDay = addDays(dayKeyAt(await now(), 'UTC'), days)
    const amount = dollars(cents)
    await givePromotion(worker, { accountId, amount, expiresOn: lastDay, reason: 'A gift', idempotencyKey: newId() })
    const expiresAt = dayEnd(lastDay, 'UTC').getTime()
    account.give({ isFree: true, priority: 100, amount: BigInt(cents) * cent, expiresAt })
  })

const capTo = (cents: number | null) =>
  command(`cap ${cents ?? 'none'}`, async (account, { accountId }) => {
    await setMonthlyCap(worker, { accountId, limit: cents === null ? null : dollars(cents), warnAtPercent: [80] })
    account.cap = cents === null ? null : BigInt(cents) * cent
  })

const pass = (hours: number) =>
  command(`${hours} hours pass`, async (account, real) => {
    await turnClock(real, account, hours * hourMs)
  })

async function turnClock(real: Real, account: AccountModel, ms: number): Promise<void> {
  await passTime(real.world, ms)
  const month = monthKeyAt(await now(), 'UTC')
  if (month !== real.month) account.spent = 0n
  real.month = month
}

const plan = { minimum: 500n * cent, step: 1000n * cent, smallest: 500n * cent }
/** One card is tried at most this often in a month, whatever happens. */
const mostDeclines = 7

const topUp = (outcome: 'pays' | 'declines' | 'asks') =>
  command(`top-up, the card ${outcome}`, async (account, real) => {
    if (outcome === 'declines' && real.declines >= mostDeclines) return
    const { accountId, world } = real
    // Waits between charges are over, and so is the pause after a decline.
    await turnClock(real, account, 25 * hourMs)
    account.expire((await now()).getTime())
    await expireHolds(worker)
    await expireGrants(worker)
    const says = {
      pays: { ok: true },
      declines: { decline_code: 'lost_card' },
      asks: { authentication_required: true },
    }
    await world.control('POST', `/payment_methods/${real.card}`, says[outcome])
    await saveAutoTopUp(worker, { accountId, ...aPlan({ minimum: '5.00', amount: '10.00' }) })
    await resumeAutoTopUp(worker, { accountId })
    const due = account.topUpDue(plan)
    const run = await runAutoTopUp(worker, { accountId })
    const states = { pays: 'succeeded', declines: 'declined', asks: 'requires_action' }
    expect(run.kind === 'ran' ? run.state : 'skipped', JSON.stringify(run)).toBe(due > 0n ? states[outcome] : 'skipped')
    if (due > 0n && outcome === 'pays') account.topUp(due)
    if (due > 0n && outcome === 'declines') real.declines += 1
    await saveAutoTopUp(worker, { accountId, ...aPlan({ isOn: false }) })
    // What waits for the customer is given up.
    await runAutoTopUp(worker, { accountId })
  })

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

const cents = (most: number) => fc.integer({ min: 1, max: most })
const place = fc.nat({ max: 9 })
const percent = fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 99 }))
const statuses = ['under_review', 'lost', 'won', 'appeal_needs_response', 'appeal_under_review', 'warning_closed']

/** Sequences of commands; those that Stripe is asked for are rarer, for they take longer. */
export const commands = (most: number) =>
  fc.commands(
    [
      fc.tuple(fc.integer({ min: 500, max: 6000 }), fc.constantFrom(0, 0, 0, 10, 33, 100)).map((it) => buy(...it)),
      place.map(settleAgain),
      fc.tuple(place, percent).map((it) => refund(...it)),
      fc.tuple(place, percent, fc.boolean()).map((it) => dispute(...it)),
      fc.tuple(place, place, fc.constantFrom(...statuses, 'failed')).map((it) => turn(...it)),
      fc.tuple(place, place, fc.constantFrom(...statuses)).map((it) => turn(...it)),
      cents(4000).map(use),
      cents(400).map(use),
      cents(3000).map(hold),
      cents(300).map(hold),
      fc
        .tuple(place, fc.constantFrom('settle' as const, 'release' as const), cents(2000))
        .map((it) => closeHold(...it)),
      fc.tuple(place, fc.constant('settle' as const), cents(200)).map((it) => closeHold(...it)),
      fc.tuple(cents(1500), fc.integer({ min: 0, max: 5 })).map((it) => gift(...it)),
      fc.option(fc.integer({ min: 0, max: 10_000 })).map(capTo),
      fc.constantFrom(1, 1, 2, 13, 24, 24 * 8).map(pass),
      fc.constantFrom('pays' as const, 'pays' as const, 'declines' as const, 'asks' as const).map(topUp),
    ],
    { maxCommands: most, size: 'max' },
  )
