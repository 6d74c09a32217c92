'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

type Found = { found: PurchaseDto[]; checked: number }

/** Asks Stripe for payments that have not become credit yet, and says in words what came of it. */
export function FindMyPurchase({ accountId }: { accountId: string }) {
  const t = useTexts('purchases.find')
  const f = useFormats()
  const router = useRouter()
  const queries = useQueryClient()
  const search = usePost<Found>(accountUrl(accountId, 'purchases/find'), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })
  const problem = search.problemBeside([])
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-hairline px-4 py-3 sm:px-5">
      <p role="status" className="min-w-0 flex-1 basis-64 text-muted">
        {problem?.message ?? (search.answer ? resultWords(t, f, search.answer) : t('ask'))}
      </p>
      <Button isBusy={search.isPending} busyLabel={t('busy')} onClick={() => search.send({})}>
        {t('go')}
      </Button>
    </div>
  )
}

function resultWords(t: Texts<'purchases.find'>, f: Formats, { found, checked }: Found): string {
  const paid = found.filter((purchase) => purchase.state === 'paid')
  if (paid.length > 0) return t('paid', { amounts: f.list(paid.map(({ amount }) => f.money(amount))) })
  if (found.length > 0) return t('underWay', { count: found.length })
  return checked === 0 ? t('nothing') : t('checked', { count: checked })
}
