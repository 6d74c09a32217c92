'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { type AskedKind, askedKinds, longestReason } from '@/lib/domain/tiers/rules'
import { accountUrl } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Select } from '../ui/field'
import { usePost } from '../use-post'

type AskOperatorProps = { accountId: string; models: { model: string; name: string }[] }

/** The button that asks the operator for more, and its form. */
export function AskOperator({ accountId, models }: AskOperatorProps) {
  const t = useTexts('limits.ask')
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const [kind, setKind] = useState<AskedKind>('tokens')
  const [model, setModel] = useState('')
  const [reason, setReason] = useState('')
  const ask = usePost(accountUrl(accountId, 'limits/requests'), () => {
    setOpen(false)
    setReason('')
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.send(
      { kind, ...(kind === 'tokens' && model && { model }), reason },
      { reason: reason.trim() ? null : t('reasonMissing') },
    )
  }
  const problem = ask.problemBeside(['reason'])
  return (
    <div>
      <Button onClick={() => setOpen(true)}>{t('open')}</Button>
      <p role="status" className="text-good-ink empty:hidden">
        {ask.isDone && !isOpen && t('sent')}
      </p>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('title')} description={t('body')}>
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t('kind')}>
            {(control) => (
              <Select {...control} value={kind} onChange={(event) => setKind(event.target.value as AskedKind)}>
                {askedKinds.map((one) => (
                  <option key={one} value={one}>
                    {t(`kinds.${one}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {kind === 'tokens' && (
            <Field label={t('model')}>
              {(control) => (
                <Select {...control} value={model} onChange={(event) => setModel(event.target.value)}>
                  <option value="">{t('everyModel')}</option>
                  {models.map((one) => (
                    <option key={one.model} value={one.model}>
                      {one.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <Field label={t('reason')} hint={t('reasonHint')} error={ask.fieldError('reason')}>
            {(control) => (
              <Input
                {...control}
                data-focus-first
                maxLength={longestReason}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
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
    </div>
  )
}
