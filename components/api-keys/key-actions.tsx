'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import type { ApiKeyDto, NewApiKeyDto } from '@/lib/domain/api-keys'
import { accountUrl } from '../api'
import { Question } from '../members/question'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Select } from '../ui/field'
import { usePost } from '../use-post'
import { SecretView } from './secret-view'

const graces = [0, 1, 6, 24]

type KeyActionsProps = { accountId: string; apiKey: ApiKeyDto; appUrl: string; timeZone: string }

/** Rename, rotate, revoke. */
export function KeyActions({ accountId, apiKey, appUrl, timeZone }: KeyActionsProps) {
  const t = useTexts('api-keys')
  const router = useRouter()
  const [asking, setAsking] = useState<'rename' | 'rotate' | 'revoke' | null>(null)
  const close = () => setAsking(null)
  const urlOf = (action: string) => accountUrl(accountId, `api-keys/${apiKey.keyId}/${action}`)
  const done = () => {
    close()
    router.refresh()
  }
  const { name } = apiKey
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="quiet" onClick={() => setAsking('rename')} aria-label={t('rename.of', { name })}>
        {t('rename.button')}
      </Button>
      <Button onClick={() => setAsking('rotate')} aria-label={t('rotate.of', { name })}>
        {t('rotate.button')}
      </Button>
      <Button onClick={() => setAsking('revoke')} aria-label={t('revoke.of', { name })}>
        {t('revoke.button')}
      </Button>
      <Dialog isOpen={asking === 'rename'} onClose={close} title={t('rename.title')}>
        <RenameForm url={urlOf('rename')} initial={name} onDone={done} />
      </Dialog>
      {asking === 'rotate' && (
        <RotateDialog
          url={urlOf('rotate')}
          name={name}
          accountId={accountId}
          appUrl={appUrl}
          timeZone={timeZone}
          onClose={close}
        />
      )}
      <Question
        isOpen={asking === 'revoke'}
        onClose={close}
        url={urlOf('revoke')}
        title={t('revoke.title', { name })}
        body={t('revoke.body')}
        confirm={t('revoke.confirm')}
        busy={t('revoke.busy')}
        cancel={t('revoke.cancel')}
        onDone={done}
      />
    </div>
  )
}

function RenameForm({ url, initial, onDone }: { url: string; initial: string; onDone: () => void }) {
  const t = useTexts('api-keys')
  const [name, setName] = useState(initial)
  const rename = usePost(url, onDone)
  const problem = rename.problemBeside(['name'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.send({ name }, { name: name.trim() ? null : t('create.nameMissing') })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Field label={t('create.name')} error={rename.fieldError('name')}>
        {(control) => (
          <Input
            {...control}
            data-focus-first
            autoComplete="off"
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div>
        <Button type="submit" look="primary" isBusy={rename.isPending} busyLabel={t('rename.busy')}>
          {t('rename.save')}
        </Button>
      </div>
    </form>
  )
}

type RotateDialogProps = {
  url: string
  name: string
  accountId: string
  appUrl: string
  timeZone: string
  onClose: () => void
}

function RotateDialog({ url, name, accountId, appUrl, timeZone, onClose }: RotateDialogProps) {
  const t = useTexts('api-keys')
  const router = useRouter()
  const [graceHours, setGraceHours] = useState(0)
  const rotate = usePost<NewApiKeyDto>(url, () => router.refresh())
  const made = rotate.answer
  const problem = rotate.problemBeside([])
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={made ? t('secret.title') : t('rotate.title', { name })}
      description={made ? undefined : t('rotate.body')}
    >
      {made ? (
        <SecretView made={made} accountId={accountId} appUrl={appUrl} timeZone={timeZone} onDone={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <Field label={t('rotate.old')} hint={t('rotate.hint')}>
            {(control) => (
              <Select
                {...control}
                data-focus-first
                value={graceHours}
                onChange={(event) => setGraceHours(Number(event.target.value))}
              >
                {graces.map((hours) => (
                  <option key={hours} value={hours}>
                    {t('rotate.hours', { hours })}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div>
            <Button
              look="primary"
              isBusy={rotate.isPending}
              busyLabel={t('rotate.busy')}
              onClick={() => rotate.send({ graceHours })}
            >
              {t('rotate.submit')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
