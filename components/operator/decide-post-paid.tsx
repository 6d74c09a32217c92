'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'
import { ContractForm } from './contract-form'
import { DeclineForm } from './decline-form'

type DecidePostPaidProps = { accountId: string; accountName: string; requestId: string; expectedMonthly: string }

/** Approve by starting the contract, or decline with a note. */
export function DecidePostPaid({ accountId, accountName, requestId, expectedMonthly }: DecidePostPaidProps) {
  const [decision, setDecision] = useState<'approve' | 'decline' | null>(null)
  const router = useRouter()
  const close = () => setDecision(null)
  const decline = usePost(`/api/operator/accounts/${accountId}/post-paid-requests/${requestId}/decide`, () => {
    close()
    router.refresh()
  })
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" aria-label={`Approve post-paid for ${accountName}`} onClick={() => setDecision('approve')}>
        Approve
      </Button>
      <Button aria-label={`Decline post-paid for ${accountName}`} onClick={() => setDecision('decline')}>
        Decline
      </Button>
      <Dialog
        isOpen={decision === 'approve'}
        onClose={close}
        title={`Move ${accountName} to post-paid`}
        description="Credit stays and is used first. The customer is told, and auto top-up rests."
      >
        <ContractForm accountId={accountId} contract={null} suggestedLimit={expectedMonthly} onDone={close} />
      </Dialog>
      <Dialog
        isOpen={decision === 'decline'}
        onClose={close}
        title="Decline post-paid"
        description={`${accountName} is told, and reads your note in its billing settings.`}
      >
        <DeclineForm post={decline} onCancel={close} />
      </Dialog>
    </div>
  )
}
