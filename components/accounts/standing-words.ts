import type { Formats, Texts } from '#texts'
import {
  atLeastZero,
  isNegative,
  isPositive,
  type Money,
  negate,
  parseMoney,
  percentSpent,
  subtract,
} from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'

export interface Notice {
  title: string
  detail: string
}

type Words = Texts<'accounts.standing'>

/** What state the account is in, and what that means for its usage and its credit. */
export function stateNotice(t: Words, f: Formats, standing: StandingDto): Notice {
  const { state, month, isTakenBackDebt, isTopUpInProgress } = standing
  if (state.code === null) return { title: t('running.title'), detail: '' }
  if (state.code === 'account_suspended') return { title: t('operator.title'), detail: t('operator.detail') }
  if (state.code === 'payment_past_due') return { title: t('pastDue.title'), detail: t('pastDue.detail') }
  if (state.code === 'budget_reached') return { title: t('cap.title'), detail: t('cap.detail', monthFacts(f, month)) }
  if (isPostPaid(standing)) {
    const facts = { outstanding: f.money(owedNow(standing)), limit: f.money(standing.creditLimit) }
    return { title: t('creditLimit.title'), detail: t('creditLimit.detail', facts) }
  }
  if (isTakenBackDebt) {
    const amount = f.money(negate(parseMoney(standing.balance)))
    return { title: t('takenBack.title'), detail: t('takenBack.detail', { amount }) }
  }
  const kind = state.code === 'payment_method_required' ? 'noCard' : 'usedUp'
  const words = kind === 'usedUp' && isTopUpInProgress ? 'toppingUp' : kind
  const detail = [t(`${words}.begin`), ...owed(t, f, standing), t(`${words}.end`)].join(' ')
  return { title: t(`${kind}.title`), detail }
}

/** Whether a contract lets usage go beyond credit. */
export const isPostPaid = ({ creditLimit }: StandingDto): boolean => isPositive(parseMoney(creditLimit))

const owedNow = ({ balance }: StandingDto): Money => negate(parseMoney(balance))

/** What is owed, and what waits for a bank: a sentence each. */
function owed(t: Words, f: Formats, standing: StandingDto): string[] {
  const balance = parseMoney(standing.balance)
  const frozen = parseMoney(standing.frozen)
  return [
    ...(isNegative(balance) ? [t('beyond', { amount: f.money(negate(balance)) })] : []),
    ...(isPositive(frozen) ? [t('frozen', { amount: f.money(frozen) })] : []),
  ]
}

/** What is about to stop usage. */
export function warningNotice(t: Words, f: Formats, standing: StandingDto): Notice | null {
  const { warning, month } = standing
  if (!warning) return null
  const available = atLeastZero(subtract(parseMoney(standing.balance), parseMoney(standing.held)))
  if (warning.code === 'credit_limit_near') {
    const limit = parseMoney(standing.creditLimit)
    const used = subtract(parseMoney(standing.held), parseMoney(standing.balance))
    const facts = { percent: f.percent(percentSpent(limit, used)), limit: f.money(limit) }
    return {
      title: t('warnings.credit_limit_near.title', facts),
      detail: t('warnings.credit_limit_near.detail', facts),
    }
  }
  const facts = {
    ...monthFacts(f, month),
    percent: f.percent(month.percent ?? 0),
    frozen: f.money(standing.frozen),
    available: f.money(available),
  }
  return { title: t(`warnings.${warning.code}.title`, facts), detail: t(`warnings.${warning.code}.detail`, facts) }
}

const monthFacts = (f: Formats, month: StandingDto['month']) => ({
  spent: f.money(month.spent),
  limit: f.money(month.limit ?? '0'),
  month: f.monthName(month.period),
  until: f.moment(month.endsAt, month.timeZone),
})
