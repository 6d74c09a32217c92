'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { displayMoney, parseMoney } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { useStanding } from '../accounts/queries'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { isPending, purchaseQuery } from './queries'

/** Shown after the payment page: follows the purchase until it is decided, then brings the rest of the page up to date. */
export function PurchaseReturn({ initial, standing: first }: { initial: PurchaseDto; standing: StandingDto }) {
  const { data: purchase, isError } = useQuery({
    ...purchaseQuery(first.accountId, initial.purchaseId),
    initialData: initial,
    initialDataUpdatedAt: 0,
  })
  const { standing } = useStanding(first)
  useRefreshWhenItMoves(purchase, initial)

  const amount = displayMoney(parseMoney(purchase.amount))
  if (purchase.state === 'paid') {
    return (
      <Banner tone="good" title={`${amount} of credit added`} isAnnounced>
        {purchase.gift && `${giftWords(purchase)} `}
        Your balance is {displayMoney(parseMoney(standing.balance))}. The receipt is on the Receipts page.
      </Banner>
    )
  }
  if (purchase.state === 'processing') {
    return (
      <Banner tone="info" title={`Payment of ${amount} on its way`} isAnnounced>
        {purchase.explanation} You can leave this page.
      </Banner>
    )
  }
  if (isPending(purchase)) {
    return (
      <Banner tone="info" title={`Checking your payment of ${amount} with Stripe`} isAnnounced>
        {isError
          ? 'The connection is lost; we keep trying. If you paid, the credit is not lost: it appears as soon as Stripe confirms it.'
          : 'This usually takes a few seconds. You can leave this page: the credit appears by itself.'}
      </Banner>
    )
  }
  return (
    <Banner
      tone="bad"
      title={failureTitles[purchase.state] ?? purchase.stateText}
      isAnnounced
      action={
        purchase.nextStep && (
          <ButtonLink look="primary" href={purchase.nextStep.href}>
            {purchase.nextStep.label}
          </ButtonLink>
        )
      }
    >
      {purchase.explanation}
    </Banner>
  )
}

const giftWords = ({ gift, promotionCode }: PurchaseDto): string =>
  `${displayMoney(parseMoney(gift!.amount))} of it is a gift of ${promotionCode ? `the code ${promotionCode}` : 'your promotion code'}.`

const failureTitles: Partial<Record<PurchaseDto['state'], string>> = {
  failed: 'The payment did not go through',
  expired: 'The payment page expired',
  canceled: 'The purchase was canceled',
  quarantined: 'Your payment is under review',
}

/** The rest of the page was made when the purchase was in the state that it had first. */
function useRefreshWhenItMoves({ state }: PurchaseDto, initial: PurchaseDto) {
  const router = useRouter()
  const queries = useQueryClient()
  const shown = useRef(initial.state)
  useEffect(() => {
    if (state === shown.current) return
    shown.current = state
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  }, [state, queries, router])
}
