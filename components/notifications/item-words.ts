import type { Formats, Texts } from '#texts'
import type { InboxItemDto } from '@/lib/domain/notifications'
import type { NotificationFacts, NotificationKind } from '@/lib/domain/notifications/rules'

type Words = Texts<'notifications.items'>
interface Item {
  text: string
  /** Where the person sees it, or does something about it. */
  href: string
}
type Writers = {
  [Kind in NotificationKind]: (facts: NotificationFacts[Kind], t: Words, f: Formats) => Item
}

const credits = '/credits'
const buy = '/credits#buy'
const receipts = '/receipts'
const budgets = '/settings/budgets'
const cap = '/settings#monthly-cap'
const invoices = '/invoices'

/** What the account was told, in a sentence, and where it leads. */
export function wordsOf({ kind, facts }: InboxItemDto, t: Words, f: Formats): Item {
  return writers[kind](facts as never, t, f)
}

const writers: Writers = {
  low_balance: ({ balance }, t, f) => ({ text: t('low_balance', { balance: f.money(balance) }), href: buy }),
  budget_warning: ({ percent, spent, limit, scope, subjectName }, t, f) => {
    const values = { percent: f.percent(percent), spent: f.money(spent), limit: f.money(limit) }
    return isOfAccount(scope)
      ? { text: t('budget_warning', values), href: cap }
      : { text: t('budget_warning_of', { ...values, name: subjectName ?? '' }), href: budgets }
  },
  budget_reached: ({ limit, scope, subjectName }, t, f) =>
    isOfAccount(scope)
      ? { text: t('budget_reached', { limit: f.money(limit) }), href: cap }
      : { text: t('budget_reached_of', { limit: f.money(limit), name: subjectName ?? '' }), href: budgets },
  usage_paused: ({ code }, t) =>
    code === 'payment_past_due'
      ? { text: t('usage_paused_invoice'), href: invoices }
      : { text: t(code === 'payment_method_required' ? 'usage_suspended' : 'usage_paused'), href: buy },
  usage_resumed: (_facts, t) => ({ text: t('usage_resumed'), href: '/' }),
  top_up_succeeded: ({ amount }, t, f) => ({
    text: t('top_up_succeeded', { amount: f.money(amount) }),
    href: receipts,
  }),
  top_up_declined: (_facts, t) => ({ text: t('top_up_declined'), href: credits }),
  top_up_paused: (_facts, t) => ({ text: t('top_up_paused'), href: credits }),
  top_up_limit_near: ({ spent, limit }, t, f) => ({
    text: t('top_up_limit_near', { spent: f.money(spent), limit: f.money(limit) }),
    href: '/settings#auto-top-up',
  }),
  top_up_needs_you: (_facts, t) => ({ text: t('top_up_needs_you'), href: credits }),
  purchase_paid: ({ amount }, t, f) => ({ text: t('purchase_paid', { amount: f.money(amount) }), href: receipts }),
  purchase_failed: ({ amount }, t, f) => ({ text: t('purchase_failed', { amount: f.money(amount) }), href: credits }),
  refund_made: ({ amount, invoice }, t, f) => ({
    text: t('refund_made', { amount: f.money(amount) }),
    href: invoice ? invoices : receipts,
  }),
  refund_failed: ({ amount, invoice }, t, f) => ({
    text: t('refund_failed', { amount: f.money(amount) }),
    href: invoice ? invoices : receipts,
  }),
  dispute_opened: ({ amount, invoice }, t, f) => ({
    text: t(invoice ? 'dispute_opened_invoice' : 'dispute_opened', { amount: f.money(amount) }),
    href: invoice ? invoices : credits,
  }),
  dispute_won: ({ amount, invoice }, t, f) => ({
    text: t('dispute_won', { amount: f.money(amount) }),
    href: invoice ? invoices : credits,
  }),
  dispute_lost: ({ amount, invoice }, t, f) => ({
    text: t(invoice ? 'dispute_lost_invoice' : 'dispute_lost', { amount: f.money(amount) }),
    href: invoice ? invoices : credits,
  }),
  credit_expiring: ({ amount, lastDay }, t, f) => ({
    text: t('credit_expiring', { amount: f.money(amount), day: f.day(`${lastDay}T12:00:00Z`, 'UTC') }),
    href: credits,
  }),
  signup_credit_withheld: (_facts, t) => ({ text: t('signup_credit_withheld'), href: credits }),
  signup_credit_returned: ({ amount }, t, f) => ({
    text: t('signup_credit_returned', { amount: f.money(amount) }),
    href: credits,
  }),
  promotion_given: ({ amount }, t, f) => ({ text: t('promotion_given', { amount: f.money(amount) }), href: credits }),
  budget_more_asked: ({ askedByName, askedLimit }, t, f) => ({
    text: t('budget_more_asked', { person: askedByName, asked: f.money(askedLimit) }),
    href: budgets,
  }),
  budget_more_decided: ({ state, limit }, t, f) => ({
    text: state === 'approved' ? t('budget_more_approved', { limit: f.money(limit) }) : t('budget_more_declined'),
    href: budgets,
  }),
  limit_more_decided: ({ state }, t) => ({
    text: t(state === 'granted' ? 'limit_more_granted' : 'limit_more_declined'),
    href: '/limits#asked',
  }),
  billing_mode_changed: ({ mode }, t) => ({
    text: t(mode === 'postpaid' ? 'became_postpaid' : 'became_prepaid'),
    href: '/settings',
  }),
  postpaid_declined: (_facts, t) => ({ text: t('postpaid_declined'), href: '/settings' }),
  invoice_made: ({ amount, period }, t, f) => ({
    text: t('invoice_made', { amount: f.money(amount), period: f.month(period) }),
    href: invoices,
  }),
  invoice_due: ({ amount, daysOver }, t, f) => ({
    text: t(daysOver > 0 ? 'invoice_late' : 'invoice_due', { amount: f.money(amount) }),
    href: invoices,
  }),
  invoice_problem: ({ amount, problem }, t, f) => ({
    text: t(problem === 'payment_failed' ? 'payment_failed' : 'action_required', { amount: f.money(amount) }),
    href: invoices,
  }),
  invoice_paid: ({ paid }, t, f) => ({ text: t('invoice_paid', { amount: f.money(paid) }), href: invoices }),
}

const isOfAccount = (scope: string | undefined) => scope === undefined || scope === 'account'
