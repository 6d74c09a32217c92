/** The kinds of movement, their buckets, and the text that the hash chain is made of. Pure; also runs in the browser. */
import { invariant } from '@/lib/core/errors'
import { add, isPositive, type Money, subtract } from '@/lib/core/money'
import type { Draw, GrantSource } from '../grants/rules'

/**
 * From bucket, to bucket. `credit` is the customer's own; the others are the house's and keep no running balance.
 * The database holds the same list (prisma/migrations, transfers_kind).
 */
export const transferKinds = {
  signup_credit: ['promotions', 'credit'],
  purchase: ['payments', 'credit'],
  auto_top_up: ['payments', 'credit'],
  invoice_payment: ['payments', 'credit'],
  usage: ['credit', 'revenue'],
  promotion: ['promotions', 'credit'],
  promotion_returned: ['credit', 'promotions'],
  signup_credit_returned: ['credit', 'promotions'],
  refund: ['credit', 'payments'],
  refund_reversed: ['payments', 'credit'],
  dispute_frozen: ['credit', 'disputed'],
  dispute_released: ['disputed', 'credit'],
  dispute_lost: ['credit', 'payments'],
  dispute_won_back: ['payments', 'credit'],
  expiry: ['credit', 'expired'],
} as const

export type TransferKind = keyof typeof transferKinds
export type Bucket = (typeof transferKinds)[TransferKind][number]

/** Kinds that bring a grant of their own. */
export type CreditingKind = 'signup_credit' | 'purchase' | 'auto_top_up' | 'promotion' | 'invoice_payment'

/** Kinds that take credit of one grant back, whoever has used it meanwhile. */
export type TakingKind = 'refund' | 'promotion_returned' | 'signup_credit_returned' | 'dispute_frozen' | 'dispute_lost'

/** Kinds that undo one of those: the credit is on its grant again. */
export type ReturningKind = 'refund_reversed' | 'dispute_released' | 'dispute_won_back' | 'promotion'

export interface Transfer {
  accountId: string
  seq: bigint
  kind: TransferKind
  cause: string
  fromBucket: Bucket
  toBucket: Bucket
  amount: Money
  balanceAfter: Money
  postedAt: Date
}

/** The credit balance after a movement of `amount`. */
export function balanceAfter(balance: Money, kind: TransferKind, amount: Money): Money {
  invariant(isPositive(amount), 'a transfer moves a positive amount')
  return transferKinds[kind][1] === 'credit' ? add(balance, amount) : subtract(balance, amount)
}

/** What a transfer did to the balance: the amount with its sign. */
export const signedAmount = (kind: TransferKind, nanos: bigint): bigint =>
  transferKinds[kind][1] === 'credit' ? nanos : -nanos

/** What a transfer's hash says of the grant that it brought. */
export interface HashedGrant {
  grantId: string
  source: GrantSource
  amount: Money
  priority: number
  grantedAt: Date
  expiresAt: Date | null
}

/** The form of the hashes that are made today; form 1 said nothing of grants and draws (docs/proof.md). */
export const hashForm = 2

/**
 * The text whose SHA-256 (UTF-8) is the transfer's hash: one field a line, the previous hash (hex; 64 zeros before the
 * first) among them, so that no line of an account's history can change without changing every later hash; then the grant that
 * it brought and its draws in the order of the grants' ids. Fields hold no line breaks (the database checks causes; the rest
 * are ids, numbers and fixed words).
 */
export function hashedText(previousHash: string, transfer: Transfer, grant: HashedGrant | null, draws: Draw[]): string {
  return [
    `purse.transfer.v${hashForm}`,
    previousHash,
    transfer.accountId,
    transfer.seq.toString(),
    transfer.kind,
    transfer.cause,
    transfer.fromBucket,
    transfer.toBucket,
    transfer.amount.nanos.toString(),
    transfer.amount.currency,
    transfer.balanceAfter.nanos.toString(),
    transfer.postedAt.toISOString(),
    ...(grant ? [hashedGrant(grant)] : []),
    ...draws
      .toSorted((a, b) => (a.grantId < b.grantId ? -1 : 1))
      .map((draw) => `draw ${draw.grantId} ${draw.amount.nanos}`),
  ].join('\n')
}

const hashedGrant = ({ grantId, source, amount, priority, grantedAt, expiresAt }: HashedGrant): string =>
  `grant ${grantId} ${source} ${amount.nanos} ${amount.currency} ${priority} ${grantedAt.toISOString()} ${expiresAt?.toISOString() ?? 'never'}`

/** What a movement was, for people. `source` is where the credit that it moved had come from, when that is known. */
export function movementText({
  kind,
  cause,
  source,
}: {
  kind: TransferKind
  cause: string
  source?: GrantSource | null
}): string {
  if (cause.startsWith('expired_hold:')) return 'Usage of a request that never finished, as it last reported'
  return kind === 'expiry' && source ? expiredTexts[source] : kindTexts[kind]
}

const expiredTexts: Record<GrantSource, string> = {
  signup: 'Signup credit expired',
  purchase: 'Bought credit expired',
  auto_top_up: 'Credit of an auto top-up expired',
  promotion: 'Promotion expired',
  adjustment: 'Adjustment expired',
  invoice_payment: 'Credit of an invoice payment expired',
}

const kindTexts: Record<TransferKind, string> = {
  signup_credit: 'Signup credit',
  purchase: 'Credits bought',
  auto_top_up: 'Auto top-up',
  invoice_payment: 'Invoice paid',
  usage: 'Usage',
  promotion: 'Promotion',
  promotion_returned: 'Promotion of a refunded purchase taken back',
  signup_credit_returned: 'Signup credit taken back: the card had it before',
  refund: 'Refund',
  refund_reversed: 'A refund that did not go through: the credit is back',
  dispute_frozen: 'Frozen while the bank decides about a chargeback',
  dispute_released: 'No longer frozen by a chargeback',
  dispute_lost: 'Chargeback',
  dispute_won_back: 'A chargeback was taken back: the credit is there again',
  expiry: 'Credit expired',
}
