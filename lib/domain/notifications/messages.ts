/** What the mails and the messages in chats say: what happened, what it means for your money, what to do. Pure. */
import type { Locale } from '@/lib/core/locales'
import { isNegative, isZero, parseMoney } from '@/lib/core/money'
import { type MailContent, type MailKey, type MailWords, mailWords } from '@/lib/edges/email'
import { brandName, readSaid } from '../payment-methods/rules'
import type { BudgetFacts, CardFacts, NotificationFacts, NotificationKind } from './rules'

/** Why somebody hears of something: it is their task, they asked for it, it limits them, or they chose to. */
export type Reason = 'billing' | 'asked' | 'limited' | 'chosen'

export interface MessagePlace {
  /** The language of the reader. */
  locale: Locale
  /** The dashboard's address: every link is built from it. */
  appUrl: string
  accountName: string
  /** Instants are told in this zone, by name. */
  timeZone: string
  reason: Reason
}

interface Words extends MailWords {
  place: MessagePlace
  /** A link of the dashboard, or of elsewhere. */
  link: (label: LinkName, path: string) => { label: string; href: string }
}
type LinkName = Extract<MailKey, `links.${string}`> extends `links.${infer Name}` ? Name : never

type Writers = { [Kind in NotificationKind]: (facts: NotificationFacts[Kind], words: Words) => MailContent }

/** Writes the mail of a notification in the reader's language. */
export function writeMessage<Kind extends NotificationKind>(
  kind: Kind,
  facts: NotificationFacts[Kind],
  place: MessagePlace,
): MailContent {
  const words = mailWords(place.locale)
  const { t, name } = words
  const link: Words['link'] = (label, path) => ({
    label: t(`links.${label}`),
    href: path.startsWith('/') ? `${place.appUrl}${path === '/' ? '' : path}` : path,
  })
  const content = writers[kind](facts, { ...words, place, link })
  const footer = t(`why.${place.reason}`, { account: name(place.accountName) })
  return { ...content, locale: place.locale, footer }
}

const writers: Writers = {
  budget_warning: (facts, words) => {
    const { t, f, link } = words
    const values = budgetValues(facts, words)
    return isOfSubject(facts)
      ? {
          subject: t('budget_warning.subject', values),
          paragraphs: [t('budget_warning.spent', values), t('budget_warning.next', values)],
          link: budgetLink(words, 'reviewBudget'),
        }
      : {
          subject: t('cap_warning.subject', { percent: f.percent(facts.percent) }),
          paragraphs: [t('cap_warning.spent', values), t('cap_warning.next', values)],
          link: link('reviewCap', '/settings'),
        }
  },

  budget_reached: (facts, words) => {
    const { t, link } = words
    const values = budgetValues(facts, words)
    return isOfSubject(facts)
      ? {
          subject: t('budget_reached.subject', values),
          paragraphs: [t('budget_reached.spent', values), t('budget_reached.next', values)],
          link: budgetLink(words, 'raiseBudget'),
        }
      : {
          subject: t('cap_reached.subject'),
          paragraphs: [t('cap_reached.spent', values), t('cap_reached.next', values)],
          link: link('raiseCap', '/settings'),
        }
  },

  budget_more_asked: (facts, words) => {
    const { t, name, link } = words
    const values = { ...moreValues(facts, words), person: name(facts.askedByName) }
    const reason = facts.reason && t('budget_more_asked.reason', { reason: name(unstopped(facts.reason)) })
    return {
      subject: t('budget_more_asked.subject'),
      paragraphs: [sentences(t('budget_more_asked.asks', values), reason), t('budget_more_asked.next')],
      link: link('decide', '/settings/budgets'),
    }
  },

  budget_more_decided: (facts, words) => {
    const { t, name, link } = words
    const values = { ...moreValues(facts, words), person: name(facts.decidedByName) }
    return {
      subject: t(`budget_more_decided.${facts.state}.subject`),
      paragraphs: [
        t(`budget_more_decided.${facts.state}.body`, values),
        ...(facts.note ? [t('budget_more_decided.note', { note: name(unstopped(facts.note)) })] : []),
      ],
      link: link('seeBudgets', '/settings/budgets'),
    }
  },

  limit_more_decided: (facts, { t, f, name, link }) => {
    const { asked, model, state, note, requestsPerMinute, tokens, isUnlimited } = facts
    const body = t(`limit_more_decided.${state}.body`, {
      asked,
      of: model ? 'model' : 'none',
      model: name(model ?? ''),
    })
    return {
      subject: t(`limit_more_decided.${state}.subject`),
      paragraphs: [
        sentences(
          body,
          requestsPerMinute && t('limit_more_decided.requests', { count: f.number(requestsPerMinute) }),
          tokens &&
            t('limit_more_decided.tokens', {
              prompt: f.number(tokens.prompt),
              uncached: f.number(tokens.uncached),
              generated: f.number(tokens.generated),
            }),
          isUnlimited && t('limit_more_decided.unlimited'),
        ),
        ...(note ? [t('limit_more_decided.note', { note: name(unstopped(note)) })] : []),
      ],
      link: link('seeLimits', '/limits'),
    }
  },

  low_balance: (facts, { t, f, name, place, link }) => {
    const balance = f.money(facts.balance)
    const threshold = f.money(facts.threshold)
    return {
      subject: t('low_balance.subject', { balance }),
      paragraphs: [
        t('low_balance.left', { account: name(place.accountName), balance, threshold }),
        t(facts.isTopUpOn ? 'low_balance.topUp' : 'low_balance.noTopUp'),
      ],
      link: link('buyCredits', '/credits#buy'),
    }
  },

  usage_paused: (facts, words) => {
    const { t, f, name, link } = words
    if (facts.code === 'payment_past_due') {
      const values = { amount: facts.amount ? f.money(facts.amount) : '', number: name(facts.number ?? '') }
      return {
        subject: t('usage_paused_invoice.subject'),
        paragraphs: [t('usage_paused_invoice.what', values), t('usage_paused_invoice.next')],
        link: link('payInvoice', facts.url || '/invoices'),
      }
    }
    if (facts.creditLimit) {
      return {
        subject: t('usage_paused_limit.subject'),
        paragraphs: [t('usage_paused_limit.what', { limit: f.money(facts.creditLimit) }), t('usage_paused_limit.next')],
        link: link('seeInvoices', '/invoices'),
      }
    }
    return facts.code === 'payment_method_required'
      ? {
          subject: t('usage_suspended.subject'),
          paragraphs: [t('usage_suspended.what'), t('usage_suspended.next')],
          link: link('addPaymentMethod', '/settings'),
        }
      : {
          subject: t('usage_paused.subject'),
          paragraphs: [t('usage_paused.what'), t('usage_paused.next')],
          link: link('buyCredits', '/credits'),
        }
  },

  usage_resumed: ({ available, because = 'credit' }, { t, f, link }) => ({
    subject: t('usage_resumed.subject'),
    paragraphs: [
      because === 'credit' && available
        ? t('usage_resumed.available', { available: f.money(available) })
        : t(`usage_resumed.${because}`),
    ],
    link: link('seeCredit', '/'),
  }),

  top_up_succeeded: (facts, words) => {
    const { t, f } = words
    const values = { amount: f.money(facts.amount), ...cardValues(facts.card, words) }
    return {
      subject: t('top_up_succeeded.subject', values),
      paragraphs: [
        t('top_up_succeeded.bought', values),
        ...(facts.balance ? [t('top_up_succeeded.balance', { balance: f.money(facts.balance) })] : []),
      ],
      link: receiptLink(facts.receiptUrl, words),
    }
  },

  top_up_declined: ({ amount, card, message, nextTryAt }, words) => {
    const { t, f, place, link } = words
    const values = cardValues(card, words)
    return {
      subject: t('top_up_declined.subject'),
      paragraphs: [
        sentences(
          amount
            ? t('top_up_declined.tried', { ...values, amount: f.money(amount) })
            : t('top_up_declined.triedAny', values),
          said(message, words),
          t('uncharged'),
        ),
        sentences(
          nextTryAt && t('top_up_declined.again', { at: f.instant(nextTryAt, place.timeZone) }),
          t('top_up_declined.next'),
        ),
      ],
      link: link('changeCard', '/credits'),
    }
  },

  top_up_paused: (facts, words) => {
    const { t, link } = words
    return facts.reason === 'monthly_limit'
      ? {
          subject: t('top_up_limit.subject'),
          paragraphs: [t('top_up_limit.what'), t('top_up_limit.next')],
          link: link('reviewTopUp', '/credits'),
        }
      : {
          subject: t('top_up_paused.subject'),
          paragraphs: [
            sentences(
              t(keyOr(`top_up_paused.reasons.${facts.reason}`, 'top_up_paused.reasons.other', words)),
              said(facts.message, words),
              facts.reason !== 'fault' && t('uncharged'),
            ),
            t('top_up_paused.next'),
          ],
          link: link('reviewTopUp', '/credits'),
        }
  },

  top_up_limit_near: ({ spent, limit }, { t, f, link }) => ({
    subject: t('top_up_limit_near.subject'),
    paragraphs: [
      t('top_up_limit_near.bought', { spent: f.money(spent), limit: f.money(limit) }),
      t('top_up_limit_near.next'),
    ],
    link: link('reviewTopUp', '/settings#auto-top-up'),
  }),

  top_up_needs_you: ({ amount, card, url }, words) => {
    const { t, f, link } = words
    const values = cardValues(card, words)
    const asks = amount
      ? t('top_up_needs_you.asks', { ...values, amount: f.money(amount) })
      : t('top_up_needs_you.asksAny', values)
    return {
      subject: t('top_up_needs_you.subject'),
      paragraphs: [sentences(asks, t('uncharged')), t('top_up_needs_you.next')],
      link: link('confirmPayment', url || '/credits'),
    }
  },

  purchase_paid: ({ amount, total, gift, card, receiptUrl }, words) => {
    const { t, f } = words
    const values = { amount: f.money(amount), ...cardValues(card, words) }
    return {
      subject: t('purchase_paid.subject', values),
      paragraphs: [
        sentences(
          t('purchase_paid.paid', values),
          total && total !== amount && t('purchase_paid.total', { total: f.money(total) }),
        ),
        ...(gift ? [t('purchase_paid.gift', { gift: f.money(gift) })] : []),
      ],
      link: receiptLink(receiptUrl, words),
    }
  },

  purchase_failed: (facts, words) => {
    const { t, f, link } = words
    return {
      subject: t('purchase_failed.subject', { amount: f.money(facts.amount) }),
      paragraphs: [
        sentences(t('purchase_failed.what'), said(facts.reason, words), t('purchase_failed.uncharged')),
        t('purchase_failed.next'),
      ],
      link: link('buyCredits', '/credits'),
    }
  },

  refund_made: (facts, words) => {
    const { t, f, link } = words
    const values = { amount: f.money(facts.amount), ...cardValues(facts.card, words) }
    return {
      subject: t('refund_made.subject', values),
      paragraphs: [t('refund_made.returned', values), sentences(takenFor(facts, words), owing(facts, words))],
      link: facts.invoice ? link('seeInvoices', '/invoices') : link('seeReceipts', '/receipts'),
    }
  },

  refund_failed: ({ amount, credit, code, reason, invoice }, words) => {
    const { t, f, link } = words
    return {
      subject: t('refund_failed.subject', { amount: f.money(amount) }),
      paragraphs: [
        sentences(
          t('refund_failed.what'),
          code ? t(keyOr(`failures.${code}`, 'failures.other', words)) : said(reason, words),
          credit && t('refund_failed.credit', { credit: f.money(credit) }),
        ),
        t(invoice ? 'refund_failed.nextOfInvoice' : 'refund_failed.next'),
      ],
      link: invoice ? link('seeInvoices', '/invoices') : link('seeReceipts', '/receipts'),
    }
  },

  dispute_opened: (facts, words) => {
    const { t, f, link } = words
    const { credit } = facts
    const values = { amount: f.money(facts.amount), ...cardValues(facts.card, words) }
    const invoice = invoiceValue(facts, words)
    return {
      subject: t('dispute_opened.subject', values),
      paragraphs: [
        sentences(
          t('dispute_opened.what', values),
          moved(credit)
            ? invoice
              ? t('dispute_opened.frozenOfInvoice', { credit: f.money(credit!), ...invoice })
              : t('dispute_opened.frozen', { credit: f.money(credit!) })
            : invoice
              ? t('dispute_opened.nothingOfInvoice', invoice)
              : t('dispute_opened.nothing'),
        ),
        t('dispute_opened.next'),
      ],
      link: link('seeCredit', '/'),
    }
  },

  dispute_won: (facts, words) => {
    const { t, f, link } = words
    const { credit, invoice } = facts
    const values = { amount: f.money(facts.amount), ...cardValues(facts.card, words) }
    return {
      subject: t('dispute_won.subject', values),
      paragraphs: [
        sentences(
          t('dispute_won.what', values),
          moved(credit)
            ? t(invoice ? 'dispute_won.creditOfInvoice' : 'dispute_won.credit', { credit: f.money(credit!) })
            : t('dispute_won.nothing'),
          owing(facts, words),
        ),
      ],
      link: link('seeCredit', '/'),
    }
  },

  dispute_lost: (facts, words) => {
    const { t, f, link } = words
    const { credit } = facts
    const values = { amount: f.money(facts.amount), ...cardValues(facts.card, words) }
    const invoice = invoiceValue(facts, words)
    return {
      subject: t('dispute_lost.subject', values),
      paragraphs: [
        sentences(
          t('dispute_lost.what', values),
          moved(credit)
            ? invoice
              ? t('dispute_lost.creditOfInvoice', { credit: f.money(credit!), ...invoice })
              : t('dispute_lost.credit', { credit: f.money(credit!) })
            : t('dispute_lost.nothing'),
          owing(facts, words),
        ),
        t('dispute_lost.next'),
      ],
      link: link('seeCredit', '/'),
    }
  },

  credit_expiring: ({ amount, lastDay, isToday, timeZone }, { t, f, name, link }) => {
    const values = { amount: f.money(amount), day: f.day(lastDay), zone: name(timeZone) }
    return {
      subject: t('credit_expiring.subject', { ...values, when: isToday ? 'today' : 'later' }),
      paragraphs: [t('credit_expiring.what', values), t('credit_expiring.next')],
      link: link('seeCredit', '/credits'),
    }
  },

  signup_credit_withheld: (_facts, { t, link }) => ({
    subject: t('signup_credit_withheld.subject'),
    paragraphs: [t('signup_credit_withheld.what'), t('signup_credit_withheld.next')],
    link: link('buyCredits', '/credits'),
  }),

  signup_credit_returned: ({ amount, isHeld, card }, words) => {
    const { t, f, link } = words
    return {
      subject: t('signup_credit_returned.subject'),
      paragraphs: [
        sentences(
          t('signup_credit_returned.what', { amount: f.money(amount), ...cardValues(card, words) }),
          isHeld && t('signup_credit_returned.held'),
          t('uncharged'),
        ),
        t('signup_credit_returned.next'),
      ],
      link: link('seeCredit', '/credits'),
    }
  },

  promotion_given: ({ amount, lastDay, timeZone }, { t, f, name, link }) => ({
    subject: t('promotion_given.subject', { amount: f.money(amount) }),
    paragraphs: [
      lastDay
        ? t('promotion_given.until', { amount: f.money(amount), day: f.day(lastDay), zone: name(timeZone) })
        : t('promotion_given.forever', { amount: f.money(amount) }),
      t('promotion_given.next'),
    ],
    link: link('seeCredit', '/credits'),
  }),

  billing_mode_changed: ({ mode, creditLimit, paymentTermsDays, isCharged }, { t, f, link }) => ({
    subject: t(`billing_mode_changed.${mode}.subject`),
    paragraphs:
      mode === 'postpaid'
        ? [
            t('billing_mode_changed.postpaid.what', { limit: f.money(creditLimit ?? '0') }),
            isCharged
              ? t('billing_mode_changed.postpaid.charged')
              : t('billing_mode_changed.postpaid.sent', { days: paymentTermsDays }),
          ]
        : [t('billing_mode_changed.prepaid.what'), t('billing_mode_changed.prepaid.next')],
    link: link('seeBilling', '/settings'),
  }),

  postpaid_declined: ({ note }, { t, name, link }) => ({
    subject: t('postpaid_declined.subject'),
    paragraphs: [
      t('postpaid_declined.what'),
      ...(note ? [t('postpaid_declined.note', { note: name(unstopped(note)) })] : []),
    ],
    link: link('seeBilling', '/settings'),
  }),

  invoice_made: (facts, words) => {
    const { t, link } = words
    const values = invoiceValues(facts, words)
    return {
      subject: t('invoice_made.subject', values),
      paragraphs: [
        t('invoice_made.what', values),
        t(facts.isCharged ? 'invoice_made.charged' : 'invoice_made.due', values),
      ],
      link: link('payInvoice', facts.url || '/invoices'),
    }
  },

  invoice_due: (facts, words) => {
    const { t, f, place, link } = words
    const values = { ...invoiceValues(facts, words), pauses: f.instant(facts.pausesAt, place.timeZone) }
    return {
      subject: t(facts.daysOver > 0 ? 'invoice_due.subjectLate' : 'invoice_due.subject', values),
      paragraphs: [t('invoice_due.what', values), t('invoice_due.next', values)],
      link: link('payInvoice', facts.url || '/invoices'),
    }
  },

  invoice_problem: (facts, words) => {
    const { t, link } = words
    const values = invoiceValues(facts, words)
    return {
      subject: t(`invoice_problem.${facts.problem}.subject`, values),
      paragraphs: [
        sentences(t(`invoice_problem.${facts.problem}.what`, values), said(facts.message, words), t('uncharged')),
        t('invoice_problem.next'),
      ],
      link: link('payInvoice', facts.url || '/invoices'),
    }
  },

  invoice_paid: (facts, words) => {
    const { t, f, link } = words
    const values = { ...invoiceValues(facts, words), paid: f.money(facts.paid) }
    return {
      subject: t('invoice_paid.subject', values),
      paragraphs: [t('invoice_paid.what', values)],
      link: link('seeInvoices', '/invoices'),
    }
  },
}

/** Sentences of one paragraph; what has nothing to say is left out. */
const sentences = (...all: (string | false | 0 | null | undefined)[]): string => all.filter(Boolean).join(' ')

const isOfSubject = ({ scope }: BudgetFacts): boolean => scope === 'key' || scope === 'member'

/** Which words name the owner of a budget, and its name. */
function whoValues(
  { scope, subjectName }: Pick<BudgetFacts, 'scope' | 'subjectName'>,
  { name }: Words,
): { who: string; name: string } {
  if (scope !== 'key' && scope !== 'member') return { who: 'account', name: '' }
  if (subjectName) return { who: scope, name: name(subjectName) }
  return { who: scope === 'key' ? 'someKey' : 'someMember', name: '' }
}

function budgetValues(facts: BudgetFacts, words: Words) {
  const { f } = words
  const { window = 'monthly', period } = facts
  return {
    ...whoValues(facts, words),
    window,
    period: window === 'daily' ? f.day(period) : window === 'monthly' ? f.month(period) : period,
    month: window === 'monthly' ? f.month(period) : '',
    percent: f.percent(facts.percent),
    spent: f.money(facts.spent),
    limit: f.money(facts.limit),
    resets: f.instant(facts.resetsAt, facts.timeZone),
  }
}

type MoreFacts = NotificationFacts['budget_more_asked'] | NotificationFacts['budget_more_decided']

const moreValues = (facts: MoreFacts, words: Words) => ({
  ...whoValues(facts, words),
  window: facts.window,
  limit: words.f.money(facts.limit),
  asked: words.f.money(facts.askedLimit),
})

/** Whoever a budget limits cannot raise it, but may ask. */
const budgetLink = ({ link, place }: Words, label: 'reviewBudget' | 'raiseBudget') =>
  link(place.reason === 'limited' ? 'askForMore' : label, '/settings/budgets')

const invoiceValues = (facts: NotificationFacts['invoice_made'], { f, name, place }: Words) => ({
  amount: f.money(facts.amount),
  // Until Stripe has given it one, its month names it.
  number: facts.number ? name(facts.number) : f.month(facts.period),
  period: f.month(facts.period),
  due: facts.dueAt ? f.instant(facts.dueAt, place.timeZone) : '',
})

/** A person's own words, to stand in quotation marks. */
const unstopped = (words: string): string => words.replace(/[.\s]*$/, '')

const cardValues = (card: CardFacts | null | undefined, { name }: Words) => {
  const brand = brandName(card?.brand ?? '')
  return {
    card: !card?.last4 ? 'none' : brand ? 'named' : 'unnamed',
    brand: brand ? name(brand) : '',
    last4: card?.last4 ?? '',
  }
}

const moved = (credit: string | null | undefined): boolean => Boolean(credit) && !isZero(parseMoney(credit!))

/** The invoice that a payment had paid; null: it was for a purchase. */
const invoiceValue = ({ invoice }: { invoice?: string | null }, { name }: Words): { number: string } | null =>
  invoice ? { number: name(invoice) } : null

function takenFor(facts: NotificationFacts['refund_made'], words: Words): string {
  const { credit, gift } = facts
  const { t, f } = words
  if (!moved(credit)) return t('refund_made.none')
  const invoice = invoiceValue(facts, words)
  if (invoice) return t('refund_made.takenOfInvoice', { credit: f.money(credit!), ...invoice })
  return moved(gift)
    ? t('refund_made.takenWithGift', { credit: f.money(credit!), gift: f.money(gift!) })
    : t('refund_made.taken', { credit: f.money(credit!) })
}

/** Said when a balance is below zero: what that means and what ends it. */
function owing(
  { balance, isPostPaid = false }: { balance?: string; isPostPaid?: boolean },
  { t, f }: Words,
): string | null {
  if (!balance || !isNegative(parseMoney(balance))) return null
  return t(isPostPaid ? 'owingPostPaid' : 'owing', { debt: f.money(balance.slice(1)) })
}

/** What a bank or the payment provider said, in the reader's language where it is a sentence that is usual. */
function said(message: string | null | undefined, { t, name }: Words): string | null {
  if (!message) return null
  const { code, words } = readSaid(message)
  return code ? t(`said.${code}`) : t('said.other', { words: name(words) })
}

const receiptLink = (receiptUrl: string | null | undefined, { link }: Words) =>
  receiptUrl ? link('openReceipt', receiptUrl) : link('seeReceipts', '/receipts')

/** The key when it is one, for a reason that may be new; else the other. */
const keyOr = (key: string, other: MailKey, { has }: Words): MailKey => (has(key) ? key : other)
