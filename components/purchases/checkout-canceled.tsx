import { displayMoney, parseMoney } from '@/lib/core/money'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { CancelPurchase } from './cancel-purchase'

type CheckoutCanceledProps = { accountId: string; purchase: PurchaseDto; canWrite: boolean }

/** Shown to somebody who turned back from the payment page. Nothing when the purchase was paid after all. */
export function CheckoutCanceled({ accountId, purchase, canWrite }: CheckoutCanceledProps) {
  if (purchase.state === 'paid' || purchase.state === 'processing') return null
  const canGoOn = purchase.state === 'open' && purchase.nextStep
  return (
    <Banner
      tone="info"
      title="You left the payment page"
      isAnnounced
      action={
        canGoOn && (
          <div className="flex flex-wrap gap-2 max-sm:*:w-full">
            <ButtonLink href={canGoOn.href}>{canGoOn.label}</ButtonLink>
            {canWrite && <CancelPurchase accountId={accountId} purchaseId={purchase.purchaseId} />}
          </div>
        )
      }
    >
      Nothing was charged for the purchase of {displayMoney(parseMoney(purchase.amount))}.
    </Banner>
  )
}
