import { setCard } from '@/lib/edges/stripe-sandbox'
import { saveAutoTopUp } from '../auto-top-up'
import { cardName } from '../payment-methods/rules'
import { type CardBehaviour, cardWords, type Play } from './rules'
import type { Stage } from './stage'

/** What the saved card does from now on, and auto top-up that uses it. */
export async function playCard(
  { actor, accountId, world }: Stage,
  play: Extract<Play, { kind: 'card' | 'auto_top_up' }>,
): Promise<string> {
  if (play.kind === 'auto_top_up') {
    const plan = { minimum: '5.00', mode: 'amount', amount: '10.00', target: '20.00', monthlyLimit: '100.00' } as const
    await saveAutoTopUp(actor, { accountId, isOn: true, ...plan })
    return 'Auto top-up buys $10.00 when available credit reaches $5.00, at most $100.00 a month.'
  }
  const card = world.card!
  await setCard(card.stripePaymentMethodId, behaviours[play.behaviour])
  return `${cardName(card)} from now on: ${cardWords[play.behaviour]}.`
}

const behaviours: Record<CardBehaviour, Parameters<typeof setCard>[1]> = {
  works: { ok: true },
  insufficient_funds: { decline_code: 'insufficient_funds' },
  lost_card: { decline_code: 'lost_card' },
  generic_decline: { decline_code: 'generic_decline' },
  authentication_needed: { authentication_required: true },
}
