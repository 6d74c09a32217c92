import type { Actor } from '@/lib/core/actor'
import { cents, compare, formatMoney, type Money } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { readSubjects } from '@/lib/edges/email'
import type { SandboxCustomer, SandboxState } from '@/lib/edges/stripe-sandbox'
import { getStanding, type StandingDto } from '../accounts'
import { type AutoTopUpDto, getAutoTopUp } from '../auto-top-up'
import { type DisputeDto, listDisputes } from '../disputes'
import { listMovements, type MovementDto } from '../ledger'
import { billingContacts, requireRole } from '../members'
import { type PurchaseOrigin, type PurchaseState, purchaseStateText } from '../purchases/rules'
import { listRefunds, type RefundDto } from '../refunds'
import { type LabWorld, readLabWorld } from './lab-world'
import { requireLab } from './require-lab'
import type { CardBehaviour, EventMode, LabFacts } from './rules'

/** What is seen beside the buttons. Amounts are decimal strings, instants ISO strings. */
export interface FaultLabDto {
  standing: StandingDto
  movements: MovementDto[]
  purchases: {
    purchaseId: string
    origin: PurchaseOrigin
    state: PurchaseState
    stateText: string
    amount: string
    createdAt: string
  }[]
  refunds: RefundDto[]
  disputes: DisputeDto[]
  autoTopUp: AutoTopUpDto
  /** The card that automatic charges use, and what it was told to do. */
  card: { brand: string; last4: string; behaviour: CardBehaviour } | null
  mails: { id: string; subject: string; sentAt: string }[]
  stripe: {
    clock: string
    faults: { kind: string; count: number | null }[]
    eventMode: EventMode
    heldEvents: number
    pendingEvents: number
  }
  /** The money that Stripe has of this customer, by its own account and by our books. */
  agreement: { atStripe: string; inBooks: string; agrees: boolean }
  facts: LabFacts
}

const shown = { movements: 8, purchases: 5, refunds: 4, disputes: 3, mails: 6 }

/**
 * A member's account and its customer at the sandbox, as they are now.
 * @throws Refusal `not_found` outside the sandbox, `payment_provider_unavailable` when the sandbox does not answer.
 */
export async function readFaultLab(actor: Actor, { accountId }: { accountId: string }): Promise<FaultLabDto> {
  requireLab()
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [standing, world, movements, refunds, disputes, autoTopUp, contacts] = await Promise.all([
    getStanding(actor, { accountId }),
    readLabWorld(accountId, at),
    listMovements(actor, { accountId, limit: shown.movements }),
    listRefunds(actor, { accountId }),
    listDisputes(actor, { accountId }),
    getAutoTopUp(actor, { accountId }),
    billingContacts(accountId),
  ])
  const mails = await readSubjects(contacts, shown.mails)
  return {
    standing,
    movements,
    purchases: world.purchases.slice(0, shown.purchases).map(({ purchaseId, origin, state, amount, createdAt }) => ({
      purchaseId,
      origin,
      state,
      stateText: purchaseStateText(state),
      amount: formatMoney(amount),
      createdAt: createdAt.toISOString(),
    })),
    refunds: refunds.slice(0, shown.refunds),
    disputes: disputes.slice(0, shown.disputes),
    autoTopUp,
    card: cardOf(world),
    mails: mails.map(({ sentAt, ...mail }) => ({ ...mail, sentAt: sentAt.toISOString() })),
    stripe: stripeOf(world),
    agreement: agreementOf(world),
    facts: world.facts,
  }
}

function stripeOf({ sandbox, customer }: LabWorld): FaultLabDto['stripe'] {
  return {
    clock: new Date(sandbox.clock.now * 1000).toISOString(),
    faults: sandbox.faults.map(({ kind, count }) => ({ kind, count })),
    eventMode: eventModeOf(sandbox.delivery_settings),
    heldEvents: customer?.deliveries.held ?? 0,
    pendingEvents: customer?.deliveries.pending ?? 0,
  }
}

function eventModeOf(settings: SandboxState['delivery_settings']): EventMode {
  if (settings.mode === 'hold') return 'hold'
  if (settings.mode === 'drop') return 'lose'
  if (settings.hasBadSignature) return 'bad_signature'
  if (settings.apiVersion !== null) return 'old_version'
  if (settings.delaySeconds > 0) return 'delay'
  return settings.repeat > 1 ? 'repeat' : 'normal'
}

function agreementOf({ customer, kept }: LabWorld): FaultLabDto['agreement'] {
  const atStripe = customer ? moneyAtStripe(customer, kept.currency) : cents(0, kept.currency)
  return { atStripe: formatMoney(atStripe), inBooks: formatMoney(kept), agrees: compare(atStripe, kept) === 0 }
}

function moneyAtStripe({ money }: SandboxCustomer, currency: string): Money {
  const { charged, refunded, withdrawn, reinstated } = money
  return cents(charged - refunded.succeeded - refunded.pending - withdrawn + reinstated, currency)
}

function cardOf({ card, customer }: LabWorld): FaultLabDto['card'] {
  if (!card) return null
  const override = customer?.cards.find(({ id }) => id === card.stripePaymentMethodId)?.override ?? null
  return { brand: card.brand, last4: card.last4, behaviour: behaviourOf(override) }
}

function behaviourOf(override: SandboxCustomer['cards'][number]['override']): CardBehaviour {
  if (override === null || 'alwaysSucceeds' in override) return 'works'
  if ('authenticationRequired' in override) return 'authentication_needed'
  const { declineCode } = override
  return declineCode === 'insufficient_funds' || declineCode === 'lost_card' ? declineCode : 'generic_decline'
}
