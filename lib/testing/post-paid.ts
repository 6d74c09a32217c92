/** Post-paid customers, and what becomes of their invoices at the local Stripe. */
import { closeMonths, startContract } from '@/lib/domain/contracts'
import { settleInvoice, sweepInvoices } from '@/lib/domain/invoices'
import { ensureCustomer } from '@/lib/domain/payment-methods'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, tester } from './builders'
import type { MoneyIn } from './money-in'
import { atStripe } from './take-backs'
import { buyByHand, drainJobs, passTime, saveCard, use } from './top-ups'

export interface PostPaidCustomer {
  accountId: string
  userId: string
}

type Terms = Omit<Parameters<typeof startContract>[1], 'accountId'>

/**
 * A customer with a contract: $1.00 of signup credit, a credit limit of $1,000 and 30 days, unless said otherwise. With a world, a
 * card can be saved, and credit bought.
 */
export async function aPostPaidCustomer(
  terms: Partial<Terms> = {},
  { world, bought, hasCard = false }: { world?: MoneyIn; bought?: string; hasCard?: boolean } = {},
): Promise<PostPaidCustomer> {
  const { accountId, userId } = await anAccount()
  if (world && bought) await buyByHand(world, { accountId, actor: tester }, { amount: bought, saveCard: false })
  if (world && hasCard) {
    await ensureCustomer(accountId)
    await saveCard(world, accountId)
  }
  await startContract(tester, {
    accountId,
    creditLimit: '1000',
    paymentTermsDays: 30,
    collection: 'send_invoice',
    ...terms,
  })
  return { accountId, userId }
}

/** The end of the account's running billing month. */
export async function endOfMonth(accountId: string): Promise<Date> {
  const [row] = await query<{ at: Date }>(
    'select next_close_at as at from contracts where account_id = $1 and ended_at is null',
    [accountId],
  )
  return row!.at
}

/** Moves our clock, and Stripe's where there is one, to an instant. */
export async function goTo(world: MoneyIn | null, instant: Date): Promise<void> {
  const ms = instant.getTime() - (await now()).getTime()
  if (world) await passTime(world, ms)
  else await moveClock(instant)
}

/** Lets the month of an account turn, closes it, and has the worker do what follows. */
export async function turnMonth(world: MoneyIn, accountId: string): Promise<void> {
  await goTo(world, new Date((await endOfMonth(accountId)).getTime() + 60_000))
  await closeMonths(tester)
  await drainJobs(world)
}

/** A customer whose month of `dollars` beyond credit has turned: one open invoice. */
export async function anOpenInvoice(
  world: MoneyIn,
  { dollars = 30, hasCard = false, ...terms }: Partial<Terms> & { dollars?: number; hasCard?: boolean } = {},
): Promise<PostPaidCustomer & { invoiceId: string; stripeInvoiceId: string }> {
  const customer = await aPostPaidCustomer(terms, { world, hasCard })
  await use(customer.accountId, dollars + 1)
  await turnMonth(world, customer.accountId)
  const [invoice] = await invoicesOf(customer.accountId)
  return { ...customer, invoiceId: invoice!.invoiceId, stripeInvoiceId: invoice!.stripeInvoiceId! }
}

export interface InvoiceSummary {
  invoiceId: string
  stripeInvoiceId: string | null
  period: string
  state: string
  cents: number
  rest: number
  paid: number | null
}

/** The account's invoices, oldest first. Amounts in cents. */
export async function invoicesOf(accountId: string): Promise<InvoiceSummary[]> {
  const rows = await query<
    Omit<InvoiceSummary, 'cents' | 'rest' | 'paid'> & { cents: bigint; rest: bigint; paid: bigint | null }
  >(
    `select i.invoice_id as "invoiceId", i.stripe_invoice_id as "stripeInvoiceId", i.period, i.state, i.amount_cents as cents, i.paid_cents as paid,
            case when i.state in ('paid', 'void') then 0 else i.amount_cents - coalesce((select sum(n.amount_cents) from invoice_credit_notes n
              where n.account_id = i.account_id and n.invoice_id = i.invoice_id and n.state <> 'canceled'), 0) end::bigint as rest
       from invoices i where i.account_id = $1 order by i.created_at, i.invoice_id`,
    [accountId],
  )
  return rows.map((row) => ({
    ...row,
    cents: Number(row.cents),
    rest: Number(row.rest),
    paid: row.paid === null ? null : Number(row.paid),
  }))
}

/** The account's first invoice, which is at Stripe or about to be. */
export async function theInvoiceOf(accountId: string): Promise<{ invoiceId: string; stripeInvoiceId: string }> {
  const [invoice] = await invoicesOf(accountId)
  return { invoiceId: invoice!.invoiceId, stripeInvoiceId: invoice!.stripeInvoiceId ?? '' }
}

/** An account's money in cents, with what is below a cent cut off, and its state. */
export async function standingOf(accountId: string): Promise<{ balance: number; mode: string; isPaused: boolean }> {
  const [row] = await query<{ balance: bigint; mode: string; is_paused: boolean }>(
    `select (b.balance / 10000000)::bigint as balance, a.billing_mode as mode, a.payment_paused_at is not null as is_paused
       from accounts a join account_balances b on b.account_id = a.account_id where a.account_id = $1`,
    [accountId],
  )
  return { balance: Number(row!.balance), mode: row!.mode, isPaused: row!.is_paused }
}

/** What the account was told of its invoices and of pauses, oldest first. */
export async function invoiceNotices(accountId: string): Promise<string[]> {
  const rows = await query<{ notice: string }>(
    `select concat_ws(' ', kind, facts->>'problem', facts->>'code') as notice from notifications
      where account_id = $1 and (kind like 'invoice%' or kind like 'usage%') order by created_at, notification_id`,
    [accountId],
  )
  return rows.map(({ notice }) => notice)
}

/** Pays an open invoice at Stripe with a test card that always works, or with the given one. */
export const payAtStripe = (world: MoneyIn, stripeInvoiceId: string, cardNumber = '4242424242424242') =>
  world.control('POST', `/invoices/${stripeInvoiceId}/pay`, { card_number: cardNumber })

/** What staff does in Stripe's dashboard. */
export const voidAtStripe = (world: MoneyIn, stripeInvoiceId: string) =>
  atStripe(world, `/invoices/${stripeInvoiceId}/void`, {})
export const giveUpAtStripe = (world: MoneyIn, stripeInvoiceId: string) =>
  atStripe(world, `/invoices/${stripeInvoiceId}/mark_uncollectible`, {})

/** Our invoices as Stripe has them: id, status, total, what is left, and the lines' amounts. */
export async function atStripeOf(world: MoneyIn, accountId: string) {
  const answer = await fetch(`${world.sandboxUrl}/v1/invoices?limit=100`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { data } = (await answer.json()) as {
    data: {
      id: string
      status: string
      total: number
      amount_remaining: number
      metadata: Record<string, string>
      due_date: number | null
      custom_fields: { name: string; value: string }[] | null
      lines: { data: { amount: number; description: string }[] }
    }[]
  }
  return data.filter(({ metadata }) => metadata.account_id === accountId).reverse()
}

/** Brings our side in line with Stripe, as an event would. */
export const learn = (accountId: string, invoiceId: string) => settleInvoice(tester, { accountId, invoiceId })

/** What the worker does in the minutes after: what is due, and what that leads to. */
export async function carryOn(world: MoneyIn): Promise<void> {
  await drainJobs(world)
  await passTime(world, 61 * 60_000)
  await closeMonths(tester)
  await sweepInvoices(tester)
  await drainJobs(world)
}
