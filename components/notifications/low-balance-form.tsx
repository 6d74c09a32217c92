'use client'

import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { formatMoney } from '@/lib/core/money'
import type { NotificationChoicesDto } from '@/lib/domain/notifications'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Field, MoneyInput, Switch } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { usePost } from '../use-post'

type LowBalanceFormProps = { accountId: string; threshold: string | null; canWrite: boolean }

/** At how much credit the account's members are told that it is low. */
export function LowBalanceForm({ accountId, threshold, canWrite }: LowBalanceFormProps) {
  const t = useTexts('notifications.settings')
  const { read, print } = useAmounts()
  const [isOn, setOn] = useState(threshold !== null)
  const [text, setText] = useState(print(threshold ?? '5.00'))
  const save = usePost<NotificationChoicesDto>(accountUrl(accountId, 'notification-choices/low-balance'))
  const amount = read(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.send(
      { threshold: isOn && amount.amount ? formatMoney(amount.amount) : null },
      { threshold: isOn ? amount.error : null },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={!canWrite} className="flex flex-col gap-4">
        <legend className="sr-only">{t('low')}</legend>
        <Switch checked={isOn} onChange={() => setOn(!isOn)} label={t('lowOn')} />
        {isOn && (
          <Field label={t('lowAt')} error={save.fieldError('threshold')} className="max-w-60">
            {(control) => (
              <MoneyInput
                {...control}
                name="threshold"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        )}
        {canWrite ? (
          <FormFooter isPending={save.isPending} isDone={save.isDone} problem={save.problemBeside(['threshold'])} />
        ) : (
          <p className="text-muted">{t('lowDenied')}</p>
        )}
      </fieldset>
    </form>
  )
}
