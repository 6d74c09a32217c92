'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { formatMoney } from '@/lib/core/money'
import type { OperatorContractDto } from '@/lib/domain/contracts'
import { type Collection, longestNote, longestPoNumber, usualPaymentTerms } from '@/lib/domain/contracts/rules'
import { useAmounts } from '../money-input'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input, MoneyInput, Radio } from '../ui/field'
import { usePost } from '../use-post'
import { readCount } from './read-count'

type ContractFormProps = {
  accountId: string
  /** The contract that is changed; null: one is started. */
  contract: OperatorContractDto | null
  /** What the form begins with, where none is in force. */
  suggestedLimit?: string
  onDone: () => void
}

const fields = ['creditLimit', 'paymentTermsDays', 'collection', 'poNumber', 'note']

/** The terms of a contract: how far usage may go beyond credit, and when and how its invoices are paid. */
export function ContractForm({ accountId, contract, suggestedLimit = '', onDone }: ContractFormProps) {
  const router = useRouter()
  const { read } = useAmounts()
  const [creditLimit, setCreditLimit] = useState(contract?.creditLimit ?? suggestedLimit)
  const [days, setDays] = useState(String(contract?.paymentTermsDays ?? usualPaymentTerms[1]))
  const [collection, setCollection] = useState<Collection>(contract?.collection ?? 'send_invoice')
  const [poNumber, setPoNumber] = useState(contract?.poNumber ?? '')
  const [note, setNote] = useState(contract?.note ?? '')
  const url = `/api/operator/accounts/${accountId}/contract`
  const save = usePost(contract ? `${url}/change` : url, () => {
    onDone()
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { amount, error } = read(creditLimit)
    const paymentTermsDays = readCount(days)
    save.send(
      {
        creditLimit: amount ? formatMoney(amount) : creditLimit,
        paymentTermsDays,
        collection,
        poNumber: poNumber.trim() || null,
        note: note.trim() || null,
      },
      {
        creditLimit: error,
        paymentTermsDays: paymentTermsDays === null ? 'Type a whole number of days, such as 30.' : null,
      },
    )
  }
  const problem = save.problemBeside(fields)
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label="Credit limit"
        error={save.fieldError('creditLimit')}
        hint="As far as usage may go beyond credit, what invoices ask for included."
      >
        {(control) => (
          <MoneyInput
            {...control}
            data-focus-first
            value={creditLimit}
            onChange={(event) => setCreditLimit(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Days until an invoice is due"
        error={save.fieldError('paymentTermsDays')}
        hint={`Usually ${usualPaymentTerms.join(', ')}. Invoices that are made already keep theirs.`}
      >
        {(control) => (
          <Input {...control} inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
        )}
      </Field>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">How invoices are paid</legend>
        <Radio
          name="collection"
          checked={collection === 'send_invoice'}
          onChange={() => setCollection('send_invoice')}
          label="From the invoice"
          hint="Stripe mails it, with a page to pay on."
        />
        <Radio
          name="collection"
          checked={collection === 'charge_automatically'}
          onChange={() => setCollection('charge_automatically')}
          label="By the default card"
          hint="Charged by itself when the invoice is made. The account needs a saved card."
        />
        {save.fieldError('collection') && (
          <p role="alert" className="text-bad-ink">
            {save.fieldError('collection')}
          </p>
        )}
      </fieldset>
      <Field label="Purchase order (optional)" error={save.fieldError('poNumber')} hint="Stands on every invoice.">
        {(control) => (
          <Input
            {...control}
            maxLength={longestPoNumber}
            value={poNumber}
            onChange={(event) => setPoNumber(event.target.value)}
          />
        )}
      </Field>
      <Field label="Note (optional)" error={save.fieldError('note')} hint="For staff alone.">
        {(control) => (
          <Input {...control} maxLength={longestNote} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={save.isPending} busyLabel="Saving…">
          {contract ? 'Change the terms' : 'Start the contract'}
        </Button>
      </div>
    </form>
  )
}
