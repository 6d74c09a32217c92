import { noCause, type World } from '../state/world'
import { openDispute } from './dispute-charge'
import { findTestCard } from './test-cards'

/** Does what the holders of Stripe's dispute cards do: complain as soon as the charge has settled. */
export function disputeByTestCard(world: World, chargeId: string): void {
  const charge = world.store.get('charges', chargeId)
  const onFile = charge?.payment_method ? world.store.get('cardsOnFile', charge.payment_method) : undefined
  const dispute = onFile && findTestCard(onFile.number)?.dispute
  if (!charge || !dispute || charge.disputed) return
  const { kind, reason } = dispute
  openDispute(world, noCause, { charge, amount: charge.amount_captured, reason, isInquiry: kind === 'inquiry' })
}
