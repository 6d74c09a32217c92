import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { defaultCurrency } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { noAccount } from '../ledger'
import { requireOperator, requireRole } from '../members'
import { AccountJournal, type JournalFormat, type JournalView, journalHeader } from './journal/rules'
import { type BookHead, historyUpTo, readAccountIds, readBookHead } from './store'

const extensions = { hledger: 'journal', beancount: 'beancount' } as const satisfies Record<JournalFormat, string>

const contentType = 'text/plain; charset=utf-8'

/**
 * An account's whole history as plain-text accounting, from the customer's side: credit is what they own.
 * @throws Refusal `not_found`, `not_allowed`, `sign_in_required`
 */
export async function exportJournal(
  actor: Actor,
  { accountId, format }: { accountId: string; format: JournalFormat },
): Promise<Download> {
  await requireRole(actor, accountId, 'account:read')
  const [head, at] = await Promise.all([readBookHead(accountId), now()])
  if (!head) throw noAccount(accountId)
  return {
    fileName: `purse-${at.toISOString().slice(0, 10)}.${extensions[format]}`,
    contentType,
    chunks: withHeader(
      journalHeader(format, 'customer', head.currency),
      entriesOf(accountId, head, { format, view: 'customer' }),
    ),
  }
}

/**
 * The whole ledger as plain-text accounting, from the house's side: customers' credit is what it owes. Accounts follow each
 * other in the order of their ids.
 * @throws Refusal `not_allowed`, `sign_in_required`
 */
export async function exportWholeJournal(
  actor: Actor,
  { format, onAccount }: { format: JournalFormat; onAccount?: (accounts: number) => void },
): Promise<Download> {
  await requireOperator(actor, 'operator:read')
  const at = await now()
  return {
    fileName: `purse-ledger-${at.toISOString().slice(0, 10)}.${extensions[format]}`,
    contentType,
    chunks: withHeader(journalHeader(format, 'operator', defaultCurrency), everyEntry(format, onAccount)),
  }
}

async function* withHeader(header: string, entries: AsyncIterable<string>): AsyncGenerator<string> {
  yield header
  yield* entries
}

const accountsAtOnce = 200

async function* everyEntry(format: JournalFormat, onAccount?: (accounts: number) => void): AsyncGenerator<string> {
  let after: string | null = null
  let accounts = 0
  for (;;) {
    const ids: string[] = await readAccountIds(after, accountsAtOnce)
    for (const accountId of ids) {
      const head = await readBookHead(accountId)
      if (head) yield* entriesOf(accountId, head, { format, view: 'operator' })
      accounts += 1
      onAccount?.(accounts)
    }
    if (ids.length < accountsAtOnce) return
    after = ids.at(-1)!
  }
}

async function* entriesOf(
  accountId: string,
  head: BookHead,
  { format, view }: { format: JournalFormat; view: JournalView },
): AsyncGenerator<string> {
  const journal = new AccountJournal(format, view, accountId, head.currency)
  yield journal.begin()
  for await (const transfers of historyUpTo(accountId, head.seq)) {
    if (transfers.length > 0) yield transfers.map((transfer) => journal.entry(transfer)).join('')
  }
  yield journal.end()
}
