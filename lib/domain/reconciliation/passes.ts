/** The ways through a reconciliation: from Stripe's lists to our books, from our books to Stripe, and over the accounts. */
import { compare, displayMoney, money } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { pool } from '@/lib/edges/db'
import {
  type ListedBalanceTransaction,
  type ListingWindow,
  listBalanceTransactions,
  listDisputes,
  listPayments,
  listRefunds,
} from '@/lib/edges/stripe'
import { examinePayments, examinePurchase, report } from './examine'
import { compareReturned } from './invoices'
import { inParallel, readPaymentsById } from './read-sides'
import type { Phase, Run } from './run'
import {
  type AccountTotal,
  isCompared,
  type PurchasePlace,
  readAccountTotals,
  readCompared,
  readPaidOfAccount,
  readUncompared,
  readUnresolved,
} from './store'

/** Stripe's clock and ours may differ by this much, and a list may lag. */
const overlapMs = hourMs
const pageSize = 100
const accountsAtOnce = 500

/** Every object of Stripe's in the window; of an older payment, when something of it moved in the window. */
export async function compareStripe(run: Run): Promise<void> {
  const window: ListingWindow = { since: run.since, until: new Date(run.startedAt.getTime() + overlapMs) }
  const { counts } = run
  for await (const page of listPayments(window)) {
    await examinePayments(run, page)
    await compareReturned(run, page)
    counts.payments += page.length
    tell(run, 'payments', counts.payments)
  }
  for await (const page of listRefunds(window)) {
    await examineOlder(run, page)
    counts.refunds += page.length
    tell(run, 'refunds', counts.refunds)
  }
  for await (const page of listDisputes(window)) {
    await examineOlder(run, page)
    counts.disputes += page.length
    tell(run, 'disputes', counts.disputes)
  }
  for await (const page of listBalanceTransactions(window)) {
    await examineOlder(run, page)
    await compareBalanceTransactions(run, page)
    counts.balanceTransactions += page.length
    tell(run, 'balance transactions', counts.balanceTransactions)
  }
}

const tell = (run: Run, phase: Phase, done: number): void => run.onProgress({ phase, done })

/** Compares the payments that objects belong to and that this run has not seen yet. */
async function examineOlder(run: Run, objects: { paymentIntentId: string | null }[]): Promise<void> {
  const ids = [...new Set(objects.map(({ paymentIntentId }) => paymentIntentId).filter((id) => id !== null))]
  const compared = await readCompared(pool(), run.reportId, ids)
  const payments = await readPaymentsById(ids.filter((id) => !compared.has(id)))
  await examinePayments(run, payments)
  await compareReturned(run, payments)
}

/** A movement of our balance must be of the amount that its charge or refund says. */
async function compareBalanceTransactions(run: Run, page: ListedBalanceTransaction[]): Promise<void> {
  const differing = page.filter(({ sourceAmount, amount }) => sourceAmount && compare(sourceAmount, amount) !== 0)
  const ids = differing.map(({ paymentIntentId }) => paymentIntentId).filter((id) => id !== null)
  const compared = await readCompared(pool(), run.reportId, ids)
  for (const { balanceTransactionId, paymentIntentId, amount, sourceAmount, sourceId } of differing) {
    if (paymentIntentId === null || compared.get(paymentIntentId)?.isForeign !== false) continue
    await report(
      run,
      {
        kind: 'balance_transaction_differs',
        accountId: null,
        purchaseId: null,
        paymentIntentId,
        objectId: balanceTransactionId,
        atStripe: amount,
        inBooks: sourceAmount,
        sentence: `The balance moved by ${displayMoney(amount)} for ${sourceId}, which says ${displayMoney(sourceAmount!)}.`,
      },
      'open',
    )
  }
}

/** Every purchase that says it was paid and that no payment of Stripe's has led to. */
export async function comparePurchases(run: Run): Promise<void> {
  for (let after: PurchasePlace | null = null; ; ) {
    const { reportId, since } = run
    const places: PurchasePlace[] = await readUncompared(pool(), { reportId, since, after, limit: pageSize })
    await inParallel(places, (place) => examinePurchase(run, place))
    run.counts.purchases += places.length
    if (places.length > 0) tell(run, 'purchases', run.counts.purchases)
    after = places.at(-1) ?? null
    if (places.length < pageSize) return
  }
}

/** What earlier reports left open is looked at again, however old it is: it is found anew, or it is over. */
export async function compareEarlier(run: Run): Promise<void> {
  for (let after: string | null = null, done = 0; ; ) {
    const earlier = await readUnresolved(pool(), { reportId: run.reportId, after, limit: pageSize })
    await examineOlder(run, earlier)
    for (const { purchaseId } of earlier) {
      if (purchaseId && !(await isCompared(pool(), run.reportId, purchaseId)))
        await examinePurchase(run, { purchaseId })
    }
    done += earlier.length
    if (earlier.length > 0) tell(run, 'earlier findings', done)
    after = earlier.at(-1)?.findingId ?? null
    if (earlier.length < pageSize) return
  }
}

/**
 * The payments bucket of each account, summed from its transfers alone, against what its payments at Stripe stand for: a
 * transfer that belongs to no payment is found by that alone.
 */
export async function compareAccounts(run: Run): Promise<void> {
  const { reportId } = run
  for (let after: string | null = null, done = 0; ; ) {
    const accounts: AccountTotal[] = await readAccountTotals(pool(), { reportId, after, limit: accountsAtOnce })
    for (const account of accounts)
      if (account.expected !== account.posted) await compareAccount(run, account.accountId)
    done += accounts.length
    tell(run, 'accounts', done)
    after = accounts.at(-1)?.accountId ?? null
    if (accounts.length < accountsAtOnce) return
  }
}

/** Something may have been bought or returned since the account's payments were compared: they are compared again. */
async function compareAccount(run: Run, accountId: string): Promise<void> {
  const places = await readPaidOfAccount(pool(), accountId)
  await inParallel(places, (place) => examinePurchase(run, place))
  const [total] = await readAccountTotals(pool(), { reportId: run.reportId, after: null, limit: 1, only: accountId })
  if (!total || total.expected === total.posted) return
  const [expected, posted] = [money(total.expected, total.currency), money(total.posted, total.currency)]
  await report(
    run,
    {
      kind: 'account_total_differs',
      accountId,
      purchaseId: null,
      paymentIntentId: null,
      objectId: accountId,
      atStripe: expected,
      inBooks: posted,
      sentence: `The payments of this account stand for ${displayMoney(expected)} of credit, and its transfers for ${displayMoney(posted)}.`,
    },
    'open',
  )
}
