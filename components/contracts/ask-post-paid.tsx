'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { formatMoney } from '@/lib/core/money'
import { longestNote } from '@/lib/domain/contracts/rules'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, MoneyInput } from '../ui/field'
import { usePost } from '../use-post'

/** The button that asks the operator for post-paid, and its form. */
export function AskPostPaid({ accountId }: { accountId: string }) {
  const t = useTexts('contracts.ask')
  const { read } = useAmounts()
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const [expected, setExpected] = useState('')
  const [note, setNote] = useState('')
  const ask = usePost(accountUrl(accountId, 'post-paid-requests'), () => {
    setOpen(false)
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { amount, error } = read(expected)
    ask.send(
      { expectedMonthly: amount ? formatMoney(amount) : expected, note },
      { expectedMonthly: error, note: note.trim() ? null : t('noteMissing') },
    )
  }
  const problem = ask.problemBeside(['expectedMonthly', 'note'])
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('open')}</Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('title')} description={t('body')}>
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t('expected')} hint={t('expectedHint')} error={ask.fieldError('expectedMonthly')}>
            {(control) => (
              <MoneyInput
                {...control}
                data-focus-first
                value={expected}
                onChange={(event) => setExpected(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('note')} hint={t('noteHint')} error={ask.fieldError('note')}>
            {(control) => (
              <Input
                {...control}
                maxLength={longestNote}
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
          {problem && (
            <Banner tone="bad" title={problem.code === 'conflict' ? t('waits') : problem.message} isAnnounced />
          )}
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
