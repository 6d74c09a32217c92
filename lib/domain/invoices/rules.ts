/** Invoices of post-paid accounts: what one asks for, what it is made of, when it is late and what that means. Pure; also runs in the browser. */
import { atLeastZero, type Money, money, nanosPerCent, negate, subtract } from '@/lib/core/money'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'

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

const followers: Record<InvoiceState, readonly InvoiceState[]> = {
  intended: ['draft', 'open', 'paid', 'void', 'uncollectible'],
  draft: ['open', 'paid', 'void', 'uncollectible'],
  open: ['paid', 'void', 'uncollectible'],
  uncollectible: ['paid', 'void'],
  paid: [],
  void: [],
}

/** Whether news moves an invoice on. What was read a while ago never takes it back. */
export const mayBecome = (state: InvoiceState, next: InvoiceState): boolean => followers[state].includes(next)

/** Whether an invoice still asks for money, or will: what it asks for comes on no other one. */
export const asks = (state: InvoiceState): boolean => state !== 'paid' && state !== 'void'

/** What Stripe can collect at least. Less stays outstanding and comes with the next invoice. */
export const smallestInvoiceCents = 50n

const floorCents = (amount: Money): bigint => (amount.nanos < 0n ? 0n : amount.nanos / nanosPerCent)

/**
 * What an invoice asks for, in cents: what is outstanding, without what other invoices ask for already and without the usage of
 * later months. Credit that came in the meantime has paid debt first. The part below a cent stays outstanding.
 */
export function amountToAsk(facts: { balance: Money; asked: Money; usageLater: Money }): bigint {
  const outstanding = atLeastZero(negate(facts.balance))
  const amount = floorCents(subtract(subtract(outstanding, facts.asked), facts.usageLater))
  return amount < smallestInvoiceCents ? 0n : amount
}

export interface UsedModel {
  model: string
  amount: Money
  events: bigint
  inputTokens: bigint
  cachedInputTokens: bigint
  outputTokens: bigint
}

export interface InvoiceLine {
  kind: InvoiceLineKind
  amountCents: bigint
  /** The exact figure that was rounded. */
  amount: Money
  used: UsedModel | null
}

/**
 * The lines of an invoice: the usage of each model at its price, what was outstanding from before (`carriedCents`: of invoices that
 * were voided), and the credit that was used first. They add up to the invoice, and none is a cent or more away from its exact figure.
 */
export function linesOf(invoice: { amountCents: bigint; carriedCents: bigint; used: UsedModel[] }): InvoiceLine[] {
  const { amountCents, carriedCents } = invoice
  const used = [...invoice.used].sort((a, b) => (a.model < b.model ? -1 : 1))
  const total = used.reduce((sum, { amount }) => sum + amount.nanos, 0n)
  const rest = (amountCents - carriedCents) * nanosPerCent - total
  const restCents = rest / nanosPerCent // toward zero
  const shares = shareOut(
    used.map(({ amount }) => amount.nanos),
    amountCents - carriedCents - restCents,
  )
  const earlierCents = carriedCents + (restCents > 0n ? restCents : 0n)
  const lines = used.map(
    (of, index): InvoiceLine => ({ kind: 'usage', amountCents: shares[index]!, amount: of.amount, used: of }),
  )
  if (earlierCents > 0n) {
    const exact = carriedCents * nanosPerCent + (rest > 0n ? rest : 0n)
    lines.push({ kind: 'earlier', amountCents: earlierCents, amount: money(exact), used: null })
  }
  if (restCents < 0n) lines.push({ kind: 'credit', amountCents: restCents, amount: money(rest), used: null })
  return lines
}

/** Whole cents for amounts, `total` in all, by largest remainders. `total` is less than a cent away from their sum. */
function shareOut(amounts: bigint[], total: bigint): bigint[] {
  const shares = amounts.map((nanos) => nanos / nanosPerCent)
  const missing = total - shares.reduce((sum, share) => sum + share, 0n)
  const byRemainder = amounts
    .map((nanos, index) => ({ index, remainder: nanos % nanosPerCent }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of byRemainder.slice(0, Number(missing))) shares[index]! += 1n
  return shares
}

/**
 * The lines of an invoice with automatic tax, to which Stripe adds no negative amounts: what credit paid is taken off the others, each
 * in its share, to the cent. Tax is of what is asked for.
 */
export function withoutCredit<Line extends Pick<InvoiceLine, 'kind' | 'amountCents'>>(lines: Line[]): Line[] {
  const sumOf = (of: Line[]) => of.reduce((sum, { amountCents }) => sum + amountCents, 0n)
  const others = lines.filter(({ kind }) => kind !== 'credit')
  const [asked, total] = [sumOf(lines), sumOf(others)]
  if (asked === total) return lines
  let [before, given] = [0n, 0n]
  return others.map((line) => {
    before += line.amountCents
    const amountCents = (before * asked) / total - given
    given += amountCents
    return { ...line, amountCents }
  })
}

export interface OpenInvoice {
  invoiceId: string
  state: InvoiceState
  /** What it still asks for, in cents. */
  restCents: bigint
  /** A credit note for it is on its way to Stripe. */
  isBeingCredited: boolean
}

/**
 * What credit notes take off invoices because credit has paid for it: after it they ask for no more than is outstanding. Open ones
 * come first, the oldest before the others, then those that were given up. Part of a cent is taken as a whole one; a rest too small
 * to be paid is taken off as well. What a note is on its way for waits for that.
 */
export function creditsDue(balance: Money, invoices: OpenInvoice[]): { invoiceId: string; cents: bigint }[] {
  const outstanding = atLeastZero(negate(balance))
  const asked = invoices.reduce((sum, { restCents }) => sum + restCents, 0n)
  let tooMuch = asked - outstanding.nanos / nanosPerCent
  const due: { invoiceId: string; cents: bigint }[] = []
  const inOrder = (['open', 'uncollectible'] as const).flatMap((of) => invoices.filter(({ state }) => state === of))
  for (const { invoiceId, restCents, isBeingCredited } of inOrder) {
    if (tooMuch <= 0n) break
    if (isBeingCredited || restCents <= 0n) continue
    const part = tooMuch < restCents ? tooMuch : restCents
    const left = restCents - part
    const taken = left > 0n && left < smallestInvoiceCents ? restCents : part
    due.push({ invoiceId, cents: taken })
    tooMuch -= taken
  }
  return due
}

/** What a credit note takes off in money, tax included: the same share of the tax, and all of the rest with the last of it. */
export function creditWithTax(
  part: bigint,
  invoice: { restCents: bigint; beforeTaxCents: bigint; totalCents: bigint; remainingCents: bigint },
): bigint {
  if (part >= invoice.restCents || invoice.beforeTaxCents <= 0n) return invoice.remainingCents
  const withTax = (part * invoice.totalCents) / invoice.beforeTaxCents
  return withTax < invoice.remainingCents ? withTax : invoice.remainingCents
}

/**
 * What the payment of an invoice stands for without tax: all that it still asked for, once all of that was paid, in proportion
 * when less came in, and what came in beyond it in full.
 */
export function paidBeforeTax(invoice: {
  paidCents: bigint
  totalCents: bigint
  beforeTaxCents: bigint
  /** Of credit notes, with tax and without. */
  creditedCents: bigint
  creditedBeforeTaxCents: bigint
}): bigint {
  const asked = invoice.totalCents - invoice.creditedCents
  const askedBeforeTax = invoice.beforeTaxCents - invoice.creditedBeforeTaxCents
  if (invoice.paidCents <= 0n) return 0n
  if (asked <= 0n) return invoice.paidCents
  if (invoice.paidCents >= asked) return askedBeforeTax + invoice.paidCents - asked
  return (invoice.paidCents * askedBeforeTax) / asked
}

/** Days after the due date on which the customer is reminded: on it, and twice again. */
export const reminderDays = [0, 3, 7] as const
export type ReminderDays = (typeof reminderDays)[number]

/** Whole days since an instant. */
export const daysSince = (instant: Date, at: Date): number => Math.floor((at.getTime() - instant.getTime()) / dayMs)

/** The latest reminder whose day has come, when it was not sent: earlier ones that were missed are left out. */
export function reminderDue(dueAt: Date, remindedDays: number | null, at: Date): ReminderDays | null {
  const over = daysSince(dueAt, at)
  const reached = reminderDays.filter((days) => days <= over).at(-1)
  return reached !== undefined && (remindedDays === null || remindedDays < reached) ? reached : null
}

/** When usage pauses for an invoice that stays open. */
export const pausesAt = (dueAt: Date, pauseAfterDays: number): Date =>
  new Date(dueAt.getTime() + pauseAfterDays * dayMs)

/** Whether an invoice keeps usage paused: given up as uncollectible, or past due for so long; as long as it asks for anything. */
export function pauses(
  invoice: { state: InvoiceState; restCents: bigint; dueAt: Date | null },
  pauseAfterDays: number,
  at: Date,
): boolean {
  if (invoice.restCents <= 0n) return false
  if (invoice.state === 'uncollectible') return true
  return invoice.state === 'open' && invoice.dueAt !== null && at >= pausesAt(invoice.dueAt, pauseAfterDays)
}

const tryPauses = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs]

/** When a call to Stripe that came to nothing is made again. */
export const nextTryAt = (at: Date, tries: number): Date =>
  new Date(at.getTime() + tryPauses[Math.min(Math.max(tries - 1, 0), tryPauses.length - 1)]!)
