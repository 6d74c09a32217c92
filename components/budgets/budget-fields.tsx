'use client'

import { useTexts } from '#texts'
import type { BudgetWindow } from '@/lib/domain/budgets/rules'
import { Field, MoneyInput, Select } from '../ui/field'
import type { BudgetDraft } from './budget-draft'

/** Each once, in the order in which they are offered. The rules have them too, and a calendar that a form does not need. */
const everyWindow = { daily: true, weekly: true, monthly: true, lifetime: true } satisfies Record<BudgetWindow, true>
const budgetWindows = Object.keys(everyWindow) as BudgetWindow[]

type BudgetFieldsProps = {
  draft: BudgetDraft
  onChange: (draft: BudgetDraft) => void
  timeZone: string
  limitError: string | undefined
  /** The window of a budget that is there already stays. */
  isWindowFixed?: boolean
}

/** A window and a limit. */
export function BudgetFields({ draft, onChange, timeZone, limitError, isWindowFixed }: BudgetFieldsProps) {
  const t = useTexts('budgets.form')
  const windows = useTexts('budgets.windows')
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Field label={t('window')} hint={t(`windowHints.${draft.window}`, { zone: timeZone })}>
        {(control) => (
          <Select
            {...control}
            disabled={isWindowFixed}
            value={draft.window}
            onChange={(event) => onChange({ ...draft, window: event.target.value as BudgetWindow })}
          >
            {budgetWindows.map((window) => (
              <option key={window} value={window}>
                {windows(window)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('limit')} error={limitError}>
        {(control) => (
          <MoneyInput
            {...control}
            value={draft.limit}
            onChange={(event) => onChange({ ...draft, limit: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}
