import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import { newId } from '../state/ids'
import { type Cause, noCause, type World } from '../state/world'
import { findTestCard } from './test-cards'

export const fraudTypes = [
  'card_never_received',
  'fraudulent_card_application',
  'made_with_counterfeit_card',
  'made_with_lost_card',
  'made_with_stolen_card',
  'misc',
  'unauthorized_use_of_card',
] as const

type Warning = Stripe.Radar.EarlyFraudWarning

/** Plays an issuer that reports a charge as fraud before anybody disputes it. Throws 400 when it cannot. */
export function warnOfFraud(
  world: World,
  cause: Cause,
  charge: Stripe.Charge,
  type: (typeof fraudTypes)[number],
): Warning {
  if (charge.status !== 'succeeded' || charge.payment_method_details?.type !== 'card') {
    throw refuse(`The charge ${charge.id} took nothing from a card, so no issuer reports it.`)
  }
  if (warningOf(world, charge.id)) throw refuse(`The charge ${charge.id} was reported already.`)
  const warning: Warning = {
    id: newId.earlyFraudWarning(),
    object: 'radar.early_fraud_warning',
    actionable: isActionable(charge),
    charge: charge.id,
    created: world.clock.now(),
    fraud_type: type,
    livemode: false,
    ...(charge.payment_intent ? { payment_intent: charge.payment_intent as string } : {}),
  }
  world.store.put('earlyFraudWarnings', warning.id, warning)
  emitEvent(world, cause, 'radar.early_fraud_warning.created', warning)
  return warning
}

/** Does what the issuers of Stripe's card for it do: report the charge once it has settled. */
export function warnByTestCard(world: World, charge: Stripe.Charge): void {
  const onFile = charge.payment_method ? world.store.get('cardsOnFile', charge.payment_method) : undefined
  const isReported = onFile && findTestCard(onFile.number)?.isReportedAsFraud
  if (isReported && !warningOf(world, charge.id)) warnOfFraud(world, noCause, charge, 'made_with_stolen_card')
}

/** Nothing can be done about a warning once its charge was refunded in full or disputed. */
export function refreshFraudWarning(world: World, cause: Cause, charge: Stripe.Charge): void {
  const before = warningOf(world, charge.id)
  if (!before || before.actionable === isActionable(charge)) return
  const after = world.store.put('earlyFraudWarnings', before.id, { ...before, actionable: isActionable(charge) })
  emitEvent(world, cause, 'radar.early_fraud_warning.updated', after, before)
}

const isActionable = (charge: Stripe.Charge): boolean => !charge.disputed && !charge.refunded

const warningOf = (world: World, chargeId: string): Warning | undefined =>
  world.store.oldestFirst('earlyFraudWarnings').find((warning) => warning.charge === chargeId)
