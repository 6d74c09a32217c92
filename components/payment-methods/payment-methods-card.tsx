import { useTexts } from '#texts'
import type { PaymentMethodDto } from '@/lib/domain/payment-methods/rules'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { AddPaymentMethod } from './add-payment-method'
import { PaymentMethodActions } from './payment-method-actions'
import { cardWords } from './words'

type PaymentMethodsCardProps = {
  accountId: string
  methods: PaymentMethodDto[]
  canWrite: boolean
  isPostPaid: boolean
}

/** Saved cards: which one is charged by itself, and how to change that. */
export function PaymentMethodsCard({ accountId, methods, canWrite, isPostPaid }: PaymentMethodsCardProps) {
  const t = useTexts('payment-methods')
  const none = isPostPaid ? 'nonePostPaid' : 'none'
  return (
    <Card
      id="payment-methods"
      title={t('title')}
      description={t(isPostPaid ? 'descriptionPostPaid' : 'description')}
      isFlush
    >
      {methods.length > 0 && (
        <ul className="divide-y divide-hairline border-t border-hairline">
          {methods.map((method) => (
            <li
              key={method.paymentMethodId}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
            >
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {cardWords(t, method)} {method.isDefault && <Badge tone="accent">{t('default')}</Badge>}
                </p>
                <p className="text-muted">
                  {t('expires', { month: `${String(method.expMonth).padStart(2, '0')}/${method.expYear}` })}
                </p>
              </div>
              {canWrite && <PaymentMethodActions accountId={accountId} method={method} isPostPaid={isPostPaid} />}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-hairline px-4 py-3 sm:px-5">
        <p className="min-w-0 flex-1 basis-64 text-muted">{t(methods.length === 0 ? none : 'another')}</p>
        {canWrite && <AddPaymentMethod accountId={accountId} />}
      </div>
    </Card>
  )
}
