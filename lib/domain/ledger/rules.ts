/** The kinds of movement, their buckets, and the text that the hash chain is made of. Pure; also runs in the browser. */
import { invariant } from '@/lib/core/errors'
import { add, isPositive, type Money, subtract } from '@/lib/core/money'

/**
 * From bucket, to bucket. `credit` is the customer's own; the others are the house's and keep no running balance.
 * The database holds the same list (prisma/migrations, transfers_kind).
 */
export const transferKinds = {
  signup_credit: ['promotions', 'credit'],
  purchase: ['payments', 'credit'],
  auto_top_up: ['payments', 'credit'],
  usage: ['credit', 'revenue'],
} as const

export type TransferKind = keyof typeof transferKinds
export type Bucket = (typeof transferKinds)[TransferKind][number]

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

/**
 * The text whose SHA-256 (UTF-8) is the transfer's hash: one field a line, the previous hash (hex; 64 zeros before the
 * first) among them, so that no line of an account's history can change without changing every later hash. Fields hold no
 * line breaks (the database checks causes; the rest are ids, numbers and fixed words).
 */
export function hashedText(previousHash: string, transfer: Transfer): string {
  return [
    'purse.transfer.v1',
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
  ].join('\n')
}

/** What a movement was, for people. */
export const movementText = ({ kind, cause }: { kind: TransferKind; cause: string }): string =>
  cause.startsWith('expired_hold:') ? 'Usage of a request that never finished, as it last reported' : kindTexts[kind]

const kindTexts: Record<TransferKind, string> = {
  signup_credit: 'Signup credit',
  purchase: 'Credits bought',
  auto_top_up: 'Auto top-up',
  usage: 'Usage',
}
