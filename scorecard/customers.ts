/** What the stories have in common: customers, signed events, and the customer's own figures. */
import { createHmac } from 'node:crypto'
import { type Actor, system } from '@/lib/core/actor'
import { buyCredits } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
import { anAccount } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import type { Random } from './random'

export const worker = system('scorecard')

export interface Customer {
  accountId: string
  actor: Actor
}

export async function aCustomer(): Promise<Customer> {
  const { accountId, userId } = await anAccount()
  return { accountId, actor: { kind: 'user', userId } }
}

/** A customer with an open page at Stripe for a random amount. */
export async function aPurchase(random: Random, saveCard = random.chance(0.5)) {
  const customer = await aCustomer()
  const amount = random.dollars()
  const bought = await buyCredits(customer.actor, { accountId: customer.accountId, amount, saveCard })
  return { ...customer, ...bought, amount, sessionId: /cs_\w+/.exec(bought.checkoutUrl)![0] }
}

/** What was credited for payments, in dollars, oldest first. */
export async function creditedTo(accountId: string): Promise<string[]> {
  const rows = await query<{ dollars: string }>(
    `select (amount / 1e9)::numeric(14, 2)::text as dollars from transfers
      where account_id = $1 and kind in ('purchase', 'auto_top_up') order by seq`,
    [accountId],
  )
  return rows.map(({ dollars }) => dollars)
}

export async function balanceOf(accountId: string): Promise<bigint> {
  const [row] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
    accountId,
  ])
  return row!.balance
}

/** What the inbox says of events, by id. */
export async function inbox(): Promise<Record<string, string>> {
  const rows = await query<{ event_id: string; status: string }>('select event_id, status from stripe_events')
  return Object.fromEntries(rows.map((row) => [row.event_id, row.status]))
}

const unixNow = () => Math.floor(Date.now() / 1000)

/** An event about a page, as Stripe would write it; `more` changes fields. */
export const eventAbout = (sessionId: string, eventId: string, more: object = {}): string =>
  JSON.stringify({
    id: eventId,
    object: 'event',
    type: 'checkout.session.completed',
    livemode: false,
    api_version: '2026-10-28.endive',
    created: unixNow(),
    data: { object: { id: sessionId, object: 'checkout.session' } },
    ...more,
  })

export function signature(body: string, secret: string, { age = 0, scheme = 'v1' } = {}): string {
  const at = unixNow() - age
  return `t=${at},${scheme}=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}

/** Knocks at our webhook door; answers its status. */
export async function deliver(world: MoneyIn, body: string, signed: string | null): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(signed !== null && { 'stripe-signature': signed }) }
  return (await fetch(world.doorUrl, { method: 'POST', body, headers })).status
}

/** The sandbox keeps every event to itself from now on. */
export const losesEvents = (world: MoneyIn) => world.control('POST', '/deliveries', { mode: 'drop' })
