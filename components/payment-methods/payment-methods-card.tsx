import { cardName, type PaymentMethodDto } from '@/lib/domain/payment-methods/rules'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { AddPaymentMethod } from './add-payment-method'
import { PaymentMethodActions } from './payment-method-actions'

type PaymentMethodsCardProps = { accountId: string; methods: PaymentMethodDto[]; canWrite: boolean }

/** Saved cards: which one auto top-up charges, and how to change that. */
export function PaymentMethodsCard({ accountId, methods, canWrite }: PaymentMethodsCardProps) {
  return (
    <Card
      id="payment-methods"
      title="Payment methods"
      description="Auto top-up charges the default card. Stripe keeps the card numbers; we never see them."
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
                  {cardName(method)} {method.isDefault && <Badge tone="accent">Default</Badge>}
                </p>
                <p className="text-muted">
                  Expires {String(method.expMonth).padStart(2, '0')}/{method.expYear}
                </p>
              </div>
              {canWrite && <PaymentMethodActions accountId={accountId} method={method} />}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-hairline px-4 py-3 sm:px-5">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {methods.length === 0
            ? 'No card is saved. Without one, the account is suspended once its free credit is used up.'
            : 'Another card takes over when you make it the default.'}
        </p>
        {canWrite && <AddPaymentMethod accountId={accountId} />}
      </div>
    </Card>
  )
}
