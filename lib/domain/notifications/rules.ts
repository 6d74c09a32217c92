/** What an account can be told, and the facts that each message is made of. Pure. */

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
  /** code: credits_exhausted or payment_method_required. */
  usage_paused: { code: string }
  usage_resumed: { available?: string }
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
  refund_made: { amount: string; credit?: string; gift?: string | null; balance?: string; card?: CardFacts | null }
  /** credit: what was given back. reason: a sentence. */
  refund_failed: { amount: string; credit?: string; reason?: string | null }
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

interface DisputeFacts {
  /** The disputed payment, tax included. */
  amount: string
  credit?: string | null
  /** The account's balance after it, perhaps a debt. */
  balance?: string
  card?: CardFacts | null
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
