'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import type { BudgetRequestDto } from '@/lib/domain/budgets'
import { accountUrl } from '../api'
import { Badge } from '../ui/badge'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { useOptimisticPost } from '../use-optimistic-post'
import { usePost } from '../use-post'

type RequestActionsProps = {
  accountId: string
  request: BudgetRequestDto
  mayDecide: boolean
  mayWithdraw: boolean
}

/** Approve and decline for those who set budgets; withdraw for whoever asked. */
export function RequestActions({ accountId, request, mayDecide, mayWithdraw }: RequestActionsProps) {
  const t = useTexts('budgets.requests')
  const f = useFormats()
  const router = useRouter()
  const [deciding, setDeciding] = useState<'approve' | 'decline' | null>(null)
  const [note, setNote] = useState('')
  const urlOf = (action: string) => accountUrl(accountId, `budget-requests/${request.requestId}/${action}`)
  const done = () => {
    setDeciding(null)
    router.refresh()
  }
  const decide = usePost(urlOf('decide'), done)
  const [isWithdrawn, setWithdrawn] = useState(false)
  const withdraw = useOptimisticPost(urlOf('withdraw'), {
    show: () => setWithdrawn(true),
    takeBack: () => setWithdrawn(false),
    onDone: done,
  })
  const person = request.askedBy.name
  const amounts = { person, limit: f.money(request.limit), asked: f.money(request.askedLimit) }
  const problem = decide.problemBeside(['note'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    decide.send({ decision: deciding, note })
  }
  const close = () => {
    decide.reset()
    setDeciding(null)
  }
  if (isWithdrawn) return <Badge>{t('states.withdrawn')}</Badge>
  return (
    <div className="flex flex-wrap items-center gap-2">
      {withdraw.failure && (
        <p role="alert" className="text-bad-ink">
          {t('notWithdrawn', { reason: withdraw.failure.reason })}
        </p>
      )}
      {mayDecide && (
        <>
          <Button look="primary" onClick={() => setDeciding('approve')} aria-label={t('approveOf', { person })}>
            {t('approve')}
          </Button>
          <Button onClick={() => setDeciding('decline')} aria-label={t('declineOf', { person })}>
            {t('decline')}
          </Button>
        </>
      )}
      {mayWithdraw && (
        <Button look="quiet" onClick={() => withdraw.send({})}>
          {t('withdraw')}
        </Button>
      )}
      <Dialog
        isOpen={deciding !== null}
        onClose={close}
        title={deciding === 'decline' ? t('declineTitle') : t('approveTitle', amounts)}
        description={deciding === 'decline' ? t('declineBody', amounts) : t('approveBody', amounts)}
      >
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t('noteLabel', { person })} hint={t('noteHint')} error={decide.fieldError('note')}>
            {(control) => (
              <Input
                {...control}
                data-focus-first
                maxLength={500}
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div>
            <Button
              type="submit"
              look={deciding === 'decline' ? 'danger' : 'primary'}
              isBusy={decide.isPending}
              busyLabel={t('busy')}
            >
              {deciding === 'decline' ? t('decline') : t('approve')}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  )
}
