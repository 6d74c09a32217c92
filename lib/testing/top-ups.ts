/** Customers with a saved card and auto top-up, and a worker that does what is due. */
import { Logger, runOnce } from 'graphile-worker'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { dayMs, secondMs } from '@/lib/core/time'
import type { saveAutoTopUp } from '@/lib/domain/auto-top-up'
import { recordUsage } from '@/lib/domain/gate'
import { savePaymentMethod } from '@/lib/domain/payment-methods'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { moveClock, now } from '@/lib/edges/clock'
import { inTransaction, query } from '@/lib/edges/db'
import { taskList } from '@/lib/worker/jobs'
import { anAccount } from './builders'
import type { MoneyIn } from './money-in'

export type Plan = Omit<Parameters<typeof saveAutoTopUp>[1], 'accountId'>

export const aPlan = (changes: Partial<Plan> = {}): Plan => ({
  isOn: true,
  minimum: '5.00',
  mode: 'amount',
  amount: '10.00',
  target: '50.00',
  monthlyLimit: null,
  ...changes,
})

export interface TopUpCustomer {
  accountId: string
  actor: Actor
  /** The saved card's id at Stripe. */
  card: string
}

/**
 * A customer who has bought $10.00 and saved a card: $11.00 of credit with the signup credit. Nobody else has the card,
 * unless its fingerprint is given.
 */
export async function aCustomerWithCard(world: MoneyIn, fingerprint = newId()): Promise<TopUpCustomer> {
  const { accountId, userId } = await anAccount()
  const actor: Actor = { kind: 'user', userId }
  await buyByHand(world, { accountId, actor }, { amount: '10.00', saveCard: false })
  return { accountId, actor, card: await saveCard(world, accountId, fingerprint) }
}

/**
 * Saves a card that pays, ending in 4242, and returns its id at Stripe. The sandbox knows few numbers, so whether it is the
 * same card as another is said here.
 */
export async function saveCard(world: MoneyIn, accountId: string, fingerprint = newId()): Promise<string> {
  const [account] = await query<{ customer: string }>(
    'select stripe_customer_id as customer from accounts where account_id = $1',
    [accountId],
  )
  const customerId = account!.customer
  const answer = await fetch(`${world.sandboxUrl}/v1/payment_methods/pm_card_visa/attach`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ customer: customerId }).toString(),
  })
  const { id: stripePaymentMethodId } = (await answer.json()) as { id: string }
  const card = {
    stripePaymentMethodId,
    customerId,
    brand: 'visa',
    last4: '4242',
    expMonth: 12,
    expYear: 2040,
    fingerprint,
  }
  const at = await now()
  await inTransaction((tx) => savePaymentMethod(tx, { accountId, actor: system('test'), card, at }))
  return stripePaymentMethodId
}

/** A purchase on Stripe's page, learned of by the return page alone. */
export async function buyByHand(
  world: MoneyIn,
  { accountId, actor }: { accountId: string; actor: Actor },
  { cardNumber, ...order }: { amount: string; saveCard: boolean; cardNumber?: string },
): Promise<void> {
  const { checkoutUrl, purchaseId } = await buyCredits(actor, { accountId, ...order })
  await world.pay(checkoutUrl, cardNumber)
  await settlePurchase(actor, { accountId, purchaseId })
}

/** The default card's id at Stripe. */
export async function savedCardOf(accountId: string): Promise<string> {
  const [row] = await query<{ id: string }>(
    'select stripe_payment_method_id as id from payment_methods where account_id = $1 and is_default and removed_at is null',
    [accountId],
  )
  return row!.id
}

/** Reports one request of gpt-oss-20b that costs `dollars`, or the next 70 nanos above. */
export async function use(accountId: string, dollars: number): Promise<void> {
  const inputTokens = BigInt(Math.ceil((dollars * 1e9) / Number(nanosPerToken)))
  const event = { eventId: newId(), model: 'gpt-oss-20b', inputTokens, cachedInputTokens: 0n, outputTokens: 0n }
  await recordUsage(system('test'), {
    accountId,
    events: [{ ...event, occurredAt: null }],
    beyondCredit: 'record',
  })
}

/** One request of gpt-oss-20b that the gate lets through or refuses. Returns whether it ran. */
export async function tryToUse(accountId: string, inputTokens: bigint): Promise<boolean> {
  const event = { eventId: newId(), model: 'gpt-oss-20b', inputTokens, cachedInputTokens: 0n, outputTokens: 0n }
  const [outcome] = await recordUsage(system('test'), {
    accountId,
    events: [{ ...event, occurredAt: null }],
    beyondCredit: 'refuse',
  })
  return outcome!.status === 'accepted'
}

/** What one input token of gpt-oss-20b costs. */
export const nanosPerToken = 70n

/** Runs the jobs that are due, and those that they lead to, as the worker does. */
export async function drainJobs(world: MoneyIn): Promise<void> {
  await runOnce({
    connectionString: world.databaseUrl,
    noHandleSignals: true,
    taskList,
    concurrency: 4,
    logger: new Logger(() => () => {}),
  })
}

/** Moves our clock and Stripe's by as much. */
export async function passTime(world: MoneyIn, ms: number): Promise<void> {
  await moveClock(new Date((await now()).getTime() + ms))
  await world.control('POST', '/clock', { advance_seconds: Math.round(ms / 1000) })
}

/** Moves on from the days at which a month turns in some zone: what is counted by months must not begin anew within a test. */
export async function insideAMonth(world: MoneyIn): Promise<void> {
  const monthIn = async (ms: number) => new Date((await now()).getTime() + ms).getUTCMonth()
  while ((await monthIn(-dayMs)) !== (await monthIn(dayMs))) await passTime(world, dayMs)
}

/** Moves both clocks forward to an instant; when it is over, not at all. */
export async function passTo(world: MoneyIn, at: Date): Promise<void> {
  const ms = at.getTime() - (await now()).getTime()
  if (ms > 0) await passTime(world, Math.ceil(ms / secondMs) * secondMs)
}

/** Amounts in cents of the account's charges that went through automatically, as the ledger has them, oldest first. */
export async function toppedUp(accountId: string): Promise<number[]> {
  const rows = await query<{ cents: bigint }>(
    `select amount / 10000000 as cents from transfers where account_id = $1 and kind = 'auto_top_up' order by seq`,
    [accountId],
  )
  return rows.map(({ cents }) => Number(cents))
}

/** What the account was told about auto top-up, oldest first: kind, and reason where there is one. */
export async function topUpNotices(accountId: string): Promise<string[]> {
  const rows = await query<{ notice: string }>(
    `select concat_ws(' ', kind, facts->>'reason') as notice from notifications
      where account_id = $1 and kind like 'top_up%' order by created_at, notification_id`,
    [accountId],
  )
  return rows.map(({ notice }) => notice)
}
