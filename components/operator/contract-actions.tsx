'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useFormats } from '#texts'
import type { OperatorContractDto } from '@/lib/domain/contracts'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'
import { ContractForm } from './contract-form'

type ContractActionsProps = {
  accountId: string
  accountName: string
  contract: OperatorContractDto | null
  /** Outstanding now. */
  promised: string
  currency: string
}

/** Starts a contract; or changes and ends the one in force. */
export function ContractActions({ accountId, accountName, contract, promised, currency }: ContractActionsProps) {
  const [shown, setShown] = useState<'terms' | 'end' | null>(null)
  const close = () => setShown(null)
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => setShown('terms')}>{contract ? 'Change the terms' : 'Move to post-paid'}</Button>
      {contract && <Button onClick={() => setShown('end')}>End the contract</Button>}
      <Dialog
        isOpen={shown === 'terms'}
        onClose={close}
        title={contract ? 'Change the terms' : `Move ${accountName} to post-paid`}
        description={
          contract
            ? 'They hold from now on. The change is in the account’s audit log.'
            : 'Credit stays and is used first. The customer is told, and auto top-up rests.'
        }
      >
        <ContractForm accountId={accountId} contract={contract} onDone={close} />
      </Dialog>
      <Dialog isOpen={shown === 'end'} onClose={close} title="End the contract">
        <EndForm accountId={accountId} promised={promised} currency={currency} onDone={close} />
      </Dialog>
    </div>
  )
}

type EndFormProps = { accountId: string; promised: string; currency: string; onDone: () => void }

function EndForm({ accountId, promised, currency, onDone }: EndFormProps) {
  const f = useFormats()
  const router = useRouter()
  const end = usePost(`/api/operator/accounts/${accountId}/contract/end`, () => {
    onDone()
    router.refresh()
  })
  const problem = end.problemBeside([])
  return (
    <div className="flex flex-col gap-4">
      <p>
        The account is prepaid from then on. Outstanding now: {f.money(promised, currency)}. What no invoice asks for
        yet is invoiced at once; until it is paid the balance is below zero and usage is paused. Nothing of the history
        is lost, and the customer is told.
      </p>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button data-focus-first onClick={onDone}>
          Keep it
        </Button>
        <Button look="danger" isBusy={end.isPending} busyLabel="Ending…" onClick={() => end.send({})}>
          End the contract
        </Button>
      </div>
    </div>
  )
}
