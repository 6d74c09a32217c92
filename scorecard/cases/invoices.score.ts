import { expect } from 'vitest'
import { closeMonths } from '@/lib/domain/contracts'
import { sweepInvoices } from '@/lib/domain/invoices'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import {
  aPostPaidCustomer,
  endOfMonth,
  giveUpAtStripe,
  goTo,
  invoicesOf,
  payAtStripe,
  standingOf,
  voidAtStripe,
} from '@/lib/testing/post-paid'
import { moveDispute, moveRefund, openDispute, paymentOf, refundInDashboard } from '@/lib/testing/take-backs'
import { drainJobs, passTime, savedCardOf, use } from '@/lib/testing/top-ups'
import { worker } from '../customers'
import { scoreCase } from '../score-case'

/** Everything that is due is done, twice: what an event leads to may lead to another. */
async function settle(world: MoneyIn): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await world.drainEvents()
    await drainJobs(world)
  }
}

/** A million tokens are seven cents: an exact number of cents is used. */
const useSevens = (accountId: string, sevens: number) => use(accountId, (sevens * 7) / 100)

async function turn(world: MoneyIn, accountId: string): Promise<void> {
  await goTo(world, new Date((await endOfMonth(accountId)).getTime() + 60_000))
  await Promise.all([closeMonths(worker), closeMonths(worker)])
  await settle(world)
}

const latest = async (accountId: string) => (await invoicesOf(accountId)).at(-1)!

const problemOf = async (accountId: string): Promise<string | null> => {
  const [row] = await query<{ problem: string | null }>(
    'select problem from invoices where account_id = $1 order by created_at desc limit 1',
    [accountId],
  )
  return row!.problem
}

scoreCase(
  'R50',
  'an invoice is declined, asks for the customer, is paid, voided, given up and paid later, refunded and disputed; late usage comes with the next',
  async ({ world, random }) => {
    await publishTestPrices()
    await world.control('POST', '/deliveries', { mode: 'auto', repeat: random.int(1, 3) })
    const { accountId } = await aPostPaidCustomer(
      { collection: 'charge_automatically', creditLimit: '5000' },
      { world, hasCard: true },
    )
    const card = await savedCardOf(accountId)
    // $1.00 of signup credit is used first.
    let used = random.int(30, 900)
    await useSevens(accountId, used)
    await world.control('POST', `/payment_methods/${card}`, { decline_code: 'insufficient_funds' })
    await turn(world, accountId)
    expect(await latest(accountId)).toMatchObject({ state: 'open', cents: used * 7 - 100 })
    expect(await problemOf(accountId)).toBe('payment_failed')

    // Usage after it was finalized is not of this invoice, and the payment that comes late settles it.
    const late = random.int(20, 400)
    await useSevens(accountId, late)
    await payAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await latest(accountId)).toMatchObject({ state: 'paid', paid: used * 7 - 100 })
    expect(await standingOf(accountId)).toMatchObject({ balance: -late * 7 })

    // The bank asks the customer; who then pays on the page.
    await world.control('POST', `/payment_methods/${card}`, { authentication_required: true })
    await turn(world, accountId)
    expect(await latest(accountId)).toMatchObject({ state: 'open', cents: late * 7 })
    expect(await problemOf(accountId)).toBe('action_required')
    await payAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })

    // Voided: its amount is not asked for until the next one.
    used = random.int(20, 300)
    await useSevens(accountId, used)
    await turn(world, accountId)
    await voidAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await latest(accountId)).toMatchObject({ state: 'void', rest: 0 })
    const more = random.int(20, 300)
    await useSevens(accountId, more)
    await turn(world, accountId)
    expect(await latest(accountId)).toMatchObject({ state: 'open', cents: (used + more) * 7 })

    // Given up: usage pauses, and goes on by itself when it is paid after all.
    await giveUpAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await standingOf(accountId)).toEqual({ balance: -(used + more) * 7, mode: 'postpaid', isPaused: true })
    await payAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await standingOf(accountId)).toEqual({ balance: 0, mode: 'postpaid', isPaused: false })
    expect((await invoicesOf(accountId)).map(({ state }) => state)).toEqual(['paid', 'paid', 'void', 'paid'])

    // A refund of its payment fails, another does not, and the rest is disputed and lost: the next invoice asks for all of it again.
    const paid = (used + more) * 7
    const payment = await paymentOf(accountId, (await latest(accountId)).invoiceId)
    const back = random.int(1, paid - 1)
    const { id: failing } = await refundInDashboard(world, payment, random.int(1, paid - back))
    await moveRefund(world, failing, 'failed', 'declined')
    await refundInDashboard(world, payment, back)
    const dispute = await openDispute(world, payment, { amount: paid - back })
    await settle(world)
    expect(await standingOf(accountId)).toMatchObject({ balance: -back })
    await moveDispute(world, dispute.id, 'lost')
    await settle(world)
    expect(await standingOf(accountId)).toEqual({ balance: -paid, mode: 'postpaid', isPaused: false })
    await turn(world, accountId)
    expect(await latest(accountId)).toMatchObject({ state: 'open', cents: paid })
    await payAtStripe(world, (await latest(accountId)).stripeInvoiceId!)
    await settle(world)
    expect(await standingOf(accountId)).toMatchObject({ balance: 0 })
    await passTime(world, 3_600_000)
    await sweepInvoices(worker)
  },
)
