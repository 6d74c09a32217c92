/** What an account can be told, who hears of it, and the facts that each message is made of. Pure. */
import { type Role, rolesThatAreTold } from '../members/rules'
import type { AskedKind } from '../tiers/rules'
import type { TokenCounts } from '../token-limits/rules'

/**
 * Facts by kind. Amounts are decimal strings, instants ISO strings. What a teller does not know it leaves out: the
 * message then says less, never something wrong.
 */
export interface NotificationFacts {
  budget_warning: BudgetFacts
  budget_reached: BudgetFacts
  /** Told to those who may decide. */
  budget_more_asked: BudgetMoreFacts & { askedByName: string; reason: string }
  /** Told to the member who asked. limit: what it is now. */
  budget_more_decided: BudgetMoreFacts & {
    toUserId: string
    state: 'approved' | 'declined'
    decidedByName: string
    note: string | null
  }
  /** Told to the member who asked the operator. requestsPerMinute, tokens (null: the rule), isUnlimited: what was set, if anything. */
  limit_more_decided: {
    toUserId: string
    asked: AskedKind
    model: string | null
    state: 'granted' | 'declined'
    note: string | null
    requestsPerMinute?: number | null | undefined
    tokens?: TokenCounts | null | undefined
    isUnlimited?: boolean | undefined
  }
  /** threshold: at or below it credit counts as low. isTopUpOn: auto top-up is on, and does not wait for a person. */
  low_balance: { balance: string; threshold: string; isTopUpOn: boolean }
  /** code: credits_exhausted, payment_method_required, or payment_past_due with the invoice. creditLimit: of a contract. */
  usage_paused: {
    code: string
    amount?: string
    number?: string | null
    url?: string | null
    creditLimit?: string | null
  }
  /** because: what ended the pause. available: after credit was added. */
  usage_resumed: { available?: string; because?: 'credit' | 'cap_raised' | 'month_turned' | 'invoice_paid' }
  top_up_succeeded: { amount: string; balance?: string; card?: CardFacts | null; receiptUrl?: string | null }
  top_up_declined: TopUpFacts & { nextTryAt?: string | null }
  /** reason: why it waits for a person (auto top-up's PauseReason), or monthly_limit. */
  top_up_paused: TopUpFacts & { reason?: string }
  /** spent: bought automatically in the month; limit: what may be at most. */
  top_up_limit_near: { spent: string; limit: string }
  /** url: where the customer confirms the payment with their bank. */
  top_up_needs_you: TopUpFacts & { url?: string | null }
  /** gift: the part that a promotion code paid for. */
  purchase_paid: {
    amount: string
    total?: string
    gift?: string
    card?: CardFacts | null
    receiptUrl?: string | null
  }
  purchase_failed: { amount: string; reason?: string | null }
  /** credit: taken back for the money; gift: of a promotion code's gift besides. balance: after it, perhaps a debt. */
  refund_made: PaymentFacts & { amount: string; credit?: string; gift?: string | null; balance?: string }
  /** credit: what was given back. code: why, in Stripe's codes; reason: a sentence, in what was written before there was a code. */
  refund_failed: Pick<PaymentFacts, 'invoice'> & {
    amount: string
    credit?: string
    code?: string | null
    reason?: string | null
  }
  /** credit: what is frozen. */
  dispute_opened: DisputeFacts
  /** credit: what is usable again. */
  dispute_won: DisputeFacts
  /** credit: what was taken back. */
  dispute_lost: DisputeFacts
  /** lastDay: the last one on which it can be used, e.g. "2026-12-31", in timeZone. */
  credit_expiring: { amount: string; lastDay: string; isToday: boolean; timeZone: string }
  /** Another account of the same person had the signup credit. */
  signup_credit_withheld: Record<never, never>
  /** isHeld: running requests still stand on some of it. */
  signup_credit_returned: { amount: string; isHeld?: boolean; card?: CardFacts | null }
  promotion_given: { amount: string; lastDay?: string | null; timeZone: string }
  /** creditLimit: null for prepaid. isCharged: invoices are charged to the saved card. */
  billing_mode_changed: {
    mode: 'prepaid' | 'postpaid'
    creditLimit: string | null
    paymentTermsDays: number
    isCharged: boolean
  }
  /** Told to the member who asked for post-paid. */
  postpaid_declined: { toUserId: string; note: string | null }
  invoice_made: InvoiceFacts
  /** daysOver: since the due date. pausesAt: when usage pauses. */
  invoice_due: InvoiceFacts & { daysOver: number; pausesAt: string }
  invoice_problem: InvoiceFacts & { problem: 'payment_failed' | 'action_required'; message: string | null }
  invoice_paid: InvoiceFacts & { paid: string }
}

interface InvoiceFacts {
  /** What it asks for, before tax. */
  amount: string
  number: string | null
  period: string
  timeZone: string
  dueAt: string | null
  /** Stripe's page, where it is paid. */
  url: string | null
  isCharged: boolean
}

export interface BudgetFacts {
  /** Whose budget: left out of what was written before keys and members had any, it is the account's monthly cap. */
  scope?: 'account' | 'key' | 'member'
  window?: 'daily' | 'weekly' | 'monthly' | 'lifetime'
  /** The key or the user, and what it is called. */
  subjectId?: string | null
  subjectName?: string | null
  percent: number
  threshold: number
  spent: string
  limit: string
  period: string
  resetsAt: string
  timeZone: string
}

interface BudgetMoreFacts {
  scope: 'account' | 'key' | 'member'
  window: 'daily' | 'weekly' | 'monthly' | 'lifetime'
  subjectId: string | null
  subjectName: string | null
  limit: string
  askedLimit: string
}

/** Of a payment that goes back. */
interface PaymentFacts {
  card?: CardFacts | null
  /** The number of the invoice that it paid; left out: it was for a purchase of credits. */
  invoice?: string | null
  /** Whether a contract is in force: usage goes on below zero. */
  isPostPaid?: boolean
}

interface DisputeFacts extends PaymentFacts {
  /** The disputed payment, tax included. */
  amount: string
  credit?: string | null
  /** The account's balance after it, perhaps a debt. */
  balance?: string
}

export interface CardFacts {
  brand: string
  last4: string
}

interface TopUpFacts {
  amount?: string
  message?: string | null
  card?: CardFacts | null
}

export type NotificationKind = keyof NotificationFacts

/** What a member can choose to hear of. Each kind belongs to one topic. */
export const topics = [
  'low_balance',
  'budgets',
  'paused',
  'resumed',
  'top_up_done',
  'top_up_trouble',
  'receipts',
  'invoices',
  'refunds',
  'disputes',
  'expiry',
  'promotions',
  'requests',
] as const
export type Topic = (typeof topics)[number]

const topicOfKind: Record<NotificationKind, Topic> = {
  low_balance: 'low_balance',
  budget_warning: 'budgets',
  budget_reached: 'budgets',
  usage_paused: 'paused',
  usage_resumed: 'resumed',
  top_up_succeeded: 'top_up_done',
  top_up_declined: 'top_up_trouble',
  top_up_paused: 'top_up_trouble',
  top_up_limit_near: 'top_up_trouble',
  top_up_needs_you: 'top_up_trouble',
  purchase_paid: 'receipts',
  purchase_failed: 'receipts',
  refund_made: 'refunds',
  refund_failed: 'refunds',
  dispute_opened: 'disputes',
  dispute_won: 'disputes',
  dispute_lost: 'disputes',
  credit_expiring: 'expiry',
  signup_credit_withheld: 'promotions',
  signup_credit_returned: 'promotions',
  promotion_given: 'promotions',
  budget_more_asked: 'requests',
  budget_more_decided: 'requests',
  limit_more_decided: 'requests',
  postpaid_declined: 'requests',
  billing_mode_changed: 'invoices',
  invoice_made: 'invoices',
  invoice_due: 'invoices',
  invoice_problem: 'invoices',
  invoice_paid: 'invoices',
}

/** The topic of a kind. */
export const topicOf = (kind: NotificationKind): Topic => topicOfKind[kind]

/** The kinds of a topic. */
export const kindsOf = (topic: Topic): NotificationKind[] =>
  (Object.keys(topicOfKind) as NotificationKind[]).filter((kind) => topicOfKind[kind] === topic)

export const channels = ['email', 'in_app', 'webhook'] as const
/** email: to the member's address. in_app: the list in the dashboard. webhook: the member's own Slack-compatible address. */
export type Channel = (typeof channels)[number]

export interface Choice {
  topic: Topic
  channel: Channel
  isOn: boolean
}

/**
 * What a member gets who has chosen nothing: those who look after the money get everything by e-mail, all members see it in the
 * dashboard, and a webhook takes everything once it is set up.
 */
const isOnByDefault = (role: Role, channel: Channel): boolean => channel !== 'email' || rolesThatAreTold.includes(role)

/** Whether a member gets a topic by a channel: what they chose, else what their role gives, or that it is for them alone. */
export function wants(
  { role, choices }: { role: Role; choices: readonly Choice[] },
  topic: Topic,
  channel: Channel,
  isForThem = false,
): boolean {
  const chosen = choices.find((choice) => choice.topic === topic && choice.channel === channel)
  return chosen ? chosen.isOn : isForThem || isOnByDefault(role, channel)
}

/** After so many messages in a row that an address did not take, it gets no more until it is saved again. */
export const failuresBeforeStop = 10

/** Whether credit is low, and whether that is news: a crossing is told once, and again only after a recovery. */
export function assessBalance(
  balance: bigint,
  { threshold, wasLow }: { threshold: bigint | null; wasLow: boolean | null },
): { isLow: boolean; isCrossing: boolean } {
  const isLow = threshold !== null && balance <= threshold
  // An account that was never looked at begins with whatever it has: a first credit below the threshold is no news.
  return { isLow, isCrossing: isLow && wasLow === false }
}
