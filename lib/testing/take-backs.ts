/** Purchases whose money goes back: what the customer, Stripe's dashboard and the banks do, played at the local Stripe. */
import { system } from '@/lib/core/actor'
import { buyCredits, settlePurchase } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
import { anAccount } from './builders'
import { type MoneyIn, sessionOf } from './money-in'

export interface Bought {
  accountId: string
  userId: string
  purchaseId: string
  paymentIntentId: string
}

/** Cards whose refunds wait for the bank a minute (of the sandbox's clock): then they are made, or fail. */
export const cardOfLateRefund = '4000000000007726'
export const cardOfFailingRefund = '4000000000005126'

/** A purchase by card, paid and settled; the account has its $1.00 of signup credit besides. */
export async function aPurchase(
  world: MoneyIn,
  {
    amount = '10.00',
    cardNumber,
    promotionCode,
    ...at
  }: { amount?: string; accountId?: string; userId?: string; cardNumber?: string; promotionCode?: string } = {},
): Promise<Bought> {
  const { accountId, userId } = at.accountId ? { accountId: at.accountId, userId: at.userId ?? '' } : await anAccount()
  const { purchaseId, checkoutUrl } = await buyCredits(system('test'), { accountId, amount, saveCard: false })
  if (promotionCode) {
    const card = { card_number: cardNumber ?? '4242424242424242' }
    await world.control('POST', `/checkout/${sessionOf(checkoutUrl)}/pay`, { ...card, promotion_code: promotionCode })
  } else await world.pay(checkoutUrl, cardNumber)
  await settlePurchase(system('test'), { accountId, purchaseId })
  return { accountId, userId, purchaseId, paymentIntentId: await paymentOf(accountId, purchaseId) }
}

export async function paymentOf(accountId: string, purchaseId: string): Promise<string> {
  const [row] = await query<{ id: string }>(
    'select payment_intent_id as id from purchases where account_id = $1 and purchase_id = $2',
    [accountId, purchaseId],
  )
  return row!.id
}

/** Calls the local Stripe as its dashboard would. */
export async function atStripe<T = { id: string; status: string }>(
  world: MoneyIn,
  path: string,
  params: Record<string, string>,
): Promise<T> {
  const answer = await fetch(`${world.sandboxUrl}/v1${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  })
  const body = (await answer.json()) as T
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`)
  return body
}

/** A refund made in Stripe's dashboard. */
export const refundInDashboard = (world: MoneyIn, paymentIntentId: string, cents: number) =>
  atStripe(world, '/refunds', { payment_intent: paymentIntentId, amount: String(cents) })

/** What a bank does to a refund. */
export const moveRefund = (world: MoneyIn, stripeRefundId: string, status: string, failureReason?: string) =>
  world.control('POST', `/refunds/${stripeRefundId}`, {
    status,
    ...(failureReason && { failure_reason: failureReason }),
  })

/** A cardholder disputes a payment (or, as an inquiry, only asks). */
export const openDispute = (
  world: MoneyIn,
  paymentIntentId: string,
  { amount, inquiry }: { amount?: number; inquiry?: boolean } = {},
): Promise<{ id: string; status: string }> =>
  world.control('POST', '/disputes', {
    payment_intent: paymentIntentId,
    ...(amount && { amount }),
    ...(inquiry && { inquiry }),
  })

/** What a bank does to a dispute. `force`: a status that Stripe has not published. */
export const moveDispute = (world: MoneyIn, stripeDisputeId: string, status: string, force = false) =>
  world.control('POST', `/disputes/${stripeDisputeId}`, { status, ...(force && { force }) })

/** Balance, and refunds and disputes with what is taken back for each, in the words of the ledger (dollars). */
export async function takenBack(accountId: string) {
  const [balance] = await query<{ balance: string }>(
    'select (balance / 1e9)::float8::text as balance from account_balances where account_id = $1',
    [accountId],
  )
  const refunds = await query<{ row: string }>(
    `select concat_ws(' ', origin, state, amount_cents / 100.0::float8, (credit / 1e9)::float8, (gift / 1e9)::float8) as row
       from refunds where account_id = $1 order by refund_id`,
    [accountId],
  )
  const disputes = await query<{ row: string }>(
    `select concat_ws(' ', status, (frozen / 1e9)::float8, (taken / 1e9)::float8, (gift / 1e9)::float8) as row
       from disputes where account_id = $1 order by dispute_id`,
    [accountId],
  )
  return {
    balance: balance!.balance,
    refunds: refunds.map(({ row }) => row),
    disputes: disputes.map(({ row }) => row),
  }
}

/** What the account was told about refunds and disputes, oldest first. */
export async function takeBackNotices(accountId: string): Promise<string[]> {
  const rows = await query<{ kind: string }>(
    `select kind from notifications where account_id = $1 and (kind like 'refund%' or kind like 'dispute%')
      order by created_at, notification_id`,
    [accountId],
  )
  return rows.map(({ kind }) => kind)
}
