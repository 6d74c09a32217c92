'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import { formatMoney, isLess, type Money, parseMoney } from '@/lib/core/money'
import type { MonthDto } from '@/lib/domain/budgets'
import type { CapPreviewDto } from '@/lib/domain/forecast'
import { accountUrl, postJson } from '../api'
import { useAmounts } from '../money-input'
import { Field, Input, MoneyInput, Radio } from '../ui/field'
import { FormFooter } from '../ui/form-footer'
import { useDebounced } from '../use-debounced'
import { usePost } from '../use-post'

/** `draft`: a limit (null for none) to begin with instead of the one in force. */
type CapFormProps = {
  accountId: string
  month: MonthDto
  canWrite: boolean
  isPostPaid: boolean
  draft?: { limit: string | null } | undefined
}

/** The monthly budget cap: a limit or none, when to warn, and what the cap would have meant last month. */
export function CapForm({ accountId, month, canWrite, isPostPaid, draft }: CapFormProps) {
  const t = useTexts('budgets.cap')
  const { read, print } = useAmounts()
  const router = useRouter()
  const queries = useQueryClient()
  const first = draft ?? month
  const [hasCap, setHasCap] = useState(first.limit !== null)
  const [text, setText] = useState(print(first.limit ?? month.limit ?? ''))
  const [warnings, setWarnings] = useState(month.warnAtPercent.join(', '))
  const save = usePost<MonthDto>(accountUrl(accountId, 'monthly-cap'), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })

  const limit = read(text)
  const warnAtPercent = readPercents(warnings)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.send(
      { limit: hasCap && limit.amount ? formatMoney(limit.amount) : null, warnAtPercent: warnAtPercent ?? [] },
      {
        limit: hasCap ? limit.error : null,
        warnAtPercent: hasCap && !warnAtPercent ? t('warnWrong') : null,
      },
    )
  }

  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={!canWrite} className="flex flex-col gap-4">
        <legend className="sr-only">{t('title')}</legend>
        <Radio
          name="hasCap"
          checked={!hasCap}
          onChange={() => setHasCap(false)}
          label={t('none')}
          hint={t(isPostPaid ? 'noneHintPostPaid' : 'noneHint')}
        />
        <Radio
          name="hasCap"
          checked={hasCap}
          onChange={() => setHasCap(true)}
          label={t('stop')}
          hint={t('stopHint', { zone: month.timeZone })}
        />
        {hasCap && (
          <div className="grid gap-4 sm:grid-cols-2 sm:ps-9">
            <Field label={t('limit')} error={save.fieldError('limit')}>
              {(control) => (
                <MoneyInput {...control} name="limit" value={text} onChange={(event) => setText(event.target.value)} />
              )}
            </Field>
            <Field label={t('warnAt')} error={save.fieldError('warnAtPercent')} hint={t('warnHint')}>
              {(control) => (
                <Input
                  {...control}
                  name="warnAtPercent"
                  inputMode="numeric"
                  value={warnings}
                  onChange={(event) => setWarnings(event.target.value)}
                />
              )}
            </Field>
            <div className="sm:col-span-2">
              <Preview accountId={accountId} month={month} limit={limit.amount} />
            </div>
          </div>
        )}
        <FormFooter
          isPending={save.isPending}
          isDone={save.isDone}
          problem={save.problemBeside(['limit', 'warnAtPercent'])}
          saveLabel={t('save')}
        />
      </fieldset>
    </form>
  )
}

/** "50, 80" as numbers, or null when one of them is no whole percentage below 100. */
function readPercents(text: string): number[] | null {
  const parts = text.split(/[\s,;%،؛٪]+/).filter(Boolean)
  const percents = parts.map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : 0))
  return percents.every((percent) => percent >= 1) ? percents : null
}

type PreviewProps = { accountId: string; month: MonthDto; limit: Money | null }

function Preview({ accountId, month, limit }: PreviewProps) {
  const t = useTexts('budgets.cap')
  const f = useFormats()
  const asked = useDebounced(limit && formatMoney(limit))
  const { data } = useQuery({
    queryKey: ['cap-preview', accountId, asked],
    queryFn: () => postJson<CapPreviewDto>(accountUrl(accountId, 'monthly-cap/preview'), { limit: asked }),
    enabled: asked !== null,
    placeholderData: (previous) => previous,
  })
  const isBelowSpent = limit && !isLess(parseMoney(month.spent), limit)
  return (
    <div role="status" className="min-h-13 rounded-ui bg-sunken px-3 py-2.5">
      <p>
        {limit
          ? t(isBelowSpent ? 'so.pause' : 'so.allowed', { spent: f.money(month.spent), limit: f.money(limit) })
          : t('so.far', { spent: f.money(month.spent) })}
      </p>
      {data && asked && <p className="mt-0.5 text-muted">{lastMonthWords(t, f, data)}</p>}
    </div>
  )
}

function lastMonthWords(t: Texts<'budgets.cap'>, f: Formats, last: CapPreviewDto): string {
  const month = f.month(last.lastMonth)
  if (last.lastMonthSpent === null) return t('last.none', { month })
  const spent = f.money(last.lastMonthSpent)
  return last.pausedFrom
    ? t('last.paused', { month, spent, day: f.shortDay(last.pausedFrom) })
    : t('last.ran', { month, spent })
}
