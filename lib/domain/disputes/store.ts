/** The only SQL of disputes. */
import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'

/** A chargeback, or a question that may become one, as we know it. */
export interface Dispute {
  accountId: string
  disputeId: string
  purchaseId: string
  stripeDisputeId: string
  /** Stripe's own word. */
  status: string
  reason: string | null
  amountCents: bigint
  withdrawnCents: bigint
  isChargeRefundable: boolean
  /** What of the purchase's credit waits for the bank now, and what is taken back now; never both. */
  frozen: Money
  taken: Money
  /** What of the promotion code's gift is taken back now. */
  gift: Money
  currency: string
  movements: number
  dueBy: Date | null
  openedAt: Date
  /** When Stripe was asked, by the database's own clock, for what stands here. */
  updatedAt: Date
  closedAt: Date | null
}

interface DisputeRow extends Omit<Dispute, 'frozen' | 'taken' | 'gift'> {
  frozen: bigint
  taken: bigint
  gift: bigint
}

const select = `select account_id as "accountId", dispute_id as "disputeId", purchase_id as "purchaseId",
    stripe_dispute_id as "stripeDisputeId", status, reason, amount_cents as "amountCents",
    withdrawn_cents as "withdrawnCents", is_charge_refundable as "isChargeRefundable", frozen, taken, gift, currency,
    movements, due_by as "dueBy", opened_at as "openedAt", updated_at as "updatedAt", closed_at as "closedAt"
  from disputes`

const disputeOf = ({ frozen, taken, gift, ...row }: DisputeRow): Dispute => ({
  ...row,
  frozen: money(frozen, row.currency),
  taken: money(taken, row.currency),
  gift: money(gift, row.currency),
})

/** The disputes of one purchase (of all, without one), in the order in which we heard of them. */
export async function readDisputes(tx: Tx, accountId: string, purchaseId?: string): Promise<Dispute[]> {
  const { rows } = await tx.query<DisputeRow>(
    `${select} where account_id = $1 and ($2::uuid is null or purchase_id = $2) order by dispute_id`,
    [accountId, purchaseId ?? null],
  )
  return rows.map(disputeOf)
}

/** Writes a dispute as it is now. The caller has locked its purchase. */
export async function saveDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx.query(
    `insert into disputes (account_id, dispute_id, purchase_id, stripe_dispute_id, status, reason, amount_cents, withdrawn_cents,
                           is_charge_refundable, frozen, taken, gift, currency, movements, due_by, opened_at, updated_at, closed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     on conflict (account_id, dispute_id) do update set
       status = excluded.status, reason = excluded.reason, amount_cents = excluded.amount_cents,
       withdrawn_cents = excluded.withdrawn_cents, is_charge_refundable = excluded.is_charge_refundable,
       frozen = excluded.frozen, taken = excluded.taken, gift = excluded.gift, movements = excluded.movements,
       due_by = excluded.due_by, updated_at = excluded.updated_at, closed_at = excluded.closed_at`,
    [
      dispute.accountId,
      dispute.disputeId,
      dispute.purchaseId,
      dispute.stripeDisputeId,
      dispute.status,
      dispute.reason,
      dispute.amountCents,
      dispute.withdrawnCents,
      dispute.isChargeRefundable,
      dispute.frozen.nanos,
      dispute.taken.nanos,
      dispute.gift.nanos,
      dispute.currency,
      dispute.movements,
      dispute.dueBy,
      dispute.openedAt,
      dispute.updatedAt,
      dispute.closedAt,
    ],
  )
}

/** Purchases with an open dispute that Stripe was not asked about for `hours`, those waiting longest first. */
export async function readUnaskedDisputes(
  tx: Tx,
  hours: number,
  limit: number,
): Promise<{ accountId: string; purchaseId: string }[]> {
  const { rows } = await tx.query<{ accountId: string; purchaseId: string }>(
    `select account_id as "accountId", purchase_id as "purchaseId" from disputes
      where closed_at is null and updated_at < clock_timestamp() - make_interval(hours => $1)
      order by updated_at limit $2`,
    [hours, limit],
  )
  return rows
}
