'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { formatMoney, type Money } from '@/lib/core/money'
import type { AutoTopUpDto } from '@/lib/domain/auto-top-up'
import { accountUrl } from '../api'
import { readAmount } from '../money-input'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { Field, MoneyInput, Radio, Switch } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { usePost } from '../use-post'
import { TopUpPreview } from './top-up-preview'

type AutoTopUpFormProps = { accountId: string; autoTopUp: AutoTopUpDto; hasCard: boolean; canWrite: boolean }

const shownFields = ['minimum', 'amount', 'target', 'monthlyLimit']

/** When credit is bought by itself, how much, and how much at most in a month. */
export function AutoTopUpForm({ accountId, autoTopUp, hasCard, canWrite }: AutoTopUpFormProps) {
  const { setting } = autoTopUp
  const router = useRouter()
  const queries = useQueryClient()
  const [isOn, setOn] = useState(setting.isOn)
  const [mode, setMode] = useState(setting.mode)
  const [minimum, setMinimum] = useState(setting.minimum)
  const [amount, setAmount] = useState(setting.amount)
  const [target, setTarget] = useState(setting.target)
  const [monthlyLimit, setMonthlyLimit] = useState(setting.monthlyLimit ?? '')
  const save = usePost<AutoTopUpDto>(accountUrl(accountId, 'auto-top-up'), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })

  const typed = {
    minimum: readAmount(minimum),
    amount: readAmount(amount),
    target: readAmount(target),
    monthlyLimit: monthlyLimit.trim() ? readAmount(monthlyLimit) : { amount: null, error: null },
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
        <legend className="sr-only">Auto top-up</legend>
        <Switch
          name="isOn"
          checked={isOn}
          onChange={(event) => setOn(event.target.checked)}
          label="Buy credit automatically"
          hint={
            isOn
              ? 'On: your default card is charged without asking you each time.'
              : 'Off: usage pauses when credit is used up.'
          }
        />
        {isOn && !hasCard && (
          <Banner
            tone="warn"
            title="There is no saved card to charge"
            action={<ButtonLink href="#payment-methods">Add a card</ButtonLink>}
          >
            Add a card first; then auto top-up can be switched on.
          </Banner>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="When available credit reaches"
            error={save.fieldError('minimum')}
            hint="At or below this amount, credit is bought."
          >
            {(control) => (
              <MoneyInput
                {...control}
                name="minimum"
                value={minimum}
                onChange={(event) => setMinimum(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="At most in a month (optional)"
            error={save.fieldError('monthlyLimit')}
            hint="A limit on automatic purchases. Empty: no limit."
          >
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
          <legend className="mb-2 font-medium">How much to buy</legend>
          <Radio name="mode" checked={mode === 'amount'} onChange={() => setMode('amount')} label="A fixed amount" />
          {mode === 'amount' && (
            <Indented
              label="Amount to buy"
              name="amount"
              value={amount}
              set={setAmount}
              error={save.fieldError('amount')}
            />
          )}
          <Radio
            name="mode"
            checked={mode === 'target'}
            onChange={() => setMode('target')}
            label="What brings the balance to a target"
          />
          {mode === 'target' && (
            <Indented
              label="Target balance"
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
          saveLabel="Save auto top-up"
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
