'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { useStanding } from '../accounts/queries'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { isPending, purchaseQuery } from './queries'
import { explanationWords, stepWords } from './words'

/** Shown after the payment page: follows the purchase until it is decided, then brings the rest of the page up to date. */
export function PurchaseReturn({ initial, standing: first }: { initial: PurchaseDto; standing: StandingDto }) {
  const t = useTexts('purchases.return')
  const explanations = useTexts('purchases.explanations')
  const banks = useTexts('payment-methods.said')
  const steps = useTexts('purchases.steps')
  const f = useFormats()
  const { data: purchase, isError } = useQuery({
    ...purchaseQuery(first.accountId, initial.purchaseId),
    initialData: initial,
    initialDataUpdatedAt: 0,
  })
  const { standing } = useStanding(first)
  useRefreshWhenItMoves(purchase, initial)

  const amount = f.money(purchase.amount)
  if (purchase.state === 'paid') {
    return (
      <Banner tone="good" title={t('added', { amount })} isAnnounced>
        {giftWords(t, f, purchase)} {t('balance', { amount: f.money(standing.balance) })}
      </Banner>
    )
  }
  if (purchase.state === 'processing') {
    return (
      <Banner tone="info" title={t('onItsWay', { amount })} isAnnounced>
        {explanationWords(explanations, banks, purchase)} {t('leave')}
      </Banner>
    )
  }
  if (isPending(purchase)) {
    return (
      <Banner tone="info" title={t('checking', { amount })} isAnnounced>
        {t(isError ? 'offline' : 'seconds')}
      </Banner>
    )
  }
  return (
    <Banner
      tone="bad"
      title={t(`failures.${purchase.state as Failure}`)}
      isAnnounced
      action={
        purchase.nextStep && (
          <ButtonLink look="primary" href={purchase.nextStep.href}>
            {stepWords(steps, purchase)}
          </ButtonLink>
        )
      }
    >
      {explanationWords(explanations, banks, purchase)}
    </Banner>
  )
}

type Failure = 'failed' | 'expired' | 'canceled' | 'quarantined'

function giftWords(t: Texts<'purchases.return'>, f: Formats, { gift, promotionCode }: PurchaseDto): string {
  if (!gift) return ''
  const amount = f.money(gift.amount)
  return promotionCode ? t('giftOf', { amount, code: promotionCode }) : t('gift', { amount })
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
