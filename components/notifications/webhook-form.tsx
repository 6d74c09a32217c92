'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import type { NotificationChoicesDto, WebhookDto } from '@/lib/domain/notifications'
import { accountUrl } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { useOptimisticPost } from '../use-optimistic-post'
import { usePost } from '../use-post'

/** Where the member's own messages go, whether they arrive, and a try. */
export function WebhookForm({ accountId, webhook }: { accountId: string; webhook: WebhookDto | null }) {
  const t = useTexts('notifications.settings')
  const router = useRouter()
  const [url, setUrl] = useState('')
  const refresh = () => {
    setUrl('')
    router.refresh()
  }
  const save = usePost<NotificationChoicesDto>(accountUrl(accountId, 'notification-choices/webhook'), () => {
    setRemoved(false)
    refresh()
  })
  const [isRemoved, setRemoved] = useState(false)
  const remove = useOptimisticPost<{ url: null }>(accountUrl(accountId, 'notification-choices/webhook'), {
    show: () => setRemoved(true),
    takeBack: () => setRemoved(false),
    onDone: refresh,
  })
  const test = usePost<NotificationChoicesDto>(accountUrl(accountId, 'notification-choices/webhook/test'), refresh)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.send({ url })
  }
  const problem = test.problemBeside([])
  return (
    <div className="flex flex-col gap-4">
      {webhook && !isRemoved && (
        <div className="flex flex-col gap-3" aria-live="polite">
          <p className="break-all">{t('urlNow', { url: webhook.shownUrl })}</p>
          {webhook.isStopped && <Banner tone="bad" title={t('stopped')} />}
          {webhook.lastError ? (
            <p className="text-bad-ink">{t('failed', { error: failureWords(webhook.lastError, t) })}</p>
          ) : (
            webhook.lastTriedAt && <p className="text-good-ink">{t('arrived')}</p>
          )}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => test.send({})} isBusy={test.isPending} busyLabel={t('testing')}>
              {t('test')}
            </Button>
            <Button onClick={() => remove.send({ url: null })}>{t('remove')}</Button>
          </div>
          {remove.failure && (
            <Banner tone="bad" title={t('notRemoved', { reason: remove.failure.reason })} isAnnounced />
          )}
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
        </div>
      )}
      <p role="status" className="text-muted empty:hidden">
        {isRemoved && t('removed')}
      </p>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t('url')} hint={t('urlHint')} error={save.fieldError('url')}>
          {(control) => (
            <Input
              {...control}
              type="url"
              name="url"
              autoComplete="off"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <FormFooter isPending={save.isPending} isDone={save.isDone} problem={save.problemBeside(['url'])} />
      </form>
    </div>
  )
}

const failures = ['malformed', 'not_public', 'timeout', 'unreachable'] as const

/** "answered 500" in words. */
function failureWords(note: string, t: ReturnType<typeof useTexts<'notifications.settings'>>): string {
  const [code, status = ''] = note.split(' ')
  const known = failures.find((failure) => failure === code)
  return known ? t(`failures.${known}`) : t('failures.answered', { status })
}
