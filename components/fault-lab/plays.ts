import type { Formats } from '#texts'
import type { Play } from '@/lib/domain/fault-lab/rules'
import type { en } from '@/messages/en'

type Words = (typeof en)['fault-lab']

/** A button: its words are `offers.<name>`. */
export interface Offer {
  name: keyof Words['offers']
  play: Play
}

/** Plays that belong together: their words are `groups.<name>`. */
export interface OfferGroup {
  id: string
  name: keyof Words['groups']
  offers: Offer[]
}

/** The amounts that plays are made with. */
export const labAmounts = (f: Formats) => ({
  amount: f.money('25.00'),
  small: f.money('10.00'),
  minimum: f.money('5.00'),
  little: f.money('0.50'),
  more: f.plainMoney('5'),
})

type ApiPlay = Extract<Play, { kind: 'api' }>

const apiFaults = [
  'reset_before',
  'reset_after',
  'truncated_200',
  'hang',
  'http_429',
  'http_409',
  'http_500',
  'html_502',
  'stale_read',
] as const

/** Failures of Stripe's API. How often they are met is chosen above them; only what is to be healed can be down. */
export const apiOffers = (until: ApiPlay['until']): Offer[] =>
  [...apiFaults, ...(until === 'healed' ? (['down'] as const) : [])].map((fault) => ({
    name: fault,
    play: { kind: 'api', fault, until },
  }))

export const heal: Offer = { name: 'heal', play: { kind: 'heal' } }

export const groups: OfferGroup[] = [
  {
    id: 'payment',
    name: 'payment',
    offers: [
      { name: 'payCard', play: { kind: 'pay', how: 'card' } },
      { name: 'paySaved', play: { kind: 'pay', how: 'saved_card' } },
      { name: 'payDeclined', play: { kind: 'pay', how: 'declined_card' } },
      { name: 'payBank', play: { kind: 'pay', how: 'bank_account' } },
      { name: 'debitArrives', play: { kind: 'debit', outcome: 'succeeded' } },
      { name: 'debitFails', play: { kind: 'debit', outcome: 'failed' } },
    ],
  },
  {
    id: 'refunds',
    name: 'refunds',
    offers: [
      { name: 'refundHalf', play: { kind: 'refund', part: 'half' } },
      { name: 'refundRest', play: { kind: 'refund', part: 'rest' } },
      { name: 'refundFails', play: { kind: 'refund_fails' } },
    ],
  },
  {
    id: 'disputes',
    name: 'disputes',
    offers: [
      { name: 'disputeOpen', play: { kind: 'dispute', move: 'open' } },
      { name: 'disputeInquiry', play: { kind: 'dispute', move: 'inquiry' } },
      { name: 'disputeWon', play: { kind: 'dispute', move: 'won' } },
      { name: 'disputeLost', play: { kind: 'dispute', move: 'lost' } },
      { name: 'disputeAppeal', play: { kind: 'dispute', move: 'appeal' } },
      { name: 'disputeWonBack', play: { kind: 'dispute', move: 'won_back' } },
      { name: 'disputeUnknown', play: { kind: 'dispute', move: 'unknown' } },
    ],
  },
  {
    id: 'card',
    name: 'card',
    offers: [
      { name: 'topUpOn', play: { kind: 'auto_top_up' } },
      { name: 'cardFunds', play: { kind: 'card', behaviour: 'insufficient_funds' } },
      { name: 'cardLost', play: { kind: 'card', behaviour: 'lost_card' } },
      { name: 'cardNo', play: { kind: 'card', behaviour: 'generic_decline' } },
      { name: 'cardAsks', play: { kind: 'card', behaviour: 'authentication_needed' } },
      { name: 'cardWorks', play: { kind: 'card', behaviour: 'works' } },
    ],
  },
  {
    id: 'usage',
    name: 'usage',
    offers: [
      { name: 'useLittle', play: { kind: 'usage', amount: '0.50' } },
      { name: 'useMore', play: { kind: 'usage', amount: '5.00' } },
      { name: 'useAll', play: { kind: 'usage', amount: 'all' } },
    ],
  },
  {
    id: 'time',
    name: 'time',
    offers: [
      { name: 'hour', play: { kind: 'time', by: 'hour' } },
      { name: 'day', play: { kind: 'time', by: 'day' } },
      { name: 'week', play: { kind: 'time', by: 'week' } },
      { name: 'month', play: { kind: 'time', by: 'month' } },
    ],
  },
  {
    id: 'events',
    name: 'events',
    offers: [
      { name: 'eventsHold', play: { kind: 'events', mode: 'hold' } },
      { name: 'releaseOrder', play: { kind: 'release', order: 'fifo' } },
      { name: 'releaseReverse', play: { kind: 'release', order: 'reverse' } },
      { name: 'releaseShuffle', play: { kind: 'release', order: 'shuffle' } },
      { name: 'eventsRepeat', play: { kind: 'events', mode: 'repeat' } },
      { name: 'eventsLose', play: { kind: 'events', mode: 'lose' } },
      { name: 'eventsDelay', play: { kind: 'events', mode: 'delay' } },
      { name: 'eventsSignature', play: { kind: 'events', mode: 'bad_signature' } },
      { name: 'eventsVersion', play: { kind: 'events', mode: 'old_version' } },
      { name: 'eventsNormal', play: { kind: 'events', mode: 'normal' } },
    ],
  },
  {
    id: 'latest-event',
    name: 'latestEvent',
    offers: [
      { name: 'eventResend', play: { kind: 'event', how: 'resend' } },
      { name: 'eventThin', play: { kind: 'event', how: 'thin_event' } },
      { name: 'eventLive', play: { kind: 'event', how: 'livemode' } },
      { name: 'eventOversized', play: { kind: 'event', how: 'oversized' } },
      { name: 'eventOld', play: { kind: 'event', how: 'old_timestamp' } },
      { name: 'eventCut', play: { kind: 'event', how: 'truncated' } },
    ],
  },
]
