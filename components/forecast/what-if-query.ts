/** The settings that are tried, as they stand in an address: what the form sends, and what links carry. */
import { formatMoney } from '@/lib/core/money'
import type { BillingMode } from '@/lib/domain/contracts/rules'
import type { ScenarioInput, WhatIfMonth } from '@/lib/domain/forecast'
import type { Locale } from '../intl/locales'
import { typedAmount } from '../money-input'

export type AmountField = 'start' | 'cap' | 'creditLimit' | 'minimum' | 'amount' | 'target' | 'limit'

export interface WhatIfQuery {
  month: WhatIfMonth | null
  /** Null when the address names no settings: then those of the account are tried. */
  scenario: ScenarioInput | null
  /** Amounts as they were typed, for the form to show again. */
  typed: Partial<Record<AmountField, string>>
  /** Those that are no amounts. */
  malformed: AmountField[]
}

type Params = Record<string, string | string[] | undefined>

const textOf = (params: Params, name: string): string | undefined => {
  const value = params[name]
  return (Array.isArray(value) ? value[0] : value)?.trim().slice(0, 40)
}

/**
 * Reads an address; what it leaves out is as the account has it now. A post-paid account tries credit limits, where a prepaid one
 * tries auto top-up and leaves out what was bought by hand: what is of the other mode is not read.
 */
export function readWhatIf(params: Params, current: ScenarioInput, locale: Locale, billing: BillingMode): WhatIfQuery {
  const typed: WhatIfQuery['typed'] = {}
  const malformed: AmountField[] = []
  /** undefined: not named. null: named and empty. */
  const amount = (field: AmountField): string | null | undefined => {
    const text = textOf(params, field)
    if (text === undefined) return undefined
    typed[field] = text
    if (text === '') return null
    const read = typedAmount(text, locale)
    if (read) return formatMoney(read)
    malformed.push(field)
    return undefined
  }
  const month = textOf(params, 'month')
  const of = (scenario: ScenarioInput, isNamed: boolean, malformed: AmountField[]): WhatIfQuery => ({
    month: month === 'last' || month === 'current' ? month : null,
    scenario: isNamed || Object.keys(typed).length > 0 ? scenario : null,
    typed,
    malformed,
  })
  const { plan } = current
  const given = (value: string | null | undefined, otherwise: string) => value ?? otherwise
  const orCurrent = (value: string | null | undefined, now: string | null) => (value === undefined ? now : value)
  const forBoth: ScenarioInput = {
    ...current,
    startingBalance: amount('start') ?? null,
    cap: orCurrent(amount('cap'), current.cap),
  }
  if (billing === 'postpaid') {
    return of({ ...forBoth, creditLimit: amount('creditLimit') ?? null }, false, malformed)
  }
  const [topUp, mode, byHand] = ['topUp', 'mode', 'byHand'].map((name) => textOf(params, name))
  const read: ScenarioInput = {
    ...forBoth,
    byHand: byHand === 'drop' ? 'drop' : 'keep',
    plan: {
      isOn: topUp ? topUp === 'on' : plan.isOn,
      minimum: given(amount('minimum'), plan.minimum),
      mode: mode === 'amount' || mode === 'target' ? mode : plan.mode,
      amount: given(amount('amount'), plan.amount),
      target: given(amount('target'), plan.target),
      monthlyLimit: orCurrent(amount('limit'), plan.monthlyLimit),
    },
  }
  // What is switched off cannot be set wrongly.
  const scenario = read.plan.isOn ? read : { ...read, plan: { ...plan, isOn: false } }
  return of(
    scenario,
    Boolean(topUp || mode || byHand),
    malformed.filter((field) => read.plan.isOn || field === 'start' || field === 'cap'),
  )
}

/** Where the cap of a scenario is set for good. */
export const capHref = ({ cap }: ScenarioInput): string =>
  `/settings?${new URLSearchParams({ cap: cap ?? '' })}#monthly-cap`

/** Where its auto top-up is. */
export function topUpHref({ plan }: ScenarioInput): string {
  const { isOn, minimum, mode, amount, target, monthlyLimit } = plan
  const values = { topUp: isOn ? 'on' : 'off', minimum, mode, amount, target, limit: monthlyLimit ?? '' }
  return `/settings?${new URLSearchParams(values)}#auto-top-up`
}
