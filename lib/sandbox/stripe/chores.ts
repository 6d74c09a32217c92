import { expireSession } from './checkout/expire-session'
import { finishDebit } from './checkout/finish-debit'
import { finalizeWhenDue, tellOverdue } from './invoices/advance-invoice'
import { collectInvoice } from './invoices/pay-invoice'
import { decideDispute } from './payments/dispute-evidence'
import { answerRefundLate } from './payments/refund-charge'
import { settleCharge } from './payments/settle-charge'
import { refreshCoupon } from './resources/coupons'
import { refreshPromotionCode } from './resources/promotion-codes'
import { noCause, type World } from './state/world'

/** Does what the clock says is due: sessions run out, charges settle, banks answer. Earliest first. */
export function runDueChores(world: World): void {
  const now = world.clock.now()
  const due = world.store
    .oldestFirst('chores')
    .filter((chore) => chore.dueAt <= now)
    .sort((a, b) => a.dueAt - b.dueAt)
  for (const chore of due) {
    world.store.transaction(() => {
      world.store.remove('chores', chore.id)
      if (chore.kind === 'settle_charge') return settleCharge(world, chore.target)
      if (chore.kind === 'finish_bank_debit') return void finishDebit(world, chore.target)
      if (chore.kind === 'end_coupon') return refreshCoupon(world, chore.target)
      if (chore.kind === 'end_promotion_code') return refreshPromotionCode(world, chore.target)
      if (chore.kind === 'succeed_refund') return answerRefundLate(world, noCause, chore.target, 'succeeded')
      if (chore.kind === 'fail_refund') return answerRefundLate(world, noCause, chore.target, 'failed')
      if (chore.kind === 'decide_dispute') return decideDispute(world, chore.target)
      if (chore.kind === 'finalize_invoice') return finalizeWhenDue(world, chore.target)
      if (chore.kind === 'collect_invoice') return collectInvoice(world, noCause, chore.target)
      if (chore.kind === 'invoice_due') return tellOverdue(world, chore.target)
      const session = world.store.get('checkoutSessions', chore.target)
      if (session?.status === 'open') expireSession(world, noCause, session)
    })
  }
}
