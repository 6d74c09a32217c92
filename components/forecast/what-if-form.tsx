import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { CreditLimitFromDto, ScenarioInput, WhatIfMonth, WhatIfTerms } from '@/lib/domain/forecast'
import { useAmounts } from '../money-input'
import { buttonLook } from '../ui/button-look'
import { Card } from '../ui/card'
import { Field, MoneyInput, Select } from '../ui/field'
import { TextLink } from '../ui/text-link'
import type { AmountField, WhatIfQuery } from './what-if-query'

/** A setting that the domain refuses, by its code. */
export interface WhatIfProblem {
  field: AmountField
  code: string
  limit: string | null
}

type WhatIfFormProps = {
  query: WhatIfQuery
  current: ScenarioInput
  mode: WhatIfTerms['mode']
  which: WhatIfMonth
  /** The month that is replayed. */
  month: NonNullable<WhatIfTerms['months'][WhatIfMonth]>
  problem: WhatIfProblem | null
}

/** The settings to try. All of them stand in the address; no script is needed. */
export function WhatIfForm({ query, current, mode, which, month, problem }: WhatIfFormProps) {
  const t = useTexts('forecast.form')
  const problems = useTexts('forecast.problems')
  const f = useFormats()
  const { print } = useAmounts()
  const { cap, plan, byHand } = query.scenario ?? current
  const money = (field: AmountField, label: string, value: string | null, hint?: string) => (
    <Field label={label} hint={hint} error={errorOf(problems, f, print, field, query, problem)}>
      {(control) => <MoneyInput {...control} name={field} defaultValue={query.typed[field] ?? print(value ?? '')} />}
    </Field>
  )
  const select = (name: string, label: string, value: string, choices: [string, string][]) => (
    <Field label={label}>
      {(control) => (
        <Select {...control} name={name} defaultValue={value}>
          {choices.map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
  return (
    <Card id="settings" title={t('title')}>
      <form
        key={JSON.stringify(query)}
        action="/what-if#result"
        method="get"
        className="grid gap-4 sm:grid-cols-2 lg:grid-cols-1"
      >
        {select('month', t('month'), which, [
          ['last', t('months.last')],
          ['current', t('months.current')],
        ])}
        {money('start', t('start'), null, t('startHint', { amount: f.money(month.opening) }))}
        {money('cap', t('cap'), cap, t('capHint'))}
        {mode === 'postpaid' ? (
          money('creditLimit', t('creditLimit'), null, creditLimitHint(t, f, month.creditLimits))
        ) : (
          <>
            {select('topUp', t('topUp'), plan.isOn ? 'on' : 'off', [
              ['on', t('on')],
              ['off', t('off')],
            ])}
            {money('minimum', t('minimum'), plan.minimum)}
            {select('mode', t('mode'), plan.mode, [
              ['amount', t('modes.amount')],
              ['target', t('modes.target')],
            ])}
            {money('amount', t('amount'), plan.amount)}
            {money('target', t('target'), plan.target)}
            {money('limit', t('limit'), plan.monthlyLimit, t('limitHint'))}
            {select('byHand', t('byHand'), byHand, [
              ['keep', t('byHandChoices.keep')],
              ['drop', t('byHandChoices.drop')],
            ])}
          </>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3 sm:col-span-2 lg:col-span-1">
          <button type="submit" className={buttonLook('primary')}>
            {t('run')}
          </button>
          {query.scenario && <TextLink href={`/what-if?month=${which}`}>{t('reset')}</TextLink>}
        </div>
      </form>
    </Card>
  )
}

/** What an empty field stands for. */
function creditLimitHint(t: Texts<'forecast.form'>, f: Formats, limits: CreditLimitFromDto[]): string {
  const [first, second] = limits
  if (second) return t('creditLimitHints.changed')
  return first?.limit ? t('creditLimitHints.one', { amount: f.money(first.limit) }) : t('creditLimitHints.prepaid')
}

function errorOf(
  t: Texts<'forecast.problems'>,
  f: Formats,
  print: (amount: string) => string,
  field: AmountField,
  query: WhatIfQuery,
  problem: WhatIfProblem | null,
): string | undefined {
  if (query.malformed.includes(field)) return t('malformed', { example: print('25.00') })
  if (problem?.field !== field) return undefined
  if (problem.code === 'amount_too_small' && problem.limit) return t('tooSmall', { limit: f.money(problem.limit) })
  if (problem.code === 'amount_too_large' && problem.limit) return t('tooLarge', { limit: f.money(problem.limit) })
  return t('invalid')
}
