'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTexts } from '#texts'
import { formatMoney } from '@/lib/core/money'
import type { BudgetDto } from '@/lib/domain/budgets'
import { accountUrl } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Radio, Select } from '../ui/field'
import { usePost } from '../use-post'
import { emptyDraft } from './budget-draft'
import { BudgetFields } from './budget-fields'
import { readPercents } from './read-percents'

type Subject = { id: string; name: string }

type SetBudgetProps = { accountId: string; keys: Subject[]; members: Subject[]; timeZone: string }

/** The button that sets a budget of a key or a member, and its form. */
export function SetBudget({ accountId, keys, members, timeZone }: SetBudgetProps) {
  const t = useTexts('budgets')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('list.add')}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('form.title')} description={t('form.body')}>
        <BudgetForm
          accountId={accountId}
          keys={keys}
          members={members}
          timeZone={timeZone}
          onDone={() => setOpen(false)}
        />
      </Dialog>
    </>
  )
}

type BudgetFormProps = SetBudgetProps & { onDone: () => void }

function BudgetForm({ accountId, keys, members, timeZone, onDone }: BudgetFormProps) {
  const t = useTexts('budgets')
  const [scope, setScope] = useState<'key' | 'member'>(keys.length > 0 ? 'key' : 'member')
  const [chosen, setChosen] = useState('')
  const subjects = scope === 'key' ? keys : members
  const subject = subjects.some(({ id }) => id === chosen) ? chosen : (subjects[0]?.id ?? '')
  return (
    <LimitForm
      accountId={accountId}
      scope={scope}
      subject={subject}
      timeZone={timeZone}
      onDone={onDone}
      before={(subjectError) => (
        <>
          <fieldset className="flex flex-wrap gap-x-6 gap-y-2">
            <legend className="mb-1 font-medium">{t('form.for')}</legend>
            {(['key', 'member'] as const).map((choice) => (
              <Radio
                key={choice}
                name="scope"
                label={t(`form.${choice}`)}
                checked={scope === choice}
                onChange={() => setScope(choice)}
              />
            ))}
          </fieldset>
          <Field
            label={t('form.which')}
            hint={subjects.length === 0 ? t('form.noKeys') : undefined}
            error={subjectError}
          >
            {(control) => (
              <Select {...control} value={subject} onChange={(event) => setChosen(event.target.value)}>
                {subjects.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </>
      )}
    />
  )
}

/** Changes the limit and the warnings of a budget that is there. */
export function ChangeBudget({
  accountId,
  budget,
  onDone,
}: {
  accountId: string
  budget: BudgetDto
  onDone: () => void
}) {
  return (
    <LimitForm
      accountId={accountId}
      scope={budget.scope}
      subject={budget.subject.id}
      timeZone={budget.timeZone}
      initial={budget}
      onDone={onDone}
    />
  )
}

type LimitFormProps = {
  accountId: string
  scope: 'key' | 'member'
  subject: string
  timeZone: string
  initial?: BudgetDto
  before?: (subjectError: string | undefined) => ReactNode
  onDone: () => void
}

function LimitForm({ accountId, scope, subject, timeZone, initial, before, onDone }: LimitFormProps) {
  const t = useTexts('budgets.form')
  const { read, print } = useAmounts()
  const router = useRouter()
  const [draft, setDraft] = useState(initial ? { window: initial.window, limit: print(initial.limit) } : emptyDraft)
  const [warnings, setWarnings] = useState((initial?.warnAtPercent ?? [80]).join(', '))
  const save = usePost<BudgetDto>(accountUrl(accountId, 'budgets'), () => {
    onDone()
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const limit = read(draft.limit)
    const warnAtPercent = readPercents(warnings)
    save.send(
      {
        scope,
        subject,
        window: draft.window,
        limit: limit.amount ? formatMoney(limit.amount) : '',
        warnAtPercent: warnAtPercent ?? [],
      },
      {
        subject: subject ? null : t('whichMissing'),
        limit: limit.error,
        warnAtPercent: warnAtPercent ? null : t('warnWrong'),
      },
    )
  }
  const problem = save.problemBeside(['subject', 'limit', 'warnAtPercent'])
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {before?.(save.fieldError('subject'))}
      <BudgetFields
        draft={draft}
        onChange={setDraft}
        timeZone={timeZone}
        limitError={save.fieldError('limit')}
        isWindowFixed={initial !== undefined}
      />
      <Field label={t('warnAt')} hint={t('warnHint')} error={save.fieldError('warnAtPercent')}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={warnings}
            onChange={(event) => setWarnings(event.target.value)}
          />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div>
        <Button type="submit" look="primary" isBusy={save.isPending} busyLabel={t('busy')}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
