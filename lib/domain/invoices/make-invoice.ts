import { newId } from '@/lib/core/ids'
import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { openMonthlyBudget } from '../budgets'
import type { Collection } from '../contracts/rules'
import { lockBalance } from '../ledger'
import { amountToAsk, type InvoiceKind } from './rules'
import {
  insertInvoice,
  type PeriodRow,
  readAskedFor,
  readLastSeq,
  readLastUsageBefore,
  readPeriodsOver,
  takeUpVoided,
} from './store'

/** What invoices need of a contract: its terms, and how far they have come. */
export interface BillableContract {
  accountId: string
  contractId: string
  collection: Collection
  paymentTermsDays: number
  poNumber: string | null
  startedAt: Date
  billedUntil: Date
  billedSeq: bigint
}

/** How far invoices have come, and when the next month can be closed. */
export interface Billed {
  billedUntil: Date
  billedSeq: bigint
  nextCloseAt: Date
}

/**
 * Closes the billing months of a contract that are over, each with an invoice when it has something to ask for. The account is the
 * caller's (the balance row is locked), and the caller writes down how far invoices have come: so nothing is closed twice.
 */
export async function closePeriods(
  tx: Tx,
  contract: BillableContract,
  at: Date,
): Promise<{ invoiceIds: string[]; billed: Billed }> {
  const { accountId, startedAt } = contract
  const { balance } = await lockBalance(tx, accountId)
  const current = await openMonthlyBudget(tx, accountId, at)
  const over = await readPeriodsOver(tx, accountId, { after: contract.billedUntil, until: current.startsAt })
  const invoiceIds: string[] = []
  let { billedSeq } = contract
  for (const period of over) {
    const throughSeq = await readLastUsageBefore(tx, accountId, period.endsAt, billedSeq)
    const startsAt = later(period.startsAt, startedAt)
    const bounds = { startsAt, endsAt: period.endsAt, fromSeq: billedSeq, throughSeq }
    const invoiceId = await makeInvoice(tx, contract, { kind: 'monthly', period, ...bounds, balance, at })
    if (invoiceId) invoiceIds.push(invoiceId)
    billedSeq = throughSeq
  }
  const billedUntil = later(current.startsAt, contract.billedUntil)
  return { invoiceIds, billed: { billedUntil, billedSeq, nextCloseAt: current.endsAt } }
}

/**
 * Asks for everything that is outstanding and that no invoice asks for yet, at the end of a contract whose months are closed. The
 * account is the caller's. Null: there is nothing to ask for.
 */
export async function makeFinalInvoice(tx: Tx, contract: BillableContract, at: Date): Promise<string | null> {
  const { accountId, billedSeq, startedAt } = contract
  const { balance } = await lockBalance(tx, accountId)
  const current = await openMonthlyBudget(tx, accountId, at)
  const startsAt = later(current.startsAt, startedAt)
  return makeInvoice(tx, contract, {
    kind: 'final',
    period: { ...current, usageLater: 0n },
    startsAt,
    endsAt: later(at, startsAt),
    fromSeq: billedSeq,
    throughSeq: await readLastSeq(tx, accountId),
    balance,
    at,
  })
}

const later = (a: Date, b: Date): Date => (a > b ? a : b)

/** Writes down what is to be asked for, and has the worker tell Stripe. Null: nothing is to be asked for. */
async function makeInvoice(
  tx: Tx,
  contract: BillableContract,
  invoice: {
    kind: InvoiceKind
    period: PeriodRow
    startsAt: Date
    endsAt: Date
    fromSeq: bigint
    throughSeq: bigint
    balance: Money
    at: Date
  },
): Promise<string | null> {
  const { accountId, contractId, collection, paymentTermsDays, poNumber } = contract
  const { kind, period, balance, at, startsAt, endsAt, fromSeq, throughSeq } = invoice
  const { currency } = balance
  const asked = await readAskedFor(tx, accountId)
  const amountCents = amountToAsk({ balance, asked, usageLater: money(period.usageLater, currency) })
  if (amountCents === 0n) return null
  const invoiceId = newId()
  await insertInvoice(tx, {
    accountId,
    invoiceId,
    contractId,
    kind,
    period: period.period,
    startsAt,
    endsAt,
    timeZone: period.timeZone,
    fromSeq,
    throughSeq,
    amountCents,
    currency,
    collection,
    paymentTermsDays,
    poNumber,
    createdAt: at,
  })
  await takeUpVoided(tx, { accountId, invoiceId })
  await enqueue(tx, 'run-invoice', { accountId, invoiceId }, { key: `invoice:${invoiceId}` })
  return invoiceId
}
