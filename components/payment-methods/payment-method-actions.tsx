'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { cardName, type PaymentMethodDto } from '@/lib/domain/payment-methods/rules'
import { accountUrl } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'

type PaymentMethodActionsProps = { accountId: string; method: PaymentMethodDto }

/** Makes a card the default, or removes it after a question. */
export function PaymentMethodActions({ accountId, method }: PaymentMethodActionsProps) {
  const router = useRouter()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const bringUpToDate = () => {
    setAsking(false)
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  }
  const path = `payment-methods/${method.paymentMethodId}`
  const makeDefault = usePost(accountUrl(accountId, `${path}/default`), bringUpToDate)
  const remove = usePost(accountUrl(accountId, `${path}/remove`), bringUpToDate)
  const problem = remove.problemBeside([]) ?? makeDefault.problemBeside([])
  const name = cardName(method)
  return (
    <div className="flex flex-wrap items-center gap-2">
      {problem && !isAsking && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      {!method.isDefault && (
        <Button isBusy={makeDefault.isPending} busyLabel="Saving…" onClick={() => makeDefault.send({})}>
          Make default<span className="sr-only">: {name}</span>
        </Button>
      )}
      <Button onClick={() => setAsking(true)}>
        Remove<span className="sr-only"> {name}</span>
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Remove ${name}?`}
        description={
          method.isDefault
            ? 'Auto top-up charges this card. Without another card it cannot buy credit, and usage stops when credit runs out.'
            : 'It is deleted at Stripe too. Your credit and receipts stay.'
        }
      >
        <div className="flex flex-col gap-3">
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button look="danger" isBusy={remove.isPending} busyLabel="Removing…" onClick={() => remove.send({})}>
              Remove card
            </Button>
          </div>
        </div>
      </Dialog>
    </div>
  )
}
