'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import { newId } from '@/lib/core/ids'
import { formatMoney, parseMoney, subtract } from '@/lib/core/money'
import type { RefundDto, RefundPreviewDto } from '@/lib/domain/refunds'
import { type Problem, postJson } from '../api'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Checkbox, Field, Input, MoneyInput } from '../ui/field'
import { useDebounced } from '../use-debounced'
import { usePost } from '../use-post'
import { useProblemWords } from '../use-problem-words'
import { failureWords } from './words'

export type RefundPurchaseProps = {
  accountId: string
  purchaseId: string
  /** What is refunded, for screen readers: several of these buttons stand on a page. */
  name: string
  /** Where the money goes back to, e.g. "Visa ending in 4242". */
  paidWith: string | null
  timeZone: string
  /** The platform's staff refunds at any time, and also what was used. */
  isOperator?: boolean
}

/** What comes back, what credit goes for it and what stays, asked anew while the amount is typed; then the refund itself. */
export default function RefundForm({
  accountId,
  purchaseId,
  paidWith,
  timeZone,
  isOperator = false,
  onClose,
}: RefundPurchaseProps & { onClose: () => void }) {
  const t = useTexts('refunds')
  const f = useFormats()
  const wordsOf = useProblemWords()
  const { read, print } = useAmounts()
  const router = useRouter()
  const queries = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  const [isBeyondUnused, setBeyondUnused] = useState(false)
  const [reason, setReason] = useState('')
  // Sent again, it is the same refund.
  const [key] = useState(newId)
  const door = `/api/${isOperator ? 'operator/' : ''}accounts/${accountId}/purchases/${purchaseId}/refunds`
  const terms = isOperator ? { isBeyondUnused } : {}
  // What is no amount goes as it is: the server says what is wrong with it.
  const amountTyped = text === null ? null : read(text).amount
  const typed = useDebounced(amountTyped ? formatMoney(amountTyped) : (text?.trim() ?? ''))
  const { data: preview, error: brokenPreview } = usePreview(door, terms)
  const { data: asked, error: amountProblem } = usePreview(door, { ...terms, amount: typed }, typed !== '')
  const isAmountError = amountProblem?.field === 'amount'
  const refund = usePost<RefundDto>(door, () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })

  if (refund.answer) return <Done refund={refund.answer} onClose={onClose} />
  if (!preview) {
    if (!brokenPreview) return <p role="status">{t('working')}</p>
    return <Banner tone="bad" title={wordsOf(brokenPreview)} isAnnounced />
  }
  if (!preview.isPossible) return <NotPossible preview={preview} timeZone={timeZone} onClose={onClose} />

  const isTyped = typed !== ''
  const amountError = refund.fieldError('amount') ?? (isTyped && isAmountError ? wordsOf(amountProblem) : undefined)
  const problem =
    refund.problemBeside(['amount', 'reason']) ??
    (isTyped && amountProblem && !isAmountError ? { message: wordsOf(amountProblem) } : null)
  const planned = isTyped ? (amountProblem ? null : (asked?.refund ?? null)) : preview.refund
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // What was previewed is what is asked for: a figure that has moved since is refused, and shown anew.
    if (planned) refund.send({ key, amount: planned.amount, ...(isOperator && { isBeyondUnused, reason }) })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label={t('money')}
        error={amountError}
        hint={
          isBeyondUnused
            ? t('atMost', { amount: f.money(preview.rest) })
            : `${t('unused', { amount: f.money(preview.unused) })} ${isOperator ? '' : t('usedStays')}`
        }
      >
        {(control) => (
          <MoneyInput
            {...control}
            value={text ?? print(isBeyondUnused ? preview.rest : preview.unused)}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>

      {isOperator && (
        <>
          <Checkbox
            checked={isBeyondUnused}
            onChange={(event) => {
              setBeyondUnused(event.target.checked)
              setText(null)
            }}
            label={t('alsoUsed')}
            hint={t('alsoUsedHint')}
          />
          <Field
            label={t(isBeyondUnused ? 'reason' : 'reasonOptional')}
            error={refund.fieldError('reason')}
            hint={t('reasonHint')}
          >
            {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </>
      )}

      <dl aria-live="polite" className="flex flex-col gap-1.5 border-t border-hairline pt-3">
        <Line label={t('back', { where: paidWith ?? t('source') })} amount={planned?.amount ?? null} isStrong />
        <Line label={t('taken')} amount={planned?.credit ?? null} />
        {planned && planned.gift !== '0.00' && <Line label={t('gift')} amount={planned.gift} />}
        <Line
          label={t('stays')}
          amount={planned && formatMoney(subtract(parseMoney(preview.rest), parseMoney(planned.amount)))}
        />
      </dl>
      <p className="text-muted">
        {t('when')}
        {preview.until && ` ${t('until', { instant: f.instant(preview.until, timeZone) })}`}
      </p>

      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('keep')}</Button>
        <Button
          type="submit"
          look={isBeyondUnused ? 'danger' : 'primary'}
          disabled={!planned || (isBeyondUnused && reason.trim() === '')}
          isBusy={refund.isPending}
          busyLabel={t('busy')}
        >
          {planned ? t('confirm', { amount: f.money(planned.amount) }) : t('confirmNone')}
        </Button>
      </div>
    </form>
  )
}

/** What a refund would do, asked anew when the terms change; the figures before stay in view meanwhile. */
const usePreview = (door: string, body: object, enabled = true) =>
  useQuery<RefundPreviewDto, Problem>({
    queryKey: ['refund-preview', door, JSON.stringify(body)],
    queryFn: () => postJson(`${door}/preview`, body),
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })

function Line({ label, amount, isStrong = false }: { label: string; amount: string | null; isStrong?: boolean }) {
  const f = useFormats()
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted">{label}</dt>
      <dd className={isStrong ? 'font-semibold' : undefined}>{amount === null ? '–' : f.money(amount)}</dd>
    </div>
  )
}

function NotPossible({
  preview,
  timeZone,
  onClose,
}: {
  preview: RefundPreviewDto
  timeZone: string
  onClose: () => void
}) {
  const t = useTexts('refunds')
  const f = useFormats()
  const words = useTexts('ui')
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="info" title={t('notPossible')} isAnnounced>
        {preview.because && t(`blocks.${preview.because}`)}
        {preview.because === 'window_over' && preview.until && (
          <> {t('wasUntil', { instant: f.instant(preview.until, timeZone) })}</>
        )}
      </Banner>
      <div className="flex justify-end">
        <Button onClick={onClose}>{words('close')}</Button>
      </div>
    </div>
  )
}

/** A refund that the bank or Stripe has refused already says so here. */
function Done({ refund, onClose }: { refund: RefundDto; onClose: () => void }) {
  const t = useTexts('refunds')
  const failures = useTexts('refunds.failures')
  const words = useTexts('ui')
  const f = useFormats()
  const isFailed = refund.state === 'failed' || refund.state === 'canceled'
  return (
    <div className="flex flex-col gap-4">
      <Banner
        tone={isFailed ? 'bad' : 'good'}
        title={isFailed ? t(`states.${refund.state}`) : t('returned', { amount: f.money(refund.amount) })}
        isAnnounced
      >
        {isFailed
          ? `${failureWords(failures, refund)} ${t('creditBack')}`
          : `${t('creditTaken', { amount: f.money(refund.credit) })} ${refund.state === 'requested' ? t('requested') : ''}`}
      </Banner>
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          {words('done')}
        </Button>
      </div>
    </div>
  )
}
