import type { Play } from '@/lib/domain/fault-lab/rules'

export interface Offer {
  label: string
  /** What it plays, and what must be seen. */
  sentence: string
  play: Play
}

export interface OfferGroup {
  id: string
  title: string
  description: string
  offers: Offer[]
}

type ApiPlay = Extract<Play, { kind: 'api' }>

const api = (fault: ApiPlay['fault'], label: string, sentence: string, until: ApiPlay['until']): Offer => ({
  label,
  sentence,
  play: { kind: 'api', fault, until },
})

/** Failures of Stripe's API. How often they are met is chosen above them. */
export const apiOffers = (until: ApiPlay['until']): Offer[] => [
  api(
    'reset_before',
    'Reset before the effect',
    'The connection breaks before Stripe does anything. The call is repeated under the same key: one charge, or a clear refusal.',
    until,
  ),
  api(
    'reset_after',
    'Reset after the effect',
    'Stripe does it, and the connection breaks before we hear so. It is found out, and done once.',
    until,
  ),
  api(
    'truncated_200',
    'Half an answer',
    'The answer 200 arrives cut off. It counts as unknown until it is read again.',
    until,
  ),
  api('hang', 'No answer', 'Stripe takes the call and says nothing. After 20 seconds it counts as unknown.', until),
  api(
    'http_429',
    'Too many requests (429)',
    'Nothing happens at Stripe. We ask again later; nobody is told of a decline.',
    until,
  ),
  api(
    'http_409',
    'Key in use (409)',
    'Stripe is at work under the same key. We wait, and charge no second time.',
    until,
  ),
  api(
    'http_500',
    'Error at Stripe (500)',
    'Stripe fails, and keeps that answer under the key. It is no decline.',
    until,
  ),
  api('html_502', 'A proxy answers (502)', 'HTML in place of JSON. It is unknown, not declined.', until),
  api(
    'stale_read',
    'Old answers',
    'Reads show how it was before. Nothing is credited twice, and nothing is taken back by mistake.',
    until,
  ),
  ...(until === 'healed'
    ? [
        api(
          'down',
          'Stripe is down',
          'Every call breaks. Usage goes on; buying says that Stripe cannot be reached.',
          until,
        ),
      ]
    : []),
]

export const groups: OfferGroup[] = [
  {
    id: 'payment',
    title: 'A payment',
    description: 'Of $25.00, on the page that is open or on a new one.',
    offers: [
      {
        label: 'Pay by card',
        sentence: 'A customer pays with 4242. The purchase becomes paid and the balance grows by $25.00, once.',
        play: { kind: 'pay', how: 'card' },
      },
      {
        label: 'Pay and save the card',
        sentence: 'The same, with consent to charge the card later. Auto top-up has a card.',
        play: { kind: 'pay', how: 'saved_card' },
      },
      {
        label: 'Pay with a declined card',
        sentence: 'The page says no. The purchase stays open and nothing is credited.',
        play: { kind: 'pay', how: 'declined_card' },
      },
      {
        label: 'Pay from a bank account',
        sentence: 'The debit takes days. The purchase is processing, and nothing is credited yet.',
        play: { kind: 'pay', how: 'bank_account' },
      },
      {
        label: 'The debit arrives',
        sentence: 'The bank pays. The credit appears.',
        play: { kind: 'debit', outcome: 'succeeded' },
      },
      {
        label: 'The debit fails',
        sentence: 'The bank sends it back. The purchase failed, and nothing was credited.',
        play: { kind: 'debit', outcome: 'failed' },
      },
    ],
  },
  {
    id: 'refunds',
    title: 'Refunds',
    description: 'Made in Stripe’s own dashboard, of the newest payment with something left.',
    offers: [
      {
        label: 'Refund half',
        sentence: 'Half of what is left goes back. As much credit of that purchase is taken.',
        play: { kind: 'refund', part: 'half' },
      },
      {
        label: 'Refund the rest',
        sentence: 'All that is left goes back. Credit that was used already takes the balance below zero.',
        play: { kind: 'refund', part: 'rest' },
      },
      {
        label: 'The refund fails',
        sentence: 'The card’s bank sends the newest refund back. Its credit returns.',
        play: { kind: 'refund_fails' },
      },
    ],
  },
  {
    id: 'disputes',
    title: 'Disputes',
    description: 'A cardholder complains about the newest payment, and the bank decides.',
    offers: [
      {
        label: 'Dispute a payment',
        sentence: 'The bank takes the money at once. What is left of the purchase is frozen.',
        play: { kind: 'dispute', move: 'open' },
      },
      {
        label: 'Ask about a payment',
        sentence: 'An inquiry: no money moves, and no credit is frozen.',
        play: { kind: 'dispute', move: 'inquiry' },
      },
      {
        label: 'Win the dispute',
        sentence: 'The money comes back to the platform. Nothing stays frozen.',
        play: { kind: 'dispute', move: 'won' },
      },
      {
        label: 'Lose the dispute',
        sentence: 'The credit is taken back in full, used or not. The balance may go below zero.',
        play: { kind: 'dispute', move: 'lost' },
      },
      {
        label: 'Appeal the loss',
        sentence: 'The credit stays taken until the appeal is decided.',
        play: { kind: 'dispute', move: 'appeal' },
      },
      {
        label: 'Win the appeal',
        sentence: 'The credit is back.',
        play: { kind: 'dispute', move: 'won_back' },
      },
      {
        label: 'An unknown status',
        sentence: 'Stripe invents a status. While the money is away, what is left stays frozen.',
        play: { kind: 'dispute', move: 'unknown' },
      },
    ],
  },
  {
    id: 'card',
    title: 'My card',
    description: 'What the saved card does when it is charged without you. Needs a saved card.',
    offers: [
      {
        label: 'Turn auto top-up on',
        sentence: 'It buys $10.00 when available credit reaches $5.00.',
        play: { kind: 'auto_top_up' },
      },
      {
        label: 'Insufficient funds',
        sentence: 'A soft decline: you are told, and it waits 1 hour, 6 hours, a day, then pauses.',
        play: { kind: 'card', behaviour: 'insufficient_funds' },
      },
      {
        label: 'Reported lost',
        sentence: 'A hard decline: auto top-up pauses at once, and the card is not tried again.',
        play: { kind: 'card', behaviour: 'lost_card' },
      },
      {
        label: 'Declined, no reason',
        sentence: 'The bank says only no. It counts as a soft decline.',
        play: { kind: 'card', behaviour: 'generic_decline' },
      },
      {
        label: 'Asks for you',
        sentence: 'The bank wants your confirmation. You get a link; nothing is charged before.',
        play: { kind: 'card', behaviour: 'authentication_needed' },
      },
      {
        label: 'Works again',
        sentence: 'The next charge goes through.',
        play: { kind: 'card', behaviour: 'works' },
      },
    ],
  },
  {
    id: 'usage',
    title: 'Usage',
    description: 'Reported as the platform’s gateway reports it.',
    offers: [
      { label: 'Use $0.50', sentence: 'The balance falls by as much.', play: { kind: 'usage', amount: '0.50' } },
      {
        label: 'Use $5',
        sentence: 'More than is available is refused, in words.',
        play: { kind: 'usage', amount: '5.00' },
      },
      {
        label: 'Use all credit',
        sentence: 'Usage pauses, or auto top-up buys more.',
        play: { kind: 'usage', amount: 'all' },
      },
    ],
  },
  {
    id: 'time',
    title: 'Time',
    description: 'Moves our clock and Stripe’s together. It does not go back.',
    offers: [
      { label: 'An hour later', sentence: 'Waits after a decline end.', play: { kind: 'time', by: 'hour' } },
      {
        label: 'A day later',
        sentence: 'Payment pages expire; refund windows close.',
        play: { kind: 'time', by: 'day' },
      },
      { label: 'A week later', sentence: 'Bank debits arrive.', play: { kind: 'time', by: 'week' } },
      { label: 'A month later', sentence: 'The monthly limits begin anew.', play: { kind: 'time', by: 'month' } },
    ],
  },
  {
    id: 'events',
    title: 'Stripe’s events',
    description: 'How they arrive from now on. Whatever becomes of them, the books end up the same.',
    offers: [
      {
        label: 'Hold them',
        sentence: 'Nothing arrives until you release them. Pay meanwhile: the credit waits too.',
        play: { kind: 'events', mode: 'hold' },
      },
      { label: 'Release in order', sentence: 'All that is held arrives.', play: { kind: 'release', order: 'fifo' } },
      {
        label: 'Release reversed',
        sentence: 'The last comes first. The end is the same.',
        play: { kind: 'release', order: 'reverse' },
      },
      {
        label: 'Release shuffled',
        sentence: 'In any order. The end is the same.',
        play: { kind: 'release', order: 'shuffle' },
      },
      {
        label: 'Repeat each',
        sentence: 'Every event arrives three times. Nothing counts twice.',
        play: { kind: 'events', mode: 'repeat' },
      },
      {
        label: 'Lose them',
        sentence: 'Nothing arrives. The sweep finds the events in Stripe’s list within seconds.',
        play: { kind: 'events', mode: 'lose' },
      },
      {
        label: 'Delay them',
        sentence: 'Each arrives 20 seconds late.',
        play: { kind: 'events', mode: 'delay' },
      },
      {
        label: 'Wrong signature',
        sentence: 'Our door refuses them with 400. The sweep finds what they spoke of.',
        play: { kind: 'events', mode: 'bad_signature' },
      },
      {
        label: 'Old API version',
        sentence: 'Events in the shape of 2024. Only their ids are believed; the rest is read anew.',
        play: { kind: 'events', mode: 'old_version' },
      },
      {
        label: 'As they happen',
        sentence: 'Back to normal. What is held stays held until it is released.',
        play: { kind: 'events', mode: 'normal' },
      },
    ],
  },
  {
    id: 'latest-event',
    title: 'The latest event, again',
    description: 'Of this account. The log says what our door answered.',
    offers: [
      {
        label: 'Send again',
        sentence: 'Known already: 200, and nothing happens.',
        play: { kind: 'event', how: 'resend' },
      },
      {
        label: 'As a thin event',
        sentence: 'It names an object and carries none. 200, and the object is read anew.',
        play: { kind: 'event', how: 'thin_event' },
      },
      {
        label: 'Of live mode',
        sentence: 'Noted and left alone: test money never becomes credit of a live account.',
        play: { kind: 'event', how: 'livemode' },
      },
      {
        label: 'Oversized',
        sentence: 'More than 256 KB: refused with 413.',
        play: { kind: 'event', how: 'oversized' },
      },
      {
        label: '301 seconds old',
        sentence: 'Signed too long ago: refused with 400.',
        play: { kind: 'event', how: 'old_timestamp' },
      },
      { label: 'Cut off', sentence: 'Half a body: refused with 400.', play: { kind: 'event', how: 'truncated' } },
    ],
  },
]

/** A fault in force, in words. */
export const faultWords: Record<string, string> = Object.fromEntries(
  apiOffers('healed').flatMap(({ label, play }) => (play.kind === 'api' ? [[play.fault, label]] : [])),
)
