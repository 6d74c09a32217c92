import type { Money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { findTransfer, openBook, saveBook } from '../ledger'
import type { TransferKind } from '../ledger/rules'
import type { GrantSource } from './rules'
import { findGrantByTransfer } from './store'
import { usualExpiry } from './usual-expiry'

const kindOfSource = {
  signup: 'signup_credit',
  purchase: 'purchase',
  auto_top_up: 'auto_top_up',
  promotion: 'promotion',
  invoice_payment: 'invoice_payment',
} as const satisfies Partial<Record<GrantSource, TransferKind>>

/**
 * Posts credit to an account and makes the grant of it. The same cause again changes nothing and names the same grant.
 * A balance below zero is paid first; what is left of the grant is what can be used.
 * @throws Refusal `not_found` when there is no such account.
 */
export async function grantCredit(
  tx: Tx,
  input: {
    accountId: string
    source: keyof typeof kindOfSource
    /** What made it, e.g. "purchase:<id>". */
    cause: string
    amount: Money
    at: Date
    priority?: number
    /** The first instant at which it cannot be used; null: never. Left out: as the operator's settings say for the source. */
    expiresAt?: Date | null
    grantId?: string
  },
): Promise<{ grantId: string; isNew: boolean }> {
  const kind = kindOfSource[input.source]
  // The book is locked first: two callers with the same cause take turns, and the second one sees the first one's transfer.
  const book = await openBook(tx, input.accountId)
  const posted = await findTransfer(tx, input.accountId, kind, input.cause)
  if (posted) return { grantId: await findGrantByTransfer(tx, input.accountId, posted.seq), isNew: false }

  const expiresAt = input.expiresAt === undefined ? await usualExpiry(tx, input) : input.expiresAt
  const { grantId } = book.credit(kind, input.cause, { ...input, expiresAt }, input.at)
  await saveBook(tx, book)
  return { grantId, isNew: true }
}
