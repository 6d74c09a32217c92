'use client'

import { lazy, Suspense, useState } from 'react'
import { useTexts } from '#texts'
import { Dialog } from '../ui/dialog'
import type { RefundPurchaseProps } from './refund-form'

const RefundForm = lazy(() => import('./refund-form'))

/** Refunds a purchase after a preview of what comes back, what credit goes for it and what stays. */
export function RefundPurchase(props: RefundPurchaseProps) {
  const t = useTexts('refunds')
  const words = useTexts('ui')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="min-h-6 font-medium text-accent-ink underline decoration-hairline underline-offset-4 hover:decoration-current"
      >
        {t.rich('go', { name: props.name, hidden: (chunks) => <span className="sr-only">{chunks}</span> })}
      </button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('title', { name: props.name })}>
        <Suspense fallback={<p role="status">{words('oneMoment')}</p>}>
          <RefundForm {...props} onClose={() => setOpen(false)} />
        </Suspense>
      </Dialog>
    </>
  )
}
