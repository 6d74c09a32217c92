import {
  addFault,
  clearFaults,
  releaseEvents,
  resendEvent,
  sendOddEvent,
  setCard,
  setDeliveries,
} from '@/lib/edges/stripe-sandbox'
import type { EventMode, FaultName, Play } from './rules'
import type { Stage } from './stage'

type StripePlay = Extract<Play, { kind: 'api' | 'events' | 'release' | 'event' | 'heal' }>

/** What goes wrong between Stripe and us: its API, and the way of its events. */
export async function playStripe({ world }: Stage, play: StripePlay): Promise<string> {
  switch (play.kind) {
    case 'api':
      return fail(play.fault, play.until)
    case 'events':
      await setDeliveries(deliverySettings[play.mode])
      return eventSentences[play.mode]
    case 'release': {
      const { released } = await releaseEvents(play.order, Date.now() % 1_000)
      return `${released === 1 ? 'One event was' : `${released} events were`} sent, ${orderWords[play.order]}.`
    }
    case 'event':
      return sendAgain(world.customer!.events[0]!, play.how)
    case 'heal':
      return heal(world)
  }
}

async function fail(fault: FaultName, until: 'next' | 'healed'): Promise<string> {
  if (until === 'healed') {
    await clearFaults()
    await addFault({ kind: fault, count: null })
    return 'Every call to Stripe meets it, until you heal everything.'
  }
  // Sweeps read all the time; what a person does next is a write, or the reading of a payment page.
  const match = fault === 'stale_read' ? { method: 'GET', path_prefix: '/v1/checkout/sessions/' } : { method: 'POST' }
  await addFault({ kind: fault, count: 1, match })
  return fault === 'stale_read'
    ? 'The next reading of a payment page is of how it was before.'
    : 'The next call to Stripe that could move money meets it.'
}

const deliverySettings: Record<EventMode, Parameters<typeof setDeliveries>[0]> = {
  normal: { mode: 'auto' },
  hold: { mode: 'hold' },
  lose: { mode: 'drop' },
  repeat: { mode: 'auto', repeat: 3 },
  delay: { mode: 'auto', delay_seconds: 20 },
  bad_signature: { mode: 'auto', bad_signature: true },
  old_version: { mode: 'auto', api_version: '2024-06-20' },
}

const eventSentences: Record<EventMode, string> = {
  normal: 'Events are sent as they happen.',
  hold: 'Events from now on are held back until you release them.',
  lose: 'Events from now on are lost. A sweep over Stripe’s own list finds them.',
  repeat: 'Every event from now on is sent three times.',
  delay: 'Every event from now on is sent 20 seconds late.',
  bad_signature: 'Events from now on are signed with the wrong secret.',
  old_version: 'Events from now on come in the API version 2024-06-20.',
}

const orderWords = { fifo: 'in order', reverse: 'the last one first', shuffle: 'in any order' }

const oddWords = {
  thin_event: 'as a thin event, which names an object and carries none',
  livemode: 'as an event of live mode',
  oversized: 'with a body of more than 256 KB',
  old_timestamp: 'signed 301 seconds ago',
  truncated: 'cut off half-way',
}

async function sendAgain(
  event: { id: string; type: string },
  how: Extract<Play, { kind: 'event' }>['how'],
): Promise<string> {
  const status = how === 'resend' ? await resendEvent(event.id) : await sendOddEvent(how, event.id)
  const answer = status === null ? 'Our door did not answer.' : `Our door answered ${status}.`
  return `${event.type} was sent ${how === 'resend' ? 'once more' : oddWords[how]}. ${answer}`
}

/** Takes every failure back. Nothing that happened is undone: held events are sent, and the clock stays where it is. */
async function heal({ customer, facts }: Stage['world']): Promise<string> {
  await clearFaults()
  await setDeliveries({ mode: 'auto' })
  const { released } = await releaseEvents('fifo', 1)
  const cards = customer?.cards.filter(({ override }) => override !== null) ?? []
  for (const { id } of cards) await setCard(id, { ok: true })
  const parts = [
    'Stripe answers again and events are sent as they happen.',
    ...(released > 0
      ? [`${released === 1 ? 'One event that was held was' : `${released} events that were held were`} sent.`]
      : []),
    ...(facts.hasSavedCard ? ['Your cards work.'] : []),
  ]
  return parts.join(' ')
}
