'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { newId } from '@/lib/core/ids'
import { displayMoney, formatMoney, parseMoney, subtract } from '@/lib/core/money'
import type { RefundDto, RefundPreviewDto } from '@/lib/domain/refunds'
import { type Problem, postJson } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Checkbox, Field, Input, MoneyInput } from '../ui/field'
import { displayInstant } from '../ui/time'
import { useDebounced } from '../use-debounced'
import { usePost } from '../use-post'

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
  const router = useRouter()
  const queries = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  const [isBeyondUnused, setBeyondUnused] = useState(false)
  const [reason, setReason] = useState('')
  // Sent again, it is the same refund.
  const [key] = useState(newId)
  const door = `/api/${isOperator ? 'operator/' : ''}accounts/${accountId}/purchases/${purchaseId}/refunds`
  const terms = isOperator ? { isBeyondUnused } : {}
  const typed = useDebounced(text?.trim() ?? '')
  const { data: preview, error: brokenPreview } = usePreview(door, terms)
  const { data: asked, error: amountProblem } = usePreview(door, { ...terms, amount: typed }, typed !== '')
  const isAmountError = amountProblem?.field === 'amount'
  const refund = usePost<RefundDto>(door, () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })

  if (refund.answer) return <Done refund={refund.answer} onClose={onClose} />
  if (!preview) {
    if (!brokenPreview) return <p role="status">Working out what would come back…</p>
    return <Banner tone="bad" title={brokenPreview.message} isAnnounced />
  }
  if (!preview.isPossible) return <NotPossible preview={preview} timeZone={timeZone} onClose={onClose} />

  const isTyped = typed !== ''
  const amountError = refund.fieldError('amount') ?? (isTyped && isAmountError ? amountProblem?.message : undefined)
  const problem = refund.problemBeside(['amount', 'reason']) ?? (isTyped && !isAmountError ? amountProblem : null)
  const planned = isTyped ? (amountProblem ? null : (asked?.refund ?? null)) : preview.refund
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // What was previewed is what is asked for: a figure that has moved since is refused, and shown anew.
    if (planned) refund.send({ key, amount: planned.amount, ...(isOperator && { isBeyondUnused, reason }) })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label="Money to return"
        error={amountError}
        hint={
          isBeyondUnused
            ? `At most ${shown(preview.rest)}, tax included.`
            : `${shown(preview.unused)} is unused, tax included. ${isOperator ? '' : 'What was used cannot be returned.'}`
        }
      >
        {(control) => (
          <MoneyInput
            {...control}
            value={text ?? (isBeyondUnused ? preview.rest : preview.unused)}
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
            label="Also return what was used"
            hint="Credit that was used is taken back as well. The balance may go below zero, and usage then pauses until the next purchase."
          />
          <Field
            label={isBeyondUnused ? 'Reason' : 'Reason (optional)'}
            error={refund.fieldError('reason')}
            hint="Kept in the audit log."
          >
            {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </>
      )}

      <dl aria-live="polite" className="flex flex-col gap-1.5 border-t border-hairline pt-3">
        <Line label={`Comes back to ${paidWith ?? 'where it came from'}`} amount={planned?.amount ?? null} isStrong />
        <Line label="Credit that is taken" amount={planned?.credit ?? null} />
        {planned && planned.gift !== '0.00' && (
          <Line label="Of the promotion code’s gift, at most" amount={planned.gift} />
        )}
        <Line
          label="Stays of what was paid"
          amount={planned && formatMoney(subtract(parseMoney(preview.rest), parseMoney(planned.amount)))}
        />
      </dl>
      <p className="text-muted">
        The credit is taken at once. Banks show the money within 5 to 10 days.
        {preview.until && <> You can refund this purchase yourself until {displayInstant(preview.until, timeZone)}.</>}
      </p>

      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Keep the credit</Button>
        <Button
          type="submit"
          look={isBeyondUnused ? 'danger' : 'primary'}
          disabled={!planned || (isBeyondUnused && reason.trim() === '')}
          isBusy={refund.isPending}
          busyLabel="Refunding…"
        >
          {planned ? `Refund ${shown(planned.amount)}` : 'Refund'}
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

const shown = (amount: string): string => displayMoney(parseMoney(amount))

function Line({ label, amount, isStrong = false }: { label: string; amount: string | null; isStrong?: boolean }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted">{label}</dt>
      <dd className={isStrong ? 'font-semibold' : undefined}>{amount === null ? '–' : shown(amount)}</dd>
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
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="info" title="A refund is not possible" isAnnounced>
        {preview.message}
        {preview.because === 'window_over' && preview.until && (
          <> It was possible until {displayInstant(preview.until, timeZone)}.</>
        )}
      </Banner>
      <div className="flex justify-end">
        <Button onClick={onClose}>Close</Button>
      </div>
    </div>
  )
}

/** A refund that the bank or Stripe has refused already says so here. */
function Done({ refund, onClose }: { refund: RefundDto; onClose: () => void }) {
  const isFailed = refund.state === 'failed' || refund.state === 'canceled'
  return (
    <div className="flex flex-col gap-4">
      <Banner
        tone={isFailed ? 'bad' : 'good'}
        title={isFailed ? refund.stateText : `${shown(refund.amount)} is returned`}
        isAnnounced
      >
        {isFailed
          ? `${refund.failure ?? ''} The credit is back.`
          : `${shown(refund.credit)} of credit was taken for it. ${refund.state === 'requested' ? 'Stripe will hear of it in a moment; nothing more is needed from you.' : ''}`}
      </Banner>
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}
