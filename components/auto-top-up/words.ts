import type { Formats, Texts } from '#texts'
import type { AttemptDto, AutoTopUpDto, TopUpTimelineEntry } from '@/lib/domain/auto-top-up'
import { saidWords } from '../payment-methods/words'
import type { Tone } from '../ui/badge'

/** How a state of auto top-up is coloured beside its word. */
export const topUpTones: Record<AutoTopUpDto['state'], Tone> = {
  off: 'neutral',
  on: 'good',
  cooling: 'warn',
  paused: 'bad',
  needs_you: 'bad',
}

/** Where auto top-up stands, in a sentence or two. */
export function stateWords(t: Texts<'auto-top-up.card'>, f: Formats, autoTopUp: AutoTopUpDto): string {
  const { state, pausedReason, declinesInARow, confirming } = autoTopUp
  switch (state) {
    case 'off':
      return t('off')
    case 'needs_you':
      return confirming ? t('confirm', { amount: f.money(confirming) }) : t('confirmAny')
    case 'paused':
      return t(`pauses.${pausedReason ?? 'fault'}`)
    case 'cooling':
      return t('cooling', { count: declinesInARow })
    case 'on':
      return planWords(t, f, autoTopUp.setting)
  }
}

function planWords(t: Texts<'auto-top-up.card'>, f: Formats, setting: AutoTopUpDto['setting']): string {
  const { mode, minimum, amount, target, monthlyLimit } = setting
  const facts = { minimum: f.money(minimum), amount: f.money(amount), target: f.money(target) }
  const buys = mode === 'amount' ? 'onSteps' : 'onTarget'
  return monthlyLimit === null ? t(buys, facts) : t(`${buys}Limit`, { ...facts, limit: f.money(monthlyLimit) })
}

/** Why nothing is bought although credit is low; null when the state says it already. */
export function waitingWords(t: Texts<'auto-top-up.waits'>, because: string | null): string | null {
  if (because === 'stopped_by_breaker' || because === 'dry_run') return t('stopped_by_operator')
  return because !== null && t.has(because) ? t(because as 'in_progress') : null
}

/** Why an attempt ran. */
export function whyWords(t: Texts<'auto-top-up.timeline'>, f: Formats, { available, minimum }: AttemptDto): string {
  const facts = { available: f.money(available), minimum: f.money(minimum) }
  return t(available === minimum ? 'whyReached' : 'whyBelow', facts)
}

/** What came of an attempt, or how far it is. */
export function outcomeWords(
  t: Texts<'auto-top-up.timeline'>,
  banks: Texts<'payment-methods.said'>,
  f: Formats,
  attempt: AttemptDto,
): string {
  const { state, card, message, isBankAsked } = attempt
  const facts = { amount: f.money(attempt.amount), card: card ? t('ending', { last4: card.last4 }) : t('saved') }
  const said = message ? [saidWords(banks, message)] : []
  if (state === 'declined') {
    return [t(`outcomes.${isBankAsked ? 'bankDeclined' : 'notCharged'}`, facts), ...said, t('outcomes.uncharged')].join(
      ' ',
    )
  }
  if (state === 'canceled') return [t('outcomes.canceled'), ...said].join(' ')
  return t(`outcomes.${state}`, facts)
}

type Note = Extract<TopUpTimelineEntry, { kind: 'note' }>

/** Why nothing was charged although credit was low, or what ended a wait. */
export function noteWords(
  t: Texts<'auto-top-up.timeline'>,
  waits: Texts<'auto-top-up.waits'>,
  { reason }: Pick<Note, 'reason'>,
): string {
  if (reason === 'resumed' || reason === 'no_payment_method' || reason === 'card_declined_too_often') {
    return t(`notes.${reason}`)
  }
  const why = waitingWords(waits, reason)
  return why ? `${t('notes.nothing')} ${why}` : t('notes.nothing')
}
