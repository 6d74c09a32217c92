'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { useTexts } from '#texts'
import type { PaymentMethodDto } from '@/lib/domain/payment-methods/rules'
import { accountUrl } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'
import { cardWords } from './words'

type PaymentMethodActionsProps = { accountId: string; method: PaymentMethodDto; isPostPaid: boolean }

/** Makes a card the default, or removes it after a question. */
export function PaymentMethodActions({ accountId, method, isPostPaid }: PaymentMethodActionsProps) {
  const t = useTexts('payment-methods.actions')
  const cards = useTexts('payment-methods')
  const words = useTexts('ui')
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
  const card = cardWords(cards, method)
  const hidden = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>
  return (
    <div className="flex flex-wrap items-center gap-2">
      {problem && !isAsking && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      {!method.isDefault && (
        <Button isBusy={makeDefault.isPending} busyLabel={words('saving')} onClick={() => makeDefault.send({})}>
          {t.rich('makeDefault', { card, name: hidden })}
        </Button>
      )}
      <Button onClick={() => setAsking(true)}>{t.rich('remove', { card, name: hidden })}</Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('removeTitle', { card })}
        description={t(method.isDefault ? (isPostPaid ? 'lastDefaultPostPaid' : 'lastDefault') : 'deleted')}
      >
        <div className="flex flex-col gap-3">
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>{t('keep')}</Button>
            <Button look="danger" isBusy={remove.isPending} busyLabel={t('removing')} onClick={() => remove.send({})}>
              {t('removeCard')}
            </Button>
          </div>
        </div>
      </Dialog>
    </div>
  )
}
