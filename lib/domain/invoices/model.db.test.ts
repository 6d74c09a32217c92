/** Whatever happens to a post-paid account, its balance and invoices are those of a model of thirty lines, on both sides. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moveClock } from '@/lib/edges/clock'
import { expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  aPostPaidCustomer,
  atStripeOf,
  carryOn,
  giveUpAtStripe,
  invoicesOf,
  payAtStripe,
  standingOf,
  turnMonth,
  voidAtStripe,
} from '@/lib/testing/post-paid'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { moveRefund, paymentOf, refundInDashboard } from '@/lib/testing/take-backs'
import { buyByHand, insideAMonth, use } from '@/lib/testing/top-ups'
import { syncByPayment } from '../refunds'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

interface ModelInvoice {
  cents: number
  rest: number
  state: 'open' | 'paid' | 'void' | 'uncollectible'
  paid: number | null
}

/** All amounts in cents. */
class Model {
  balance = 100
  readonly invoices: ModelInvoice[] = []
  /** What went back of payments, by the place of the invoice. */
  readonly refunds: { place: number; cents: number; id: string; isFailed: boolean }[] = []

  private get outstanding(): number {
    return Math.max(0, -this.balance)
  }
  private get asked(): number {
    return this.invoices.reduce((sum, { rest }) => sum + rest, 0)
  }
  of(state: ModelInvoice['state'], index: number): number {
    const places = this.invoices.flatMap((invoice, place) => (invoice.state === state ? [place] : []))
    return places.length > 0 ? places[index % places.length]! : -1
  }
  /** What of the payment of an invoice has not gone back. */
  kept(place: number): number {
    const back = this.refunds.filter((refund) => refund.place === place && !refund.isFailed)
    return (this.invoices[place]?.paid ?? 0) - back.reduce((sum, { cents }) => sum + cents, 0)
  }
  turn(): void {
    const cents = this.outstanding - this.asked
    if (cents >= 50) this.invoices.push({ cents, rest: cents, state: 'open', paid: null })
  }
  close(place: number, state: 'paid' | 'void' | 'uncollectible'): void {
    const invoice = this.invoices[place]!
    if (state === 'paid') {
      this.balance += invoice.rest
      invoice.paid = invoice.rest
    }
    if (state !== 'uncollectible') invoice.rest = 0
    invoice.state = state
  }
  /** What credit has paid is taken off, open ones first, then the oldest; no rest is left that is too small to pay. */
  credit(): void {
    const of = (wanted: string) => this.invoices.filter(({ state }) => state === wanted)
    for (const invoice of [...of('open'), ...of('uncollectible')]) {
      const tooMuch = this.asked - this.outstanding
      if (tooMuch <= 0) return
      invoice.rest -= Math.min(tooMuch, invoice.rest)
      if (invoice.rest < 50) invoice.rest = 0
      if (invoice.rest === 0) Object.assign(invoice, { state: 'paid', paid: 0 })
    }
  }
  get isPaused(): boolean {
    return this.invoices.some(({ state, rest }) => state === 'uncollectible' && rest > 0)
  }
}

type Command =
  | { do: 'use'; sevens: number }
  | { do: 'buy'; dollars: number }
  | { do: 'turn' }
  | { do: 'pay' | 'void' | 'give up' | 'pay late'; index: number }
  | { do: 'refund'; index: number; percent: number }
  | { do: 'fail a refund'; index: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), sevens: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('buy' as const), dollars: fc.integer({ min: 5, max: 30 }) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('pay' as const, 'void' as const, 'give up' as const, 'pay late' as const),
      index: fc.nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      index: fc.nat(5),
      percent: fc.integer({ min: 1, max: 100 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail a refund' as const), index: fc.nat(5) }) },
)

const changes = {
  pay: { from: 'open', to: 'paid', act: payAtStripe },
  void: { from: 'open', to: 'void', act: voidAtStripe },
  'give up': { from: 'open', to: 'uncollectible', act: giveUpAtStripe },
  'pay late': { from: 'uncollectible', to: 'paid', act: payAtStripe },
} as const

async function play(accountId: string, model: Model, step: Command): Promise<void> {
  if (step.do === 'use') {
    // 1,000,000 tokens are seven cents.
    await use(accountId, (step.sevens * 7) / 100)
    model.balance -= step.sevens * 7
  } else if (step.do === 'buy') {
    await buyByHand(world, { accountId, actor: tester }, { amount: `${step.dollars}.00`, saveCard: false })
    model.balance += step.dollars * 100
  } else if (step.do === 'turn') {
    await turnMonth(world, accountId)
    model.turn()
  } else if (step.do === 'refund') {
    const place = model.of('paid', step.index)
    const cents = Math.ceil((model.kept(place) * step.percent) / 100)
    if (cents < 1) return
    const paymentIntentId = await paymentOf(accountId, (await invoicesOf(accountId))[place]!.invoiceId)
    const { id } = await refundInDashboard(world, paymentIntentId, cents)
    await syncByPayment(tester, { paymentIntentId })
    model.refunds.push({ place, cents, id, isFailed: false })
    model.balance -= cents
  } else if (step.do === 'fail a refund') {
    const made = model.refunds.filter(({ isFailed }) => !isFailed)
    const refund = made[step.index % Math.max(made.length, 1)]
    if (!refund) return
    await moveRefund(world, refund.id, 'failed', 'declined')
    const paymentIntentId = await paymentOf(accountId, (await invoicesOf(accountId))[refund.place]!.invoiceId)
    await syncByPayment(tester, { paymentIntentId })
    refund.isFailed = true
    model.balance += refund.cents
  } else {
    const { from, to, act } = changes[step.do]
    const place = model.of(from, step.index)
    if (place < 0) return
    await act(world, (await invoicesOf(accountId))[place]!.stripeInvoiceId!)
    model.close(place, to)
  }
  model.credit()
}

/** Every history begins with one, so that money of it can go back. */
const aPaidInvoice: Command[] = [{ do: 'use', sevens: 300 }, { do: 'turn' }, { do: 'pay', index: 0 }]

test('any history of a post-paid account is that of the model', { timeout: 600_000 }, async () => {
  let refunds = 0
  await insideAMonth(world)
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 14 }), async (steps) => {
      const { accountId } = await aPostPaidCustomer({ creditLimit: '900000', paymentTermsDays: 365 })
      const model = new Model()
      for (const step of [...aPaidInvoice, ...steps]) {
        await play(accountId, model, step)
        await carryOn(world)
        const invoices = await invoicesOf(accountId)
        expect(invoices.map(({ cents, rest, state, paid }) => ({ cents, rest, state, paid }))).toEqual(model.invoices)
        expect(await standingOf(accountId)).toMatchObject({ balance: model.balance, isPaused: model.isPaused })
        expect((await atStripeOf(world, accountId)).map((invoice) => [invoice.status, invoice.total])).toEqual(
          model.invoices.map(({ state, cents }) => [state, cents]),
        )
      }
      refunds += model.refunds.length
      await expectBooksToAgree()
    }),
    { numRuns: 10, seed: 20261121 },
  )
  expect(refunds).toBeGreaterThan(9)
  await expectMoneyToAgree(world)
  await expectStripeAndLedgerToAgree(world)
})
