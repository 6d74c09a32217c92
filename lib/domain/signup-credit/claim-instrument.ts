import { system } from '@/lib/core/actor'
import { atLeastZero, formatMoney, isMore, isPositive, isZero, least } from '@/lib/core/money'
import { crashPoint } from '@/lib/edges/crash-points'
import type { Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { recordAudit } from '../audit'
import { endGrant, findSignupGrant } from '../grants'
import { findTransfer, openBook, saveBook } from '../ledger'
import { notify } from '../notifications'
import { claimHash } from './claim-hash'
import { claim } from './store'

export interface Instrument {
  fingerprint: string
  brand: string
  last4: string
}

/**
 * Claims a saved card for the account's signup credit. When another account with signup credit had the card first, this one loses
 * what is left of its own: what open holds stand on goes when they close, and what is used stays used. An account that never had
 * signup credit claims nothing.
 */
export async function claimInstrument(
  tx: Tx,
  { accountId, card, at }: { accountId: string; card: Instrument; at: Date },
): Promise<void> {
  const grantId = await findSignupGrant(tx, accountId)
  if (!grantId) return
  const hash = claimHash('fingerprint', card.fingerprint)
  if (!hash) {
    log.error(
      { accountId },
      'NEXTAUTH_SECRET is not set here: nobody compares who had the signup credit with this card',
    )
    return
  }
  const holder = await claim(tx, { kind: 'fingerprint', hash, accountId, at })
  if (holder !== accountId) await takeBack(tx, { accountId, grantId, card, at })
}

async function takeBack(
  tx: Tx,
  { accountId, grantId, card, at }: { accountId: string; grantId: string; card: Instrument; at: Date },
): Promise<void> {
  const cause = `grant:${grantId}`
  const book = await openBook(tx, accountId, { grantIds: [grantId] })
  if (await findTransfer(tx, accountId, 'signup_credit_returned', cause)) return
  book.expireDue(at)
  const left = book.leftOf(grantId)
  if (isZero(left)) return

  const amount = least(left, atLeastZero(book.available))
  if (isPositive(amount)) book.takeBack('signup_credit_returned', cause, { grantId, amount }, at)
  await saveBook(tx, book)
  const isHeld = isMore(left, amount)
  if (isHeld) await endGrant(tx, accountId, grantId, at)
  await notify(tx, {
    accountId,
    kind: 'signup_credit_returned',
    cause,
    facts: { amount: formatMoney(amount), isHeld, card: { brand: card.brand, last4: card.last4 } },
    at,
  })
  await recordAudit(tx, {
    accountId,
    actor: system('signup-credit'),
    action: 'signup_credit.returned',
    after: { grantId, amount: formatMoney(amount), isHeld },
    at,
  })
  crashPoint('signup-credit:before-commit')
}
