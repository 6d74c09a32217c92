import { displayMoney, parseMoney } from '@/lib/core/money'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'

/** Shown to somebody who turned back from the payment page. Nothing when the purchase was paid after all. */
export function CheckoutCanceled({ purchase }: { purchase: PurchaseDto }) {
  if (purchase.state === 'paid' || purchase.state === 'processing') return null
  const canGoOn = purchase.state === 'open' && purchase.nextStep
  return (
    <Banner
      tone="info"
      title="You left the payment page"
      isAnnounced
      action={canGoOn && <ButtonLink href={canGoOn.href}>{canGoOn.label}</ButtonLink>}
    >
      Nothing was charged for the purchase of {displayMoney(parseMoney(purchase.amount))}.
    </Banner>
  )
}
