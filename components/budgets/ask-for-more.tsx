'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import { formatMoney, isMore, parseMoney } from '@/lib/core/money'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, MoneyInput } from '../ui/field'
import { usePost } from '../use-post'

type AskForMoreProps = {
  accountId: string
  budgetId: string
  limit: string
  label: string
  /** What the button is about, where there are several. */
  of?: string
  /** A request of the person who looks waits already. */
  hasAsked: boolean
}

/** The button that asks for a higher limit, and its form. */
export function AskForMore({ accountId, budgetId, limit, label, of, hasAsked }: AskForMoreProps) {
  const t = useTexts('budgets.ask')
  const f = useFormats()
  const { read } = useAmounts()
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const ask = usePost(accountUrl(accountId, `budgets/${budgetId}/requests`), () => {
    setOpen(false)
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { amount, error } = read(text)
    const tooLittle = amount && !isMore(amount, parseMoney(limit)) ? t('least', { limit: f.money(limit) }) : null
    ask.send({ limit: amount ? formatMoney(amount) : '', reason }, { limit: error ?? tooLittle })
  }
  const problem = ask.problemBeside(['limit', 'reason'])
  return (
    <>
      {!hasAsked && (
        <Button onClick={() => setOpen(true)} {...(of && { 'aria-label': of })}>
          {label}
        </Button>
      )}
      <p role="status" className="text-muted empty:hidden">
        {hasAsked && t('asked')}
      </p>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t('title', { limit: f.money(limit) })}
        description={t('body')}
      >
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t('limit')} error={ask.fieldError('limit')}>
            {(control) => (
              <MoneyInput
                {...control}
                data-focus-first
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('reason')} hint={t('reasonHint')} error={ask.fieldError('reason')}>
            {(control) => (
              <Input {...control} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
            )}
          </Field>
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div>
            <Button type="submit" look="primary" isBusy={ask.isPending} busyLabel={t('busy')}>
              {t('send')}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
