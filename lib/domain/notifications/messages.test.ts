import { expect, test } from 'vitest'
import { directionOf, locales } from '@/lib/core/locales'
import { renderMail } from '@/lib/edges/email/content'
import { slackMessage } from './chat-message'
import { type MessagePlace, writeMessage } from './messages'
import type { NotificationFacts, NotificationKind } from './rules'

const place: MessagePlace = {
  locale: 'en',
  appUrl: 'https://billing.example',
  accountName: 'Engines & <Co>',
  timeZone: 'Europe/Paris',
  reason: 'billing',
}
const budgetOf = {
  key: { scope: 'key', subjectId: '0198c0de-0000-7000-8000-000000000002', subjectName: 'Night shift' },
  member: { scope: 'member', subjectId: '0198c0de-0000-7000-8000-000000000003', subjectName: 'Night shift' },
} as const

const budget = {
  percent: 84,
  threshold: 80,
  spent: '42.00',
  limit: '50.00',
  period: '2026-11',
  resetsAt: '2026-12-01T00:00:00.000Z',
  timeZone: 'UTC',
}

const more = {
  scope: 'key' as const,
  window: 'weekly' as const,
  subjectId: '0198c0de-0000-7000-8000-000000000002',
  subjectName: 'Batch jobs',
  limit: '25.00',
  askedLimit: '50.00',
}

const invoice = {
  amount: '126.00',
  number: 'ABC-0001',
  period: '2026-11',
  timeZone: 'Europe/Paris',
  dueAt: '2026-12-15T00:00:00.000Z',
  url: 'https://pay.example/invoice',
  isCharged: false,
}

const samples: NotificationFacts = {
  budget_warning: budget,
  budget_reached: { ...budget, percent: 100, threshold: 100, spent: '50.00' },
  budget_more_asked: { ...more, askedByName: 'Grace', reason: 'The evaluation runs until Friday.' },
  budget_more_decided: {
    ...more,
    toUserId: '0198c0de-0000-7000-8000-000000000001',
    state: 'approved',
    limit: '50.00',
    decidedByName: 'Ada',
    note: null,
  },
  limit_more_decided: {
    toUserId: '0198c0de-0000-7000-8000-000000000001',
    asked: 'tokens',
    model: 'kimi-k2p7-code',
    state: 'granted',
    note: 'From Sunday on.',
    tokens: { prompt: 9_000_000, uncached: 900_000, generated: 90_000 },
  },
  low_balance: { balance: '4.20', threshold: '5.00', isTopUpOn: false },
  usage_paused: { code: 'credits_exhausted' },
  usage_resumed: { available: '24.99' },
  top_up_succeeded: { amount: '25.00', balance: '26.50', card: { brand: 'visa', last4: '4242' } },
  top_up_declined: { amount: '25.00', message: 'Your card has insufficient funds.', nextTryAt: '2026-11-21T13:00:00Z' },
  top_up_paused: { reason: 'declines' },
  top_up_limit_near: { spent: '80.00', limit: '100.00' },
  top_up_needs_you: { amount: '25.00', url: 'https://pay.example/confirm' },
  purchase_paid: { amount: '50.00', total: '59.50', receiptUrl: 'https://pay.example/receipt' },
  purchase_failed: { amount: '50.00', reason: 'The card has expired' },
  refund_made: {
    amount: '59.50',
    credit: '50.00',
    gift: '10.00',
    balance: '-4.20',
    card: { brand: 'visa', last4: '4242' },
  },
  refund_failed: { amount: '59.50', credit: '50.00', code: 'expired_or_canceled_card' },
  dispute_opened: { amount: '59.50', credit: '31.00', balance: '1.00' },
  dispute_won: { amount: '59.50', credit: '31.00', balance: '32.00' },
  dispute_lost: { amount: '59.50', credit: '50.00', balance: '-18.00' },
  credit_expiring: { amount: '5.00', lastDay: '2026-12-31', isToday: false, timeZone: 'Australia/Lord_Howe' },
  signup_credit_withheld: {},
  signup_credit_returned: { amount: '0.75', card: { brand: 'visa', last4: '4242' } },
  promotion_given: { amount: '20.00', lastDay: '2026-12-31', timeZone: 'Europe/Paris' },
  billing_mode_changed: { mode: 'postpaid', creditLimit: '500.00', paymentTermsDays: 14, isCharged: false },
  postpaid_declined: { toUserId: '0198c0de-0000-7000-8000-000000000001', note: 'Ask again in December.' },
  invoice_made: invoice,
  invoice_due: { ...invoice, daysOver: 3, pausesAt: '2026-12-29T00:00:00.000Z' },
  invoice_problem: { ...invoice, problem: 'payment_failed', message: 'Your card has insufficient funds.' },
  invoice_paid: { ...invoice, paid: '149.94' },
}

const card = { brand: 'visa', last4: '4242' }
const windows = [
  { window: 'daily', period: '2026-11-21' },
  { window: 'weekly', period: '2026-W47' },
  { window: 'monthly', period: '2026-11' },
  { window: 'lifetime', period: 'lifetime' },
] as const

/** What a kind can say besides its sample. */
const others: { [Kind in NotificationKind]?: NotificationFacts[Kind][] } = {
  budget_warning: windows.map((of) => ({ ...budget, ...of, ...budgetOf.key })),
  budget_reached: [
    ...windows.map((of) => ({ ...budget, ...of, ...budgetOf.member })),
    { ...budget, window: 'daily', period: '2026-11-21', scope: 'key', subjectName: null },
  ],
  budget_more_asked: [
    { ...more, scope: 'account', window: 'monthly', subjectName: null, askedByName: 'Grace', reason: '' },
  ],
  budget_more_decided: [
    { ...samples.budget_more_decided, state: 'declined', limit: '25.00', note: 'Ask again in December.' },
  ],
  limit_more_decided: [
    { ...samples.limit_more_decided, state: 'declined', tokens: null, model: null, asked: 'tier', note: null },
    { ...samples.limit_more_decided, asked: 'requests', requestsPerMinute: 60_000, tokens: null, isUnlimited: true },
  ],
  low_balance: [{ ...samples.low_balance, isTopUpOn: true }],
  usage_paused: [
    { code: 'payment_method_required' },
    { code: 'credits_exhausted', creditLimit: '500.00' },
    { code: 'payment_past_due', amount: '126.00', number: 'ABC-0001', url: 'https://pay.example/invoice' },
  ],
  usage_resumed: [{}, { because: 'cap_raised' }, { because: 'month_turned' }, { because: 'invoice_paid' }],
  top_up_succeeded: [
    { amount: '25.00', receiptUrl: 'https://pay.example/receipt', card: { brand: 'odd', last4: '0001' } },
  ],
  top_up_declined: [{ amount: '25.00', card, message: 'Do not honor' }, {}],
  top_up_paused: [
    'hard_decline',
    'authentication',
    'no_payment_method',
    'card_gone',
    'card_declined_too_often',
    'fault',
    'monthly_limit',
    undefined,
  ].map((reason) => ({ reason, card, amount: '25.00' })) as NotificationFacts['top_up_paused'][],
  top_up_needs_you: [{ card }],
  purchase_paid: [{ amount: '50.00', total: '40.00', gift: '10.00', card }],
  purchase_failed: [{ amount: '50.00' }],
  refund_made: [
    { amount: '59.50', credit: '50.00' },
    { amount: '5.00', credit: '0.00', card },
    { amount: '59.50', credit: '50.00', balance: '-50.00', invoice: 'ABC-0001', isPostPaid: true },
  ],
  refund_failed: [
    { amount: '59.50', code: 'a_new_code' },
    { amount: '59.50', credit: '50.00', code: 'declined', invoice: 'ABC-0001' },
  ],
  dispute_opened: [
    { amount: '59.50', credit: '0.00', card },
    { amount: '59.50', credit: '0.00', card, invoice: 'ABC-0001', isPostPaid: true },
    { amount: '59.50', credit: '9.00', card, invoice: 'ABC-0001', isPostPaid: true },
  ],
  dispute_won: [
    { amount: '59.50', card },
    { amount: '59.50', credit: '50.00', card, invoice: 'ABC-0001' },
  ],
  dispute_lost: [
    { amount: '59.50', credit: '0.00', card },
    { amount: '59.50', credit: '50.00', balance: '-50.00', card, invoice: 'ABC-0001', isPostPaid: true },
  ],
  credit_expiring: [{ ...samples.credit_expiring, isToday: true }],
  signup_credit_returned: [{ amount: '0.75', isHeld: true }],
  promotion_given: [{ amount: '20.00', lastDay: null, timeZone: 'UTC' }],
  billing_mode_changed: [
    { mode: 'postpaid', creditLimit: '500.00', paymentTermsDays: 0, isCharged: true },
    { mode: 'prepaid', creditLimit: null, paymentTermsDays: 0, isCharged: false },
  ],
  invoice_made: [{ ...invoice, isCharged: true, number: null, dueAt: null, url: null }],
  invoice_due: [{ ...samples.invoice_due, daysOver: 0 }],
  invoice_problem: [{ ...invoice, problem: 'action_required', message: null }],
}

const kinds = Object.keys(samples) as NotificationKind[]

const allOf = (kind: NotificationKind): NotificationFacts[NotificationKind][] => [
  samples[kind],
  ...(others[kind] ?? []),
]

const write = (kind: NotificationKind, facts: unknown, at: Partial<MessagePlace> = {}) =>
  writeMessage(kind, facts as never, { ...place, ...at })

test.each(locales)('every mail says what happened in one story, in %s', (locale) => {
  const mails = kinds.flatMap((kind) =>
    allOf(kind).map((facts) => {
      const { subject, text } = renderMail(write(kind, facts, { locale }))
      return `${subject}\n\n${text}`
    }),
  )
  expect(mails.join('\n====\n')).toMatchSnapshot()
})

/** What stays as it is in every language: names, codes, zones, addresses, and what a bank said in words that are not usual. */
const sameEverywhere =
  /https:\S+|Engines & <Co>|Engines &amp; &lt;Co&gt;|Night shift|Batch jobs|Grace|Ada|Purse|API|Visa|USD?\b|UTC|[A-Z]\w+\/[A-Z]\w+|2026-W47|Do not honor|The evaluation runs until Friday|Ask again in December|From Sunday on|kimi-k2p7-code|ABC-0001|Stripe/g

test.each(kinds.flatMap((kind) => (['de', 'ar'] as const).map((locale) => [kind, locale] as const)))(
  'the %s mail has no English in %s, and money and dates as written there',
  (kind, locale) => {
    for (const facts of allOf(kind)) {
      for (const reason of ['billing', 'asked', 'limited', 'chosen'] as const) {
        const content = write(kind, facts, { locale, reason })
        const mail = renderMail(content)
        const shown = [mail.subject, mail.text, slackMessage(content).text].join('\n').replaceAll(sameEverywhere, ' ')
        expect(shown).not.toMatch(/undefined|NaN|\[object|[{}]|\bnone\b|\bother\b/)
        if (locale !== 'de') expect(shown).not.toContain('null') // In German it is zero.
        const english =
          locale === 'ar' ? /[A-Za-z]{2,}/ : /\b(the|and|your|with|has|is|of|usage|credit|you|card|member)\b/i
        expect(shown).not.toMatch(english)
        if (locale === 'de') expect(shown).not.toMatch(/\$\d|\b(du|dein|dir|dich)\b/i)
        expect(mail.html).toContain(`<html lang="${locale}" dir="${directionOf(locale)}">`)
        expect(mail.html).toContain(`<div lang="${locale}" dir="${directionOf(locale)}"`)
      }
    }
  },
)

test('a mail in Arabic keeps names and figures apart from the words around them', () => {
  const { text } = renderMail(
    write('budget_reached', { ...budget, ...budgetOf.key, window: 'daily', period: '2026-11-21' }, { locale: 'ar' }),
  )
  expect(text).toContain('\u2068Night shift\u2069')
  expect(text).toContain('\u2066US$\u00a050.00\u2069')
  expect(text).toContain('\u2068Engines & <Co>\u2069')
})

test('a name that is written from right to left does not turn an English sentence, whatever marks it holds', () => {
  const facts = {
    ...budget,
    ...budgetOf.key,
    window: 'daily' as const,
    period: '2026-11-21',
    subjectName: '\u202eليلى\u2069',
  }
  const { text } = renderMail(write('budget_reached', facts))
  expect(text).toContain('the API key \u2068ليلى\u2069 has reached')
})

test.each([
  ['billing', 'you look after billing for Engines & <Co>', 'Raise the budget'],
  ['asked', 'you asked for this in', 'Raise the budget'],
  ['limited', 'this budget limits you in', 'See the budget or ask for more'],
  ['chosen', 'you chose to hear of it in', 'Raise the budget'],
] as const)('a mail says why it came: %s', (reason, why, step) => {
  const { text } = renderMail(write('budget_reached', { ...budget, ...budgetOf.key }, { reason }))
  expect(text).toContain(why)
  expect(text).toContain(step)
})

test.each(Object.keys(samples) as NotificationKind[])(
  'the %s mail is calm, complete and leads to one place',
  (kind) => {
    const { subject, text, html } = renderMail(write(kind, samples[kind]))
    expect(text).not.toMatch(/!|undefined|null|NaN|\[object|\.\./)
    expect(subject.length).toBeLessThan(70)
    expect(text.match(/https:\/\//g)).toHaveLength(1)
    expect(html.match(/href="https:/g)).toHaveLength(1)
    expect(html).toContain('Engines &amp; &lt;Co&gt;')
  },
)

test.each([
  { scope: 'key', window: 'daily', period: '2026-11-21' },
  { scope: 'member', window: 'weekly', period: '2026-W47' },
  { scope: 'key', window: 'monthly', period: '2026-11' },
  { scope: 'member', window: 'lifetime', period: 'lifetime' },
] as const)('a $window budget of a $scope is told by its name', (of) => {
  for (const kind of ['budget_warning', 'budget_reached'] as const) {
    const { subject, text } = renderMail(writeMessage(kind, { ...budget, ...of, subjectName: 'Night shift' }, place))
    expect(subject).toContain(of.window)
    expect(subject.length).toBeLessThan(70)
    expect(text).toContain(`the ${of.scope === 'key' ? 'API key' : 'member'} Night shift`)
    expect(text.includes('Dec 1, 2026')).toBe(of.window !== 'lifetime')
    expect(text).not.toMatch(/undefined|null|Invalid|monthly cap/)
  }
})

test('a request for more that was declined says what stays', () => {
  const facts = {
    ...more,
    toUserId: '0198c0de-0000-7000-8000-000000000001',
    state: 'declined' as const,
    decidedByName: 'Ada',
    note: 'Ask again in December.',
  }
  const { text } = renderMail(writeMessage('budget_more_decided', facts, { ...place, reason: 'asked' }))
  expect(text).toContain('you asked for this in Engines & <Co>')
  expect(text).toContain('It stays at $25.00.')
  expect(text).toContain('“Ask again in December”.')
})

test.each([
  [{ asked: 'requests', requestsPerMinute: 60_000 }, 'The account may now begin 60,000 requests a minute.'],
  [{ asked: 'tier', isUnlimited: true }, 'The account is now unlimited by contract.'],
  [{ asked: 'tier' }, 'The operator of this platform has granted it.'],
  [{ asked: 'requests', state: 'declined', note: 'Not yet.' }, 'your limits stay as they are.'],
] as const)('the answer to a request for higher limits says what holds now: %j', (facts, said) => {
  const { text } = renderMail(
    write(
      'limit_more_decided',
      { toUserId: 'x', model: null, state: 'granted', note: null, ...facts },
      { reason: 'asked' },
    ),
  )
  expect(text).toContain(said)
  expect(text).toContain('you asked for this in Engines & <Co>')
})

test('what goes back of an invoice is said of the invoice, and pauses nothing while the contract runs', () => {
  const facts = { amount: '59.50', credit: '50.00', balance: '-50.00', invoice: 'ABC-0001', isPostPaid: true }
  for (const kind of ['refund_made', 'dispute_lost'] as const) {
    const { text } = renderMail(writeMessage(kind, facts, place))
    expect(text).toContain('It had paid for invoice ABC-0001: $50.00 was taken off your balance for it.')
    expect(text).toContain('$50.00 below zero. Usage goes on up to your credit limit')
    expect(text).not.toMatch(/paused|purchase|bought/)
    expect(renderMail(writeMessage(kind, { ...facts, isPostPaid: false }, place)).text).toContain('usage is paused')
  }
})

test('facts that are not known leave a shorter mail, not a wrong one', () => {
  const least: NotificationFacts = {
    ...samples,
    usage_resumed: {},
    top_up_succeeded: { amount: '25.00' },
    top_up_declined: {},
    top_up_paused: {},
    top_up_needs_you: {},
    purchase_paid: { amount: '50.00' },
    purchase_failed: { amount: '50.00' },
    refund_made: { amount: '50.00' },
    refund_failed: { amount: '50.00' },
    dispute_opened: { amount: '50.00', credit: null },
    dispute_won: { amount: '50.00' },
    dispute_lost: { amount: '50.00', credit: '0.00', balance: '0.00' },
  }
  for (const kind of Object.keys(least) as NotificationKind[]) {
    const { text } = renderMail(writeMessage(kind, least[kind] as never, place))
    expect(text).not.toMatch(/undefined|null|NaN/)
  }
})

test.each([
  'declines',
  'hard_decline',
  'authentication',
  'no_payment_method',
  'card_declined_too_often',
  'fault',
  'monthly_limit',
])('a pause of auto top-up because of %s has words of its own', (reason) => {
  const { text } = renderMail(writeMessage('top_up_paused', { reason }, place))
  expect(text).not.toMatch(/_|undefined/)
})

test('what a bank or a customer typed stays text', () => {
  const facts = { message: '<script>alert(1)</script>"\'', amount: '5.00' }
  const { html } = renderMail(
    writeMessage('top_up_declined', facts, { ...place, accountName: '<img src=x onerror=1>' }),
  )
  expect(html).not.toMatch(/<script|<img/)
})

test('the mail of a purchase with a promotion code says what is a gift, and of others nothing of it', () => {
  const mailOf = (facts: NotificationFacts['purchase_paid']) =>
    renderMail(writeMessage('purchase_paid', facts, place)).text
  expect(mailOf({ amount: '50.00', total: '40.00', gift: '10.00' })).toContain(
    '$10.00 of it is a gift of your promotion code.',
  )
  expect(mailOf({ amount: '50.00', total: '50.00' })).not.toContain('gift')
})

test('a suspension is told alike to those who bought and to those who never did', () => {
  const { subject, text } = renderMail(writeMessage('usage_paused', { code: 'payment_method_required' }, place))
  expect(subject.length).toBeLessThan(70)
  expect(subject).toMatch(/suspended/)
  // Credit that was bought and used up, or refunded, was not free, and its card was charged.
  expect(`${subject} ${text}`).not.toMatch(/free|have not been charged/)
  expect(text).toMatch(/Buy credits, or add a payment method/)
})
