import { cents, formatMoney } from '@/lib/core/money'
import { disputeText, type Stance, stanceOf } from './rules'
import type { Dispute } from './store'

/** A dispute as pages show it. Amounts are decimal strings, instants ISO strings. */
export interface DisputeDto {
  disputeId: string
  purchaseId: string
  /** Stripe's own word, and a sentence for it. */
  status: string
  statusText: string
  stance: Stance
  reason: string | null
  /** The money that is disputed, tax included. */
  amount: string
  /** Credit that waits for the bank. */
  frozen: string
  /** Credit that is taken back, of the purchase and of the gift of its promotion code. */
  taken: string
  gift: string
  dueBy: string | null
  openedAt: string
  closedAt: string | null
}

export function disputeDto(dispute: Dispute): DisputeDto {
  return {
    disputeId: dispute.disputeId,
    purchaseId: dispute.purchaseId,
    status: dispute.status,
    statusText: disputeText(dispute.status),
    stance: stanceOf(dispute),
    reason: dispute.reason,
    amount: formatMoney(cents(dispute.amountCents, dispute.currency)),
    frozen: formatMoney(dispute.frozen),
    taken: formatMoney(dispute.taken),
    gift: formatMoney(dispute.gift),
    dueBy: dispute.dueBy?.toISOString() ?? null,
    openedAt: dispute.openedAt.toISOString(),
    closedAt: dispute.closedAt?.toISOString() ?? null,
  }
}
