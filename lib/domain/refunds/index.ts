/** Refunds: money that goes back, and the credit that goes with it. Disputes take credit back by the same rules. */
export type { RefundDto } from './dto'
export { listRefunds, listRefundsAsOperator } from './list-refunds'
export { previewRefund, previewRefundAsOperator, type RefundPreviewDto } from './preview-refund'
export { refundPurchase, requestRefund } from './request-refund'
export { runRefund } from './run-refund'
export { sweepRefunds } from './sweep-refunds'
export { syncByCharge, syncByPayment, syncRefunds } from './sync-refunds'
export { hasTakenBackDebt } from './taken-back-debt'
