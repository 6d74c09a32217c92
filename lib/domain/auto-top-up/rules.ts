/**
 * When auto top-up charges the saved card, how much, and why not (PRODUCT "Auto top-up"). Pure: the instant and every fact
 * are parameters. Also runs in the browser, where the form shows what a setting would do.
 */
import {
  add,
  cents,
  compare,
  isLess,
  isMore,
  isUnderOneCent,
  least,
  type Money,
  money,
  most,
  nanosPerCent,
  roundUpToCents,
  subtract,
} from '@/lib/core/money'
import { dayMs, secondMs } from '@/lib/core/time'

/** amount: buy whole steps of `amount` until above the minimum. target: bring the available credit to `target`. */
export type TopUpMode = 'amount' | 'target'

/** What the customer has set. */
export interface TopUpPlan {
  isOn: boolean
  /** Fires when available credit reaches or goes below it. */
  minimum: Money
  mode: TopUpMode
  amount: Money
  target: Money
  /** The most that is bought automatically in a billing month; null for no limit. */
  monthlyLimit: Money | null
}

/** Why auto top-up waits for a person. */
export type PauseReason =
  | 'declines'
  | 'hard_decline'
  | 'authentication'
  | 'no_payment_method'
  | 'card_gone'
  | 'card_declined_too_often'
  | 'fault'

/** Where auto top-up stands after what came of its charges. */
export interface Standing {
  /** Declines since the last success or since a person stepped in. */
  consecutiveDeclines: number
  coolingUntil: Date | null
  pausedReason: PauseReason | null
  /** The card that the wait or pause is about: its fingerprint, or the one payment method ("pm_…") that is meant. */
  cardInTrouble: string | null
}

/** No decline counted, no wait, no pause. */
export const cleared: Standing = { consecutiveDeclines: 0, coolingUntil: null, pausedReason: null, cardInTrouble: null }

/** The plan and where it stands. */
export interface TopUpSetting extends TopUpPlan, Standing {}

/** Everything else that a decision is made of, as it is at one moment. */
export interface TopUpFacts {
  at: Date
  /** Balance without what open holds have set aside. Below zero when more was used than paid for. */
  available: Money
  /** Credit that is being paid for right now and is not yet on the balance. */
  pending: Money
  hasOpenAttempt: boolean
  hasPaymentMethod: boolean
  isAccountSuspended: boolean
  /** Usage beyond credit is invoiced: no card is charged to pay that. */
  isPostPaid: boolean
  /** Of a former contract: an invoice asks for the debt already. */
  isDebtInvoiced: boolean
  /** The operator's switch that stops every automatic charge. */
  isStoppedByOperator: boolean
  /** The breaker over all accounts has tripped. */
  isBreakerTripped: boolean
  /** Everything is decided, and nothing is charged. */
  isDryRun: boolean
  /** The balance is below zero by a refund or chargeback, or an automatic charge is disputed. */
  hasRefundOrDispute: boolean
  /** Bought automatically in this billing month, charges in flight included. */
  chargedThisMonth: Money
  /** What the monthly budget cap still lets the account spend, open holds counted as spent; null without a cap. */
  capHeadroom: Money | null
  /** When automatic charges succeeded in the last 30 days, newest first. */
  successes: Date[]
  /** Whether the ledger shows the credit of the latest success, whenever that was; true when there was none. */
  isLatestSuccessCredited: boolean
  /** How often this card was declined in the last 30 days, whichever account tried it. */
  declinesOfCard: number
  /** Charges of this card under way in other accounts: each may still be declined. */
  chargesOfCardInFlight: number
  smallestPurchase: Money
  largestPurchase: Money
}

export type SkipReason =
  | 'off'
  | 'enough'
  | 'in_progress'
  | 'stopped_by_operator'
  | 'stopped_by_breaker'
  | 'account_suspended'
  | 'post_paid'
  | 'debt_invoiced'
  | 'paused'
  | 'cooling'
  | 'no_payment_method'
  | 'refund_or_dispute_open'
  | 'card_declined_too_often'
  | 'card_busy'
  | 'previous_credit_missing'
  | 'too_soon'
  | 'too_many_today'
  | 'too_many_this_month'
  | 'over_monthly_limit'
  | 'cap_leaves_no_room'
  | 'dry_run'

export type TopUpDecision =
  | { kind: 'charge'; amount: Money }
  /** wouldCharge: in a dry run, what would have been charged. */
  | { kind: 'skip'; because: SkipReason; wouldCharge?: Money }

/** What keeps a fault of ours, or of a gateway in a loop, from charging a card again and again. */
export const guards = {
  secondsBetweenSuccesses: 60,
  successesADay: 5,
  successesAMonth: 20,
  /** Card networks fine merchants for trying a declined card too often. */
  declinesOfCardAMonth: 8,
  /** Automatic charges in five minutes over all accounts, times the most in any five minutes of the last week. */
  timesUsualPeak: 3,
} as const

/** Whether one more automatic charge, over all accounts, would be more than a busy week ever needed. */
export const isRunaway = ({ recent, peak, floor }: { recent: number; peak: number; floor: number }): boolean =>
  recent >= Math.max(floor, peak * guards.timesUsualPeak)

/** How a card is told apart: by its fingerprint, which stays when it is saved anew. */
export const cardOf = (method: { fingerprint: string | null; stripePaymentMethodId: string }): string =>
  method.fingerprint ?? method.stripePaymentMethodId

/** Whether a saved card is another than the one in trouble. The same card saved anew is not. */
export const isOtherCard = (
  method: { fingerprint: string | null; stripePaymentMethodId: string },
  cardInTrouble: string | null,
): boolean => ![method.fingerprint, method.stripePaymentMethodId].includes(cardInTrouble)

/**
 * Where a wait or a pause stands after what the customer has done since it began; null when they have done nothing that
 * ends it. A card saved where none was ends only the pause: what was declined before stays counted against the same card.
 */
export function liftedBy(
  standing: Standing,
  done: {
    hasBoughtByHand: boolean
    card: { fingerprint: string | null; stripePaymentMethodId: string } | null
  },
): Standing | null {
  if (done.hasBoughtByHand) return cleared
  if (!done.card) return null
  if (isOtherCard(done.card, standing.cardInTrouble)) return cleared
  return standing.pausedReason === 'no_payment_method' ? { ...standing, pausedReason: null } : null
}

/** Decides whether to charge now. Every "no" has its reason. */
export function decideTopUp(setting: TopUpSetting, facts: TopUpFacts): TopUpDecision {
  const because = reasonToSkip(setting, facts)
  if (because) return { kind: 'skip', because }
  const decision = decideAmount(setting, facts)
  if (decision.kind === 'skip' || !facts.isDryRun) return decision
  return { kind: 'skip', because: 'dry_run', wouldCharge: decision.amount }
}

/** Available credit, with what is on its way. */
const expected = (facts: TopUpFacts): Money => add(facts.available, facts.pending)

/** Whether credit has reached the minimum, or is used up: less than a cent is left. */
export const isLow = ({ minimum }: Pick<TopUpPlan, 'minimum'>, available: Money): boolean =>
  !isMore(available, minimum) || isUnderOneCent(available)

function reasonToSkip(setting: TopUpSetting, facts: TopUpFacts): SkipReason | null {
  if (!setting.isOn) return 'off'
  if (facts.isPostPaid) return 'post_paid'
  if (!isLow(setting, expected(facts))) return 'enough'
  if (facts.hasOpenAttempt) return 'in_progress'
  if (facts.isStoppedByOperator) return 'stopped_by_operator'
  if (facts.isBreakerTripped) return 'stopped_by_breaker'
  if (facts.isAccountSuspended) return 'account_suspended'
  if (facts.isDebtInvoiced) return 'debt_invoiced'
  if (setting.pausedReason) return 'paused'
  if (setting.coolingUntil && facts.at < setting.coolingUntil) return 'cooling'
  if (!facts.hasPaymentMethod) return 'no_payment_method'
  if (facts.hasRefundOrDispute) return 'refund_or_dispute_open'
  if (facts.declinesOfCard >= guards.declinesOfCardAMonth) return 'card_declined_too_often'
  if (facts.declinesOfCard + facts.chargesOfCardInFlight >= guards.declinesOfCardAMonth) return 'card_busy'
  return reasonToDistrust(facts)
}

/** Charges that follow each other too closely mean that something is wrong, and that is no reason to charge more. */
function reasonToDistrust({ at, successes, isLatestSuccessCredited }: TopUpFacts): SkipReason | null {
  const since = (ms: number) => successes.filter((success) => success.getTime() > at.getTime() - ms).length
  if (!isLatestSuccessCredited) return 'previous_credit_missing'
  if (since(guards.secondsBetweenSuccesses * secondMs) > 0) return 'too_soon'
  if (since(dayMs) >= guards.successesADay) return 'too_many_today'
  if (since(30 * dayMs) >= guards.successesAMonth) return 'too_many_this_month'
  return null
}

function decideAmount(setting: TopUpSetting, facts: TopUpFacts): TopUpDecision {
  const wanted = wantedAmount(setting, expected(facts), facts)
  const leftOfLimit = setting.monthlyLimit && wholeCentsIn(subtract(setting.monthlyLimit, facts.chargedThisMonth))
  if (leftOfLimit && isLess(leftOfLimit, facts.smallestPurchase)) return { kind: 'skip', because: 'over_monthly_limit' }
  // Credit that the cap would not let the account use this month is not bought this month.
  const room = facts.capHeadroom && wholeCentsIn(subtract(facts.capHeadroom, expected(facts)))
  if (room && isLess(room, facts.smallestPurchase)) return { kind: 'skip', because: 'cap_leaves_no_room' }
  return { kind: 'charge', amount: [leftOfLimit, room].reduce<Money>((a, b) => (b ? least(a, b) : a), wanted) }
}

/** What one charge must buy to close the whole gap, within what one purchase may be. */
export function wantedAmount(
  plan: Pick<TopUpPlan, 'minimum' | 'mode' | 'amount' | 'target'>,
  available: Money,
  bounds: { smallestPurchase: Money; largestPurchase: Money },
): Money {
  const gap = plan.mode === 'amount' ? wholeSteps(plan, available) : roundUpToCents(subtract(plan.target, available))
  return least(most(gap, bounds.smallestPurchase), bounds.largestPurchase)
}

/** As many whole steps as lead above the minimum: at the minimum it would fire again at once. */
function wholeSteps({ minimum, amount }: Pick<TopUpPlan, 'minimum' | 'amount'>, available: Money): Money {
  const shortfall = subtract(minimum, available).nanos
  const steps = shortfall < 0n ? 1n : shortfall / amount.nanos + 1n
  return money(amount.nanos * steps, amount.currency)
}

/** The whole cents in an amount; none in a debt. */
function wholeCentsIn(amount: Money): Money {
  return amount.nanos <= 0n
    ? cents(0, amount.currency)
    : money(amount.nanos - (amount.nanos % nanosPerCent), amount.currency)
}

export type TopUpState = 'off' | 'on' | 'cooling' | 'paused' | 'needs_you'

/** What the customer sees at a glance. */
export function stateOf(
  setting: TopUpSetting,
  { needsCustomer, at }: { needsCustomer: boolean; at: Date },
): TopUpState {
  if (!setting.isOn) return 'off'
  if (needsCustomer) return 'needs_you'
  if (setting.pausedReason) return 'paused'
  return setting.coolingUntil && at < setting.coolingUntil ? 'cooling' : 'on'
}

/** Whether the monthly limit is used up, or four fifths of it: what the customer is told, once per crossing. */
export function limitCrossing(
  limit: Money,
  charged: Money,
  { smallestPurchase }: { smallestPurchase: Money },
): 'near' | 'reached' | null {
  if (isLess(subtract(limit, charged), smallestPurchase)) return 'reached'
  return compare(money(charged.nanos * 5n, charged.currency), money(limit.nanos * 4n, limit.currency)) >= 0
    ? 'near'
    : null
}

/** Reasons not to charge that stand on the timeline: those that last, and that the state does not say already. */
const notedReasons: ReadonlySet<SkipReason> = new Set<SkipReason>([
  'stopped_by_operator',
  'stopped_by_breaker',
  'account_suspended',
  'no_payment_method',
  'refund_or_dispute_open',
  'card_declined_too_often',
  'previous_credit_missing',
  'too_many_today',
  'too_many_this_month',
  'over_monthly_limit',
  'cap_leaves_no_room',
  'dry_run',
])

export const isNoted = (because: SkipReason): boolean => notedReasons.has(because)
