'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useFormats } from '#texts'
import { formatMoney } from '@/lib/core/money'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, MoneyInput } from '../ui/field'
import { usePost } from '../use-post'

/** Gives an account free credit, once for each opening of the dialog, however often the button is pressed. */
export function GivePromotion({ accountId, timeZone }: { accountId: string; timeZone: string }) {
  const [key, setKey] = useState<string | null>(null)
  return (
    <>
      <Button onClick={() => setKey(crypto.randomUUID())}>Give a promotion</Button>
      <Dialog isOpen={key !== null} onClose={() => setKey(null)} title="Give a promotion">
        {key && (
          <PromotionForm accountId={accountId} timeZone={timeZone} idempotencyKey={key} onDone={() => setKey(null)} />
        )}
      </Dialog>
    </>
  )
}

type PromotionFormProps = { accountId: string; timeZone: string; idempotencyKey: string; onDone: () => void }

function PromotionForm({ accountId, timeZone, idempotencyKey, onDone }: PromotionFormProps) {
  const f = useFormats()
  const { read } = useAmounts()
  const router = useRouter()
  const [amount, setAmount] = useState('')
  const [expiresOn, setExpiresOn] = useState('')
  const [reason, setReason] = useState('')
  const gift = usePost<{ amount: string }>(`/api/operator/accounts/${accountId}/promotions`, () => {
    router.refresh()
    onDone()
  })
  const problem = gift.problemBeside(['amount', 'expiresOn', 'reason'])
  const { amount: parsed, error } = read(amount)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const errors = { amount: error, reason: reason.trim() === '' ? 'Say why, for the audit log.' : null }
    gift.send(
      { amount: parsed ? formatMoney(parsed) : amount, expiresOn: expiresOn || null, reason, idempotencyKey },
      errors,
    )
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Free credit" error={gift.fieldError('amount')}>
        {(control) => (
          <MoneyInput
            {...control}
            data-focus-first
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Last day (optional)"
        error={gift.fieldError('expiresOn')}
        hint={`It can be used through this day (${timeZone}). Without one it never expires.`}
      >
        {(control) => (
          <Input {...control} type="date" value={expiresOn} onChange={(event) => setExpiresOn(event.target.value)} />
        )}
      </Field>
      <Field
        label="Reason"
        error={gift.fieldError('reason')}
        hint="Kept in the audit log. The customer is told of the gift."
      >
        {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={gift.isPending} busyLabel="Giving…">
          {parsed ? `Give ${f.money(parsed)}` : 'Give'}
        </Button>
      </div>
    </form>
  )
}
