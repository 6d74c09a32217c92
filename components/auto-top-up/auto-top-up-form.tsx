'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { formatMoney, type Money } from '@/lib/core/money'
import type { AutoTopUpDto } from '@/lib/domain/auto-top-up'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { Field, MoneyInput, Radio, Switch } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { usePost } from '../use-post'
import { TopUpPreview } from './top-up-preview'

type AutoTopUpFormProps = {
  accountId: string
  autoTopUp: AutoTopUpDto
  hasCard: boolean
  canWrite: boolean
  isPostPaid: boolean
  /** Settings to begin with instead of those in force. */
  draft?: AutoTopUpDto['setting'] | undefined
}

const shownFields = ['minimum', 'amount', 'target', 'monthlyLimit']

/** When credit is bought by itself, how much, and how much at most in a month. */
export function AutoTopUpForm({ accountId, autoTopUp, hasCard, canWrite, isPostPaid, draft }: AutoTopUpFormProps) {
  const setting = draft ?? autoTopUp.setting
  const t = useTexts('auto-top-up.form')
  const { read, print } = useAmounts()
  const router = useRouter()
  const queries = useQueryClient()
  const [isOn, setOn] = useState(setting.isOn)
  const [mode, setMode] = useState(setting.mode)
  const [minimum, setMinimum] = useState(print(setting.minimum))
  const [amount, setAmount] = useState(print(setting.amount))
  const [target, setTarget] = useState(print(setting.target))
  const [monthlyLimit, setMonthlyLimit] = useState(print(setting.monthlyLimit ?? ''))
  const save = usePost<AutoTopUpDto>(accountUrl(accountId, 'auto-top-up'), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })

  const typed = {
    minimum: read(minimum),
    amount: read(amount),
    target: read(target),
    monthlyLimit: monthlyLimit.trim() ? read(monthlyLimit) : { amount: null, error: null },
  }
  const plan = {
    isOn,
    mode,
    minimum: wire(typed.minimum.amount) ?? setting.minimum,
    amount: wire(typed.amount.amount) ?? setting.amount,
    target: wire(typed.target.amount) ?? setting.target,
    monthlyLimit: wire(typed.monthlyLimit.amount),
  }
  const errors = {
    minimum: typed.minimum.error,
    amount: mode === 'amount' ? typed.amount.error : null,
    target: mode === 'target' ? typed.target.error : null,
    monthlyLimit: typed.monthlyLimit.error,
  }
  const isComplete = Object.values(errors).every((error) => !error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.send(plan, errors)
  }

  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={!canWrite} className="flex flex-col gap-4">
        <legend className="sr-only">{t('title')}</legend>
        <Switch
          name="isOn"
          checked={isOn}
          onChange={(event) => setOn(event.target.checked)}
          label={t('switch')}
          hint={t(isOn ? 'on' : isPostPaid ? 'offPostPaid' : 'off')}
        />
        {isOn && !hasCard && (
          <Banner
            tone="warn"
            title={t('noCard.title')}
            action={<ButtonLink href="#payment-methods">{t('noCard.add')}</ButtonLink>}
          >
            {t('noCard.body')}
          </Banner>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('minimum')} error={save.fieldError('minimum')} hint={t('minimumHint')}>
            {(control) => (
              <MoneyInput
                {...control}
                name="minimum"
                value={minimum}
                onChange={(event) => setMinimum(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('limit')} error={save.fieldError('monthlyLimit')} hint={t('limitHint')}>
            {(control) => (
              <MoneyInput
                {...control}
                name="monthlyLimit"
                value={monthlyLimit}
                onChange={(event) => setMonthlyLimit(event.target.value)}
              />
            )}
          </Field>
        </div>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-medium">{t('how')}</legend>
          <Radio name="mode" checked={mode === 'amount'} onChange={() => setMode('amount')} label={t('fixed')} />
          {mode === 'amount' && (
            <Indented
              label={t('amount')}
              name="amount"
              value={amount}
              set={setAmount}
              error={save.fieldError('amount')}
            />
          )}
          <Radio name="mode" checked={mode === 'target'} onChange={() => setMode('target')} label={t('toTarget')} />
          {mode === 'target' && (
            <Indented
              label={t('target')}
              name="target"
              value={target}
              set={setTarget}
              error={save.fieldError('target')}
            />
          )}
        </fieldset>
        <TopUpPreview accountId={accountId} plan={isComplete ? plan : null} />
        <FormFooter
          isPending={save.isPending}
          isDone={save.isDone}
          problem={save.problemBeside(shownFields)}
          saveLabel={t('save')}
        />
      </fieldset>
    </form>
  )
}

const wire = (amount: Money | null): string | null => amount && formatMoney(amount)

type IndentedProps = {
  label: string
  name: string
  value: string
  set: (value: string) => void
  error: string | undefined
}

function Indented({ label, name, value, set, error }: IndentedProps) {
  return (
    <Field label={label} error={error} className="sm:max-w-xs sm:ps-9">
      {(control) => <MoneyInput {...control} name={name} value={value} onChange={(event) => set(event.target.value)} />}
    </Field>
  )
}
