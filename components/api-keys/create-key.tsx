'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { formatMoney } from '@/lib/core/money'
import type { NewApiKeyDto } from '@/lib/domain/api-keys'
import { type ApiKeyScope, apiKeyScopes } from '@/lib/domain/api-keys/rules'
import { accountUrl } from '../api'
import { type BudgetDraft, emptyDraft } from '../budgets/budget-draft'
import { BudgetFields } from '../budgets/budget-fields'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox, Field, Input, Select } from '../ui/field'
import { usePost } from '../use-post'
import { SecretView } from './secret-view'

const lifetimes = [30, 90, 365]

type CreateKeyProps = {
  accountId: string
  /** Whose key it may be, the person who looks first. */
  members: { id: string; name: string }[]
  maySetBudgets: boolean
  appUrl: string
  timeZone: string
}

/** The button that makes a key, its form, and the secret that came of it. */
export function CreateKey({ accountId, members, maySetBudgets, appUrl, timeZone }: CreateKeyProps) {
  const t = useTexts('api-keys')
  const { read } = useAmounts()
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [member, setMember] = useState(members[0]?.id ?? '')
  const [scopes, setScopes] = useState<ApiKeyScope[]>([...apiKeyScopes])
  const [days, setDays] = useState('')
  const [isLimited, setLimited] = useState(false)
  const [draft, setDraft] = useState<BudgetDraft>(emptyDraft)
  const create = usePost<NewApiKeyDto>(accountUrl(accountId, 'api-keys'), () => router.refresh())
  const made = create.answer

  const open = () => {
    create.reset()
    setName('')
    setOpen(true)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const limit = read(draft.limit)
    const budget = limit.amount && { window: draft.window, limit: formatMoney(limit.amount) }
    create.send(
      {
        name,
        scopes,
        member,
        expiresInDays: days ? Number(days) : null,
        ...(isLimited && budget && { budget }),
      },
      {
        name: name.trim() ? null : t('create.nameMissing'),
        scopes: scopes.length > 0 ? null : t('create.mayMissing'),
        limit: isLimited ? limit.error : null,
      },
    )
  }
  const problem = create.problemBeside(['name', 'member', 'limit', 'scopes'])
  return (
    <>
      <Button look="primary" onClick={open}>
        {t('create.button')}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={made ? t('secret.title') : t('create.title')}
        description={made ? undefined : t('create.body')}
      >
        {made ? (
          <SecretView
            made={made}
            accountId={accountId}
            appUrl={appUrl}
            timeZone={timeZone}
            onDone={() => setOpen(false)}
          />
        ) : (
          <form noValidate onSubmit={submit} className="flex flex-col gap-4">
            <Field label={t('create.name')} hint={t('create.nameHint')} error={create.fieldError('name')}>
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
            <Field label={t('create.member')} hint={t('create.memberHint')} error={create.fieldError('member')}>
              {(control) => (
                <Select {...control} value={member} onChange={(event) => setMember(event.target.value)}>
                  {members.map((person, place) => (
                    <option key={person.id} value={person.id}>
                      {place === 0 ? t('create.you', { person: person.name }) : person.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1 font-medium">{t('create.may')}</legend>
              {apiKeyScopes.map((scope) => (
                <Checkbox
                  key={scope}
                  label={t(`scopes.${scope}`)}
                  hint={t(`scopeHints.${scope}`)}
                  checked={scopes.includes(scope)}
                  onChange={({ target }) =>
                    setScopes(target.checked ? [...scopes, scope] : scopes.filter((other) => other !== scope))
                  }
                />
              ))}
              {create.fieldError('scopes') && (
                <p role="alert" className="text-bad-ink">
                  {create.fieldError('scopes')}
                </p>
              )}
            </fieldset>
            <Field label={t('create.expires')}>
              {(control) => (
                <Select {...control} value={days} onChange={(event) => setDays(event.target.value)}>
                  <option value="">{t('create.lifetimes.never')}</option>
                  {lifetimes.map((count) => (
                    <option key={count} value={count}>
                      {t('create.lifetimes.days', { days: count })}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {maySetBudgets && (
              <Checkbox
                label={t('create.limit')}
                hint={t('create.limitHint')}
                checked={isLimited}
                onChange={(event) => setLimited(event.target.checked)}
              />
            )}
            {isLimited && (
              <BudgetFields
                draft={draft}
                onChange={setDraft}
                timeZone={timeZone}
                limitError={create.fieldError('limit')}
              />
            )}
            {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
            <div>
              <Button type="submit" look="primary" isBusy={create.isPending} busyLabel={t('create.busy')}>
                {t('create.submit')}
              </Button>
            </div>
          </form>
        )}
      </Dialog>
    </>
  )
}
