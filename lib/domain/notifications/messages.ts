/** What the mails say: what happened, what it means for your money, what to do. Pure. */
import { displayMoney, isNegative, isZero, parseMoney } from '@/lib/core/money'
import type { MailContent } from '@/lib/edges/email'
import type { BudgetFacts, CardFacts, NotificationFacts, NotificationKind } from './rules'

export interface MessagePlace {
  /** The dashboard's address: every link is built from it. */
  appUrl: string
  accountName: string
  /** Instants are told in this zone, by name. */
  timeZone: string
}

type Writers = { [Kind in NotificationKind]: (facts: NotificationFacts[Kind], place: MessagePlace) => MailContent }

/** Writes the mail of a notification. */
export function writeMessage<Kind extends NotificationKind>(
  kind: Kind,
  facts: NotificationFacts[Kind],
  place: MessagePlace,
): MailContent {
  const content = writers[kind](facts, place)
  const why =
    kind === 'budget_more_decided' || kind === 'limit_more_decided'
      ? 'you asked for this in'
      : 'you look after billing for'
  return { ...content, footer: `You receive this because ${why} ${place.accountName}.` }
}

const writers: Writers = {
  budget_warning: (facts, place) =>
    isOfSubject(facts)
      ? {
          subject: `${facts.percent}% of the ${facts.window} budget of ${ofWhat(facts)} is used`,
          paragraphs: [
            `${during(facts)}, usage of ${named(facts)} has reached ${usd(facts.spent)} of ${usd(facts.limit)}.`,
            `Nothing is paused. At 100% ${itsRequests(facts)} are refused until the budget is raised${orResets(facts)}; everybody else goes on.`,
          ],
          link: { label: 'Review the budget', href: `${place.appUrl}/settings/budgets` },
        }
      : {
          subject: `${facts.percent}% of your monthly budget cap is used`,
          paragraphs: [
            `Usage in ${monthName(facts.period)} has reached ${usd(facts.spent)} of the ${usd(facts.limit)} cap.`,
            `Nothing is paused. At 100% all usage pauses until the cap is raised or the month turns on ${when(facts.resetsAt, facts.timeZone)}.`,
          ],
          link: { label: 'Review the cap', href: `${place.appUrl}/settings` },
        },

  budget_reached: (facts, place) =>
    isOfSubject(facts)
      ? {
          subject: `The ${facts.window} budget of ${ofWhat(facts)} is reached`,
          paragraphs: [
            `${during(facts)}, usage of ${named(facts)} has reached its budget of ${usd(facts.limit)}, so ${itsRequests(facts)} are refused. The account's other usage goes on, and your credit is untouched.`,
            `They are served again at once when you raise the budget${orResets(facts, ', and by themselves on')}.`,
          ],
          link: { label: 'Raise the budget', href: `${place.appUrl}/settings/budgets` },
        }
      : {
          subject: 'Usage is paused: the monthly budget cap is reached',
          paragraphs: [
            `Usage in ${monthName(facts.period)} has reached the ${usd(facts.limit)} cap, so new requests are refused. Your credit is untouched.`,
            `Usage resumes at once when you raise the cap, and by itself on ${when(facts.resetsAt, facts.timeZone)}.`,
          ],
          link: { label: 'Raise the cap', href: `${place.appUrl}/settings` },
        },

  budget_more_asked: (facts, place) => ({
    subject: 'A member asks for a higher budget',
    paragraphs: [
      `${facts.askedByName} asks to raise the ${facts.window} budget of ${named(facts)} from ${usd(facts.limit)} to ${usd(facts.askedLimit)}.${facts.reason ? ` The reason given: ${sentence(facts.reason)}` : ''}`,
      'Nothing changes until you decide.',
    ],
    link: { label: 'Approve or decline', href: `${place.appUrl}/settings/budgets` },
  }),

  budget_more_decided: (facts, place) => ({
    subject: facts.state === 'approved' ? 'Your request for more is approved' : 'Your request for more is declined',
    paragraphs: [
      facts.state === 'approved'
        ? `${facts.decidedByName} has set the ${facts.window} budget of ${named(facts)} to ${usd(facts.limit)}. It counts from now on.`
        : `${facts.decidedByName} has declined to raise the ${facts.window} budget of ${named(facts)} to ${usd(facts.askedLimit)}. It stays at ${usd(facts.limit)}.`,
      ...(facts.note ? [`The note: ${sentence(facts.note)}`] : []),
    ],
    link: { label: 'See the budgets', href: `${place.appUrl}/settings/budgets` },
  }),

  limit_more_decided: (facts, place) => ({
    subject: facts.state === 'granted' ? 'Your request for more is granted' : 'Your request for more is declined',
    paragraphs: [
      `You asked for ${askedFor[facts.asked]}${facts.model ? ` of ${facts.model}` : ''}. ${
        facts.state === 'granted'
          ? ['The operator of this platform has granted it.', ...nowLimits(facts)].join(' ')
          : 'The operator of this platform has declined it, and your limits stay as they are.'
      }`,
      ...(facts.note ? [`The note: ${sentence(facts.note)}`] : []),
    ],
    link: { label: 'See your limits', href: `${place.appUrl}/limits` },
  }),

  low_balance: (facts, place) => ({
    subject: `Credit is low: ${usd(facts.balance)} left`,
    paragraphs: [
      `${place.accountName} has ${usd(facts.balance)} of credit left, which is at or below the ${usd(facts.threshold)} that you are told at.`,
      facts.isTopUpOn
        ? 'Nothing is paused. Auto top-up is on and buys credit when its own minimum is reached.'
        : 'Nothing is paused yet. When credit runs out, usage pauses until credit is added.',
    ],
    link: { label: 'Buy credits', href: `${place.appUrl}/credits#buy` },
  }),

  usage_paused: (facts, place) =>
    facts.code === 'payment_method_required'
      ? {
          subject: 'Usage is suspended: credit is used up and there is no payment method',
          paragraphs: [
            'The account has no credit left and no payment method, so new requests are refused. Nothing is charged while usage is suspended.',
            'Buy credits, or add a payment method with auto top-up. Usage resumes as soon as there is credit.',
          ],
          link: { label: 'Add a payment method', href: `${place.appUrl}/settings` },
        }
      : {
          subject: 'Usage is paused: credits are used up',
          paragraphs: [
            'The account has no credit left, so new requests are refused. Nothing more is charged while usage is paused.',
            'Usage resumes by itself as soon as you add credits.',
          ],
          link: { label: 'Buy credits', href: `${place.appUrl}/credits` },
        },

  usage_resumed: (facts, place) => ({
    subject: 'Usage has resumed',
    paragraphs: [
      `The account has credit again${facts.available ? ` (${usd(facts.available)} available)` : ''}, and requests are served. There is nothing you need to do.`,
    ],
    link: { label: 'See your credit', href: place.appUrl },
  }),

  top_up_succeeded: (facts, place) => ({
    subject: `Auto top-up added ${usd(facts.amount)} of credit`,
    paragraphs: [
      `Your credit reached its minimum, so auto top-up bought ${usd(facts.amount)}${paidWith(facts.card)}.`,
      ...(facts.balance ? [`The balance is now ${usd(facts.balance)}.`] : []),
    ],
    link: receiptLink(facts.receiptUrl, place),
  }),

  top_up_declined: (facts, place) => ({
    subject: 'Auto top-up: the card was declined',
    paragraphs: [
      `Auto top-up tried to buy ${facts.amount ? usd(facts.amount) : 'credit'}${paidWith(facts.card)}, and the bank declined.${said(facts.message)} You have not been charged.`,
      facts.nextTryAt
        ? `It tries again after ${when(facts.nextTryAt, place.timeZone)}. Usage goes on while there is credit. Another card, or buying credits yourself, ends the wait.`
        : 'Usage goes on while there is credit. Another card, or buying credits yourself, ends the wait.',
    ],
    link: { label: 'Change the card or buy credits', href: `${place.appUrl}/credits` },
  }),

  top_up_paused: (facts, place) =>
    facts.reason === 'monthly_limit'
      ? {
          subject: 'Auto top-up has reached its monthly limit',
          paragraphs: [
            'Auto top-up has bought as much this month as you allow it to. Nothing more is charged automatically.',
            'It goes on when you raise its limit, or when the month turns. Usage goes on while there is credit, and pauses when it is used up.',
          ],
          link: { label: 'Review auto top-up', href: `${place.appUrl}/credits` },
        }
      : {
          subject: 'Auto top-up is paused',
          paragraphs: [
            `${pauseReason(facts.reason)}${said(facts.message)}${facts.reason === 'fault' ? '' : ' You have not been charged.'}`,
            'Auto top-up stays paused until you add another card, buy credits yourself or resume it. Usage goes on while there is credit, and pauses when it is used up.',
          ],
          link: { label: 'Review auto top-up', href: `${place.appUrl}/credits` },
        },

  top_up_limit_near: (facts, place) => ({
    subject: 'Auto top-up has used 80% of its monthly limit',
    paragraphs: [
      `Auto top-up has bought ${usd(facts.spent)} of the ${usd(facts.limit)} that it may buy this month.`,
      'Nothing is paused. At the limit nothing more is charged automatically until you raise it or the month turns.',
    ],
    link: { label: 'Review auto top-up', href: `${place.appUrl}/settings#auto-top-up` },
  }),

  top_up_needs_you: (facts, place) => ({
    subject: 'Auto top-up needs you to confirm a payment',
    paragraphs: [
      `Your bank asks you to confirm the auto top-up${facts.amount ? ` of ${usd(facts.amount)}` : ''}${paidWith(facts.card)}. You have not been charged.`,
      'Credit is added as soon as you confirm. Usage goes on while there is credit, and pauses when it is used up.',
    ],
    link: { label: 'Confirm the payment', href: facts.url || `${place.appUrl}/credits` },
  }),

  purchase_paid: (facts, place) => ({
    subject: `${usd(facts.amount)} of credit added`,
    paragraphs: [
      `Your purchase is paid${paidWith(facts.card)} and ${usd(facts.amount)} of credit is on the account.${
        facts.total && facts.total !== facts.amount ? ` The total with tax and discounts was ${usd(facts.total)}.` : ''
      }`,
      ...(facts.gift
        ? [`${usd(facts.gift)} of it is a gift of your promotion code. It is used after the credit that was paid for.`]
        : []),
    ],
    link: receiptLink(facts.receiptUrl, place),
  }),

  purchase_failed: (facts, place) => ({
    subject: `The purchase of ${usd(facts.amount)} of credit did not go through`,
    paragraphs: [
      `The payment was not completed.${said(facts.reason)} You have not been charged, and no credit was added.`,
      'Try again, or use another card.',
    ],
    link: { label: 'Buy credits', href: `${place.appUrl}/credits` },
  }),

  refund_made: (facts, place) => ({
    subject: `${usd(facts.amount)} is on its way back to you`,
    paragraphs: [
      `We have returned ${usd(facts.amount)}${refundedTo(facts.card)}. Banks usually take five to ten days to show it.`,
      `${takenFor(facts)}${owing(facts.balance)}`,
    ],
    link: { label: 'See your receipts', href: `${place.appUrl}/receipts` },
  }),

  refund_failed: (facts, place) => ({
    subject: `The refund of ${usd(facts.amount)} did not go through`,
    paragraphs: [
      `The money could not be returned.${said(facts.reason)}${
        facts.credit ? ` The ${usd(facts.credit)} of credit that was taken back for it is on your account again.` : ''
      }`,
      'Ask for the refund again, or ask the operator of this platform to return the money another way.',
    ],
    link: { label: 'See your receipts', href: `${place.appUrl}/receipts` },
  }),

  dispute_opened: (facts, place) => ({
    subject: `A payment of ${usd(facts.amount)} is disputed`,
    paragraphs: [
      `The bank behind the payment of ${usd(facts.amount)}${paidWith(facts.card)} disputes it. ${
        moved(facts.credit)
          ? `While the bank decides, ${usd(facts.credit!)} of credit, what is left of that purchase, is frozen: it is still there, and cannot be used.`
          : 'Nothing is left of the credit of that purchase, so nothing is frozen.'
      } Your other credit is untouched.`,
      'If you know this payment, ask your bank to withdraw the dispute. If you do not know it, there is nothing you need to do. We tell you what the bank decides.',
    ],
    link: { label: 'See your credit', href: place.appUrl },
  }),

  dispute_won: (facts, place) => ({
    subject: `The dispute about ${usd(facts.amount)} is over`,
    paragraphs: [
      `The bank has decided that the payment of ${usd(facts.amount)}${paidWith(facts.card)} stands. ${
        moved(facts.credit)
          ? `The ${usd(facts.credit!)} of credit that was frozen or taken back for it is yours to use again.`
          : 'Your credit is as it was.'
      }${owing(facts.balance)}`,
    ],
    link: { label: 'See your credit', href: place.appUrl },
  }),

  dispute_lost: (facts, place) => ({
    subject: `The disputed payment of ${usd(facts.amount)} was returned`,
    paragraphs: [
      `The bank has decided that the payment of ${usd(facts.amount)}${paidWith(facts.card)} goes back to the cardholder. ${
        moved(facts.credit)
          ? `The ${usd(facts.credit!)} of credit that it bought was taken back.`
          : 'No credit was taken back for it.'
      }${owing(facts.balance)}`,
      'If this was a mistake, ask the operator of this platform. Credit that you buy from now on is yours as always.',
    ],
    link: { label: 'See your credit', href: place.appUrl },
  }),

  credit_expiring: (facts, place) => ({
    subject: `${usd(facts.amount)} of credit expires ${facts.isToday ? 'at the end of today' : `after ${dayName(facts.lastDay)}`}`,
    paragraphs: [
      `${usd(facts.amount)} of your credit can be used through the end of ${dayName(facts.lastDay)} (${facts.timeZone}). What is left of it then expires. Your other credit stays as it is.`,
      'Credit that expires first is used first, so there is nothing you need to set.',
    ],
    link: { label: 'See your credit', href: `${place.appUrl}/credits` },
  }),

  signup_credit_withheld: (_facts, place) => ({
    subject: 'This account has no free signup credit',
    paragraphs: [
      'The free signup credit is given once to each person, and another account with your e-mail address has had it. You have not been charged.',
      'Everything else works as usual. Buy credits to begin, or sign in to your first account.',
    ],
    link: { label: 'Buy credits', href: `${place.appUrl}/credits` },
  }),

  signup_credit_returned: (facts, place) => ({
    subject: 'What was left of the signup credit was taken back',
    paragraphs: [
      `The free signup credit is given once for each card, and another account has had it${paidWith(facts.card)}. What was left of it here, ${usd(facts.amount)}, was taken back.${
        facts.isHeld ? ' What running requests hold of it besides goes when they end.' : ''
      } You have not been charged.`,
      'Credit that you bought stays as it is, and the card can be used.',
    ],
    link: { label: 'See your credit', href: `${place.appUrl}/credits` },
  }),

  promotion_given: (facts, place) => ({
    subject: `${usd(facts.amount)} of free credit added`,
    paragraphs: [
      `${usd(facts.amount)} of free credit is on the account. ${
        facts.lastDay
          ? `It can be used through the end of ${dayName(facts.lastDay)} (${facts.timeZone}).`
          : 'It does not expire.'
      }`,
      'You have not been charged, and there is nothing you need to do.',
    ],
    link: { label: 'See your credit', href: `${place.appUrl}/credits` },
  }),
}

const isOfSubject = ({ scope }: BudgetFacts): boolean => scope === 'key' || scope === 'member'

type BudgetOf = Pick<BudgetFacts, 'scope' | 'subjectName'>

const ofWhat = ({ scope }: BudgetOf): string => (scope === 'key' ? 'an API key' : 'a member')

/** "the API key Batch jobs". */
function named({ scope, subjectName }: BudgetOf): string {
  if (scope !== 'key' && scope !== 'member') return 'the account'
  const what = scope === 'key' ? 'API key' : 'member'
  return subjectName ? `the ${what} ${subjectName}` : `one ${what}`
}

const itsRequests = ({ scope }: BudgetOf): string =>
  scope === 'key' ? 'new requests with this key' : 'new requests with the keys of this member'

/** "On November 21, 2026", "In the week 2026-W47", "In November 2026", "In all". */
function during({ window, period }: BudgetFacts): string {
  if (window === 'daily') return `On ${dayName(period)}`
  if (window === 'weekly') return `In the week ${period}`
  return window === 'lifetime' ? 'In all' : `In ${monthName(period)}`
}

const orResets = ({ window, resetsAt, timeZone }: BudgetFacts, joined = ' or begins anew on'): string =>
  window === 'lifetime' ? '' : `${joined} ${when(resetsAt, timeZone)}`

const askedFor: Record<NotificationFacts['limit_more_decided']['asked'], string> = {
  requests: 'more requests a minute',
  tokens: 'more tokens a minute',
  tier: 'another tier or a contract',
}

const count = (value: number): string => value.toLocaleString('en-US')

/** What holds from now on: a sentence for each limit that was set. */
function nowLimits({ requestsPerMinute, tokens, isUnlimited }: NotificationFacts['limit_more_decided']): string[] {
  return [
    ...(requestsPerMinute ? [`The account may now begin ${count(requestsPerMinute)} requests a minute.`] : []),
    ...(tokens
      ? [
          `It may now use ${count(tokens.prompt)} prompt tokens (${count(tokens.uncached)} of them uncached) and ${count(tokens.generated)} generated tokens a minute of each model.`,
        ]
      : []),
    ...(isUnlimited ? ['The account is now unlimited by contract.'] : []),
  ]
}

/** A person's own words, as a sentence of their own. */
const sentence = (words: string): string => `“${words.replace(/[.\s]*$/, '')}”.`

const usd = (amount: string): string => displayMoney(parseMoney(amount))

const refundedTo = (card: CardFacts | null | undefined): string =>
  card?.last4 ? ` to the ${card.brand} card ending in ${card.last4}` : ' to where it came from'

const moved = (credit: string | null | undefined): boolean => Boolean(credit) && !isZero(parseMoney(credit!))

function takenFor({ credit, gift }: NotificationFacts['refund_made']): string {
  if (!moved(credit)) return 'No credit was taken back for it.'
  const besides = moved(gift) ? `, and ${usd(gift!)} of what its promotion code had added` : ''
  return `For it ${usd(credit!)} of the credit that the purchase brought was taken back${besides}.`
}

/** Said when a balance is below zero: what that means and what ends it. */
function owing(balance: string | undefined): string {
  if (!balance || !isNegative(parseMoney(balance))) return ''
  const debt = usd(balance.slice(1))
  return ` Part of that credit had been used already, so the balance is ${debt} below zero and usage is paused. The next credit you buy pays that first, and usage resumes by itself.`
}

const paidWith = (card: CardFacts | null | undefined): string =>
  card?.last4 ? ` with the ${card.brand} card ending in ${card.last4}` : ''

/** A provider's own words, as a sentence of their own. */
const said = (words: string | null | undefined): string => (words ? ` ${words.replace(/[.\s]*$/, '')}.` : '')

const receiptLink = (receiptUrl: string | null | undefined, { appUrl }: MessagePlace) =>
  receiptUrl
    ? { label: 'Open the receipt', href: receiptUrl }
    : { label: 'See your receipts', href: `${appUrl}/receipts` }

const pauseReasons: Record<string, string> = {
  declines: 'The card was declined four times in a row.',
  hard_decline: 'The bank declined the card and asks not to try it again.',
  no_payment_method: 'There is no saved card that auto top-up could charge.',
  card_gone: 'The saved card was removed at our payment provider and can no longer be charged.',
  authentication: 'The payment was not confirmed with the bank in time.',
  card_declined_too_often: 'The card was declined too often to be tried again.',
  fault:
    'An automatic payment did not go as ordered and is under review. If your card was charged, the money is on record and no credit is lost.',
}

const pauseReason = (reason: string | undefined): string => pauseReasons[reason ?? ''] ?? 'A payment could not be made.'

function monthName(period: string): string {
  const format = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return format.format(new Date(`${period}-01T00:00:00Z`))
}

/** "December 31, 2026", of a day such as "2026-12-31". */
const dayName = (day: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))

function when(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short', timeZone, hourCycle: 'h23' })
  return `${format.format(new Date(instant))} (${timeZone})`
}
