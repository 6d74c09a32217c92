'use client'

import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { accountUrl, postJson } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { usePost } from '../use-post'

/** Opens an account of the person's own and shows it. */
export function OpenAccountForm() {
  const t = useTexts('members.accounts')
  const [name, setName] = useState('')
  const open = usePost<{ accountId: string }>('/api/accounts', async ({ accountId }) => {
    await postJson(accountUrl(accountId, 'switch')).catch(() => {})
    location.assign('/')
  })
  const problem = open.problemBeside(['name'])
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    open.send({ name }, { name: name.trim() ? null : t('nameMissing') })
  }
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      <Field label={t('name')} error={open.fieldError('name')}>
        {(control) => (
          <Input
            {...control}
            autoComplete="organization"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <Button type="submit" look="primary" isWide isBusy={open.isPending || open.isDone} busyLabel={t('creating')}>
        {t('create')}
      </Button>
    </form>
  )
}
