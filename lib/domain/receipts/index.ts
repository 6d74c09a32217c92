/** Receipts: what was paid, with Stripe's receipt and the grant it became. */
export { listReceipts, type ReceiptDto } from './list-receipts'
