import { useFormats, useTexts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { CancelPurchase } from './cancel-purchase'
import { stepWords } from './words'

type CheckoutCanceledProps = { accountId: string; purchase: PurchaseDto; canWrite: boolean }

/** Shown to somebody who turned back from the payment page. Nothing when the purchase was paid after all. */
export function CheckoutCanceled({ accountId, purchase, canWrite }: CheckoutCanceledProps) {
  const t = useTexts('purchases.left')
  const steps = useTexts('purchases.steps')
  const f = useFormats()
  if (purchase.state === 'paid' || purchase.state === 'processing') return null
  const canGoOn = purchase.state === 'open' && purchase.nextStep
  return (
    <Banner
      tone="info"
      title={t('title')}
      isAnnounced
      action={
        canGoOn && (
          <div className="flex flex-wrap gap-2 max-sm:*:w-full">
            <ButtonLink href={canGoOn.href}>{stepWords(steps, purchase)}</ButtonLink>
            {canWrite && <CancelPurchase accountId={accountId} purchaseId={purchase.purchaseId} />}
          </div>
        )
      }
    >
      {t('body', { amount: f.money(purchase.amount) })}
    </Banner>
  )
}
