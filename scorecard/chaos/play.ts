/** Plays a history in a world: cleanly, or in bad weather. Both keep to the same calendar. */
import { setTimeout as sleep } from 'node:timers/promises'
import { formatMoney, money, parseMoney } from '@/lib/core/money'
import { addDays, dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { saveAutoTopUp } from '@/lib/domain/auto-top-up'
import { listPaymentMethods, removePaymentMethod } from '@/lib/domain/payment-methods'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, publishTestPrices } from '@/lib/testing/builders'
import { type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { aPromotionCode } from '@/lib/testing/promotion-codes'
import { aPlan, saveCard } from '@/lib/testing/top-ups'
import { frequentSweeps } from '@/lib/worker/sweeps'
import { worker } from '../customers'
import { type Hands, isPassing } from './hands'
import type { Customer, History, Plot, Use } from './history'
import type { Weather } from './weather'

const firstDay = '2027-02-01'
const nanosPerCent = 10_000_000n
const goodCard = '4242424242424242'
/** Where the sandbox knows a tax. */
const address = { line1: '1 Bay Street', city: 'Berkeley', state: 'CA', postal_code: '94704', country: 'US' }

interface Player extends Customer {
  accountId: string
  name: string
  /** Its purchases at Stripe, oldest first. */
  bought: { purchaseId: string; paymentIntentId: string | null; cents: number }[]
}

export interface Played {
  accountIds: string[]
  /** What verbs answered, in the order of the history. */
  outcomes: string[]
}

export async function play(world: MoneyIn, history: History, hands: Hands, weather: Weather): Promise<Played> {
  const stage = new Stage(world, hands, weather)
  await stage.open(history)
  for (let day = 0; day < history.days; day++) await stage.playDay(day)
  await stage.close(history.days)
  return { accountIds: stage.players.map(({ accountId }) => accountId), outcomes: stage.outcomes }
}

class Stage {
  players: Player[] = []
  readonly outcomes: string[] = []
  private codes = new Map<number, string>()

  constructor(
    private readonly world: MoneyIn,
    private readonly hands: Hands,
    private readonly weather: Weather,
  ) {}

  /** Accounts, and what needs no weather: top-up customers buy by hand and save a card. */
  async open({ customers }: History): Promise<void> {
    await this.setClock(0, 0)
    await publishTestPrices()
    for (const percent of [10, 25, 50, 100]) {
      this.codes.set(percent, await aPromotionCode(this.world, { percent_off: percent }))
    }
    for (const [number, customer] of customers.entries()) {
      const { accountId, userId } = await anAccount()
      const actor = { kind: 'user', userId } as const
      if (customer.kind === 'topper') {
        const { purchaseId, checkoutUrl } = await buyCredits(actor, { accountId, amount: '10.00', saveCard: false })
        await this.pay(checkoutUrl, { card_number: goodCard })
        await settlePurchase(actor, { accountId, purchaseId })
        await saveCard(this.world, accountId)
        await saveAutoTopUp(worker, { accountId, ...aPlan({ amount: '15.00' }) })
      }
      this.players.push({ ...customer, accountId, name: `customer ${number + 1}`, bought: [] })
    }
    await this.beQuiet(0, [0])
  }

  async playDay(day: number): Promise<void> {
    await this.setClock(day, 8 * hourMs)
    await this.weather.change()
    for (const player of this.weather.order(this.players)) {
      await this.playMorning(player, player.mornings[day]!)
      if (this.weather.isRough) await this.someWork()
    }
    await this.beQuiet(day, [12 * hourMs, 12 * hourMs + 20 * minuteMs, 14 * hourMs])
    for (const player of this.players) if (player.mornings[day]!.kind === 'confirm') await this.confirm(player)
    await this.setClock(day, 16 * hourMs)
    await this.weather.change()
    for (const player of this.players) {
      for (const [number, use] of player.afternoons[day]!.entries()) {
        await this.playUse(player, use, `day-${day}-${number}`, day)
      }
    }
    await this.someWork()
    await this.beQuiet(day, [18 * hourMs, 20 * hourMs])
  }

  /** Days later: debits have been paid, pages are closed, gifts are over. */
  async close(days: number): Promise<void> {
    await this.beQuiet(days, [0, 3 * hourMs])
    await this.beQuiet(days + 6, [0, 2 * hourMs])
  }

  private async playMorning(player: Player, plot: Plot): Promise<void> {
    switch (plot.kind) {
      case 'quiet':
      case 'confirm': // later in the day, when the mail has come
        return
      case 'buy':
        await this.buy(player, plot.dollars, {
          card_number: plot.card,
          ...(plot.codePercent && { promotion_code: this.codes.get(plot.codePercent) }),
        })
        if (plot.next) await this.atStripe(player, plot.next.kind, plot.next.share, [])
        return
      case 'debit':
        return this.buy(player, plot.dollars, { bank_account: plot.account })
      case 'refund':
        return this.refund(player, plot)
      case 'dashboard-refund':
        return this.atStripe(player, 'dashboard-refund', plot.share, [])
      case 'refund-turns':
        return this.turnRefund(player, plot.status)
      case 'dispute':
        return this.atStripe(player, plot.isInquiry ? 'inquiry' : 'dispute', plot.share, plot.course)
      case 'dispute-goes-on':
        return this.moveDispute(player, plot.course)
      case 'card':
        await this.world.control('POST', `/payment_methods/${await this.cardOf(player)}`, plot.says)
        return
      case 'resume':
        return this.replaceCard(player)
    }
  }

  /** The customer does what the mail asks for: confirms the top-up with their bank. */
  private async confirm(player: Player): Promise<void> {
    const url = await this.hands.insist({ kind: 'confirm-url', accountId: player.accountId })
    if (url.kind === 'done' && url.value) await this.pay(String(url.value), { card_number: goodCard })
    await this.world.control('POST', `/payment_methods/${await this.cardOf(player)}`, { ok: true })
  }

  /** Opens a page and pays on it. Killed or told that Stripe is away, one looks whether it is open now, and tries again. */
  private async buy(player: Player, amount: string, how: object): Promise<void> {
    const { accountId } = player
    // A page that an earlier try has left open is another purchase.
    const earlier = await query<{ purchaseId: string }>(
      'select purchase_id as "purchaseId" from purchases where account_id = $1',
      [accountId],
    )
    for (let times = 0; times < 20; times++) {
      const result = await this.hands.do({ kind: 'buy', accountId, amount })
      if (times > 3) await this.world.heal()
      if (result.kind !== 'done') await this.hands.insist({ kind: 'sweep', name: 'reconcile-purchases' })
      const [open] = await query<{ purchaseId: string; sessionId: string }>(
        `select purchase_id as "purchaseId", checkout_session_id as "sessionId" from purchases
          where account_id = $1 and state = 'open' and checkout_session_id is not null and purchase_id <> all($2)
          order by created_at desc limit 1`,
        [accountId, earlier.map(({ purchaseId }) => purchaseId)],
      )
      if (!open) continue
      const paid = await this.pay(open.sessionId, how)
      this.note(player, `pays: ${paid.result}`)
      const known = player.bought.map(({ paymentIntentId }) => paymentIntentId)
      const payment = (await this.atStripeOf(player)).payments.find(({ id }) => !known.includes(id))
      player.bought.push({ ...open, paymentIntentId: payment?.id ?? null, cents: payment?.amount ?? 0 })
      if (this.weather.toss(0.3)) await this.hands.do({ kind: 'return-page', accountId, purchaseId: open.purchaseId })
      return
    }
    throw new Error('No page was opened.')
  }

  private pay(page: string, how: object): Promise<{ result: string }> {
    return this.world.control('POST', `/checkout/${sessionOf(page)}/pay`, { ...how, address })
  }

  private async refund(player: Player, plot: Extract<Plot, { kind: 'refund' }>): Promise<void> {
    const last = player.bought.at(-1)
    if (!last) return
    const { accountId } = player
    const { totalCents } = await this.purchase(last.purchaseId)
    const amount = formatMoney(money(shareOf(totalCents, plot.share) * nanosPerCent, 'usd'))
    const before = await this.refundsOf(accountId)
    for (let times = 0; times < 20; times++) {
      const deed = { ...plot, accountId, purchaseId: last.purchaseId, amount }
      const result = await this.hands.do(deed)
      const isThere = (await this.refundsOf(accountId)) > before
      if (result.kind === 'refused' && !isThere && !isPassing(result.code)) {
        return this.note(player, `refund: ${result.code}`)
      }
      if (isThere) return this.note(player, 'refund: requested')
    }
    throw new Error('The refund was never asked for.')
  }

  /** What happens at Stripe alone, and may be refused there: the same in either weather. */
  private async atStripe(
    player: Player,
    kind: 'dashboard-refund' | 'dispute' | 'inquiry',
    share: number,
    course: string[],
  ): Promise<void> {
    const last = player.bought.at(-1)
    if (!last?.paymentIntentId) return
    const amount = Number(shareOf(BigInt(last.cents), share))
    const path = kind === 'dashboard-refund' ? `/payments/${last.paymentIntentId}/refund` : '/disputes'
    const body = kind === 'dashboard-refund' ? { amount } : { payment_intent: last.paymentIntentId, amount }
    const result = await this.steer(path, { ...body, ...(kind === 'inquiry' && { inquiry: true }) })
    this.note(player, `${kind}: ${result}`)
    if (kind !== 'dashboard-refund') await this.moveDispute(player, course)
  }

  private async moveDispute(player: Player, course: string[]): Promise<void> {
    for (const status of course) {
      const dispute = await this.latestAt(player, 'disputes')
      if (dispute) this.note(player, `dispute ${status}: ${await this.steer(`/disputes/${dispute}`, { status })}`)
      if (this.weather.toss(0.5)) await this.someWork()
    }
  }

  private async turnRefund(player: Player, status: string): Promise<void> {
    const refund = await this.latestAt(player, 'refunds')
    if (refund) this.note(player, `refund ${status}: ${await this.steer(`/refunds/${refund}`, { status })}`)
  }

  /** The customer saves another card, removes the old one and asks auto top-up to go on. */
  private async replaceCard(player: Player): Promise<void> {
    const { accountId } = player
    await this.world.heal()
    const old = await listPaymentMethods(worker, { accountId })
    await saveCard(this.world, accountId)
    for (const { paymentMethodId } of old) await removePaymentMethod(worker, { accountId, paymentMethodId })
    await this.hands.insist({ kind: 'resume', accountId })
  }

  private async playUse(player: Player, use: Use, key: string, day: number): Promise<void> {
    const { accountId } = player
    if (use.kind === 'usage') {
      await this.hands.insist({ kind: 'usage', accountId, eventId: key, dollars: use.dollars })
    } else if (use.kind === 'gift') {
      const lastDay = addDays(firstDay, day + use.days)
      await this.hands.insist({ kind: 'gift', accountId, key, dollars: use.dollars, lastDay })
    } else {
      const held = await this.hands.insist({ kind: 'hold', accountId, key, dollars: use.dollars })
      this.note(player, `hold: ${held.kind === 'refused' ? held.code : held.kind}`)
      if (held.kind === 'refused' || use.end === 'leave') return
      const used = money((parseMoney(use.dollars).nanos * BigInt(use.usedShare)) / 100n)
      if (use.end === 'settle') await this.hands.insist({ kind: 'settle', accountId, key, dollars: formatMoney(used) })
      else await this.hands.insist({ kind: 'release', accountId, key })
    }
  }

  /** A turn of the worker, in whatever weather. */
  private async someWork(): Promise<void> {
    await this.hands.do({ kind: 'jobs' })
    if (this.weather.isRough) await this.hands.do({ kind: 'sweep', name: this.weather.pick(frequentSweeps) })
  }

  /** The weather clears up, and the worker does all that is due at each of these times of a day. */
  private async beQuiet(day: number, times: number[]): Promise<void> {
    await this.weather.clear()
    for (const time of times) {
      await this.setClock(day, time)
      for (let round = 0; round < 2; round++) {
        await this.delivered()
        await this.hands.insist({ kind: 'jobs' })
      }
      for (const name of frequentSweeps) await this.hands.insist({ kind: 'sweep', name })
      await this.hands.insist({ kind: 'jobs' })
    }
    await this.delivered()
    await this.hands.insist({ kind: 'jobs' })
  }

  /** Waits until every event whose time has come was sent. */
  private async delivered(): Promise<void> {
    for (let waited = 0; waited < 100; waited++) {
      const { now } = await this.world.control<{ now: number }>('GET', '/clock')
      const { deliveries } = await this.world.control<{
        deliveries: { state: string; next_attempt_at: number | null }[]
      }>('GET', '/deliveries')
      if (!deliveries.some(({ state, next_attempt_at: next }) => state === 'pending' && (next ?? 0) <= now)) return
      await sleep(50)
    }
  }

  /** Our clock and Stripe's. */
  private async setClock(day: number, timeMs: number): Promise<void> {
    const instant = new Date(new Date(`${firstDay}T00:00:00Z`).getTime() + day * dayMs + timeMs)
    await moveClock(instant)
    await this.world.control('POST', '/clock', { now: instant.getTime() / 1000 })
    await sleep(260) // so long another process goes by what it has read of the clock
  }

  private note(player: Player, outcome: string): void {
    this.outcomes.push(`${player.name}: ${outcome}`)
  }

  private steer(path: string, body: object): Promise<string> {
    return this.world.control('POST', path, body).then(
      () => 'done',
      (error: Error) => /"error": "([^"$0-9]*)/.exec(error.message)?.[1] ?? error.message,
    )
  }

  private async purchase(purchaseId: string): Promise<{ totalCents: bigint }> {
    const [row] = await query<{ totalCents: bigint | null }>(
      'select total_cents as "totalCents" from purchases where purchase_id = $1',
      [purchaseId],
    )
    return { totalCents: row!.totalCents ?? 0n }
  }

  private async refundsOf(accountId: string): Promise<number> {
    const rows = await query(`select 1 from refunds where account_id = $1 and origin <> 'stripe'`, [accountId])
    return rows.length
  }

  /** The newest refund or dispute of the customer's latest payment. */
  private async latestAt(player: Player, what: 'refunds' | 'disputes'): Promise<string | null> {
    const last = player.bought.at(-1)
    const of = await this.atStripeOf(player)
    return of[what].find(({ payment_intent: id }) => id === last?.paymentIntentId)?.id ?? null
  }

  /** What Stripe's dashboard shows of a customer: no fault meets it. Newest first. */
  private async atStripeOf({ accountId }: Player): Promise<{
    payments: { id: string; amount: number }[]
    refunds: { id: string; payment_intent: string }[]
    disputes: { id: string; payment_intent: string }[]
  }> {
    const [row] = await query<{ customer: string }>(
      'select stripe_customer_id as customer from accounts where account_id = $1',
      [accountId],
    )
    return this.world.control('GET', `/customers/${row!.customer}`)
  }

  private async cardOf({ accountId }: Player): Promise<string> {
    const [row] = await query<{ id: string }>(
      `select stripe_payment_method_id as id from payment_methods
        where account_id = $1 and is_default and removed_at is null`,
      [accountId],
    )
    return row!.id
  }
}

const shareOf = (cents: bigint, percent: number): bigint => {
  const share = (cents * BigInt(percent)) / 100n
  return share > 0n ? share : 1n
}
