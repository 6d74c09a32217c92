/** Invoices of post-paid accounts: what one asks for, what it is made of, and when it is late. Pure; also runs in the browser. */

/** intended: not at Stripe yet. Then Stripe's own. */
export const invoiceStates = ['intended', 'draft', 'open', 'paid', 'void', 'uncollectible'] as const
export type InvoiceState = (typeof invoiceStates)[number]

/**
 * As people see it. preparing: not finalized at Stripe yet. past_due: open, and the due date is over. Everything else as Stripe
 * has it.
 */
export const shownStates = ['preparing', 'open', 'past_due', 'paid', 'void', 'uncollectible'] as const
export type ShownInvoiceState = (typeof shownStates)[number]

/** Why an open invoice was not paid: the card was declined, or the bank asks the customer to confirm. */
export type InvoiceProblem = 'payment_failed' | 'action_required'

/** monthly: of a billing month. final: of a contract that ended. */
export type InvoiceKind = 'monthly' | 'final'

/** usage: of a model. earlier: outstanding from before. credit: credit that was used first, below zero. */
export type InvoiceLineKind = 'usage' | 'earlier' | 'credit'

export function shownState({ state, dueAt }: { state: InvoiceState; dueAt: Date | null }, at: Date): ShownInvoiceState {
  if (state === 'intended' || state === 'draft') return 'preparing'
  return state === 'open' && dueAt !== null && at >= dueAt ? 'past_due' : state
}
