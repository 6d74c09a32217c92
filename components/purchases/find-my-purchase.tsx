'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { displayMoney, parseMoney } from '@/lib/core/money'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

type Found = { found: PurchaseDto[]; checked: number }

/** Asks Stripe for payments that have not become credit yet, and says in words what came of it. */
export function FindMyPurchase({ accountId }: { accountId: string }) {
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
        {problem?.message ?? (search.answer ? resultWords(search.answer) : 'Paid, but the credit is not here?')}
      </p>
      <Button isBusy={search.isPending} busyLabel="Asking Stripe…" onClick={() => search.send({})}>
        Find my purchase
      </Button>
    </div>
  )
}

function resultWords({ found, checked }: Found): string {
  const paid = found.filter((purchase) => purchase.state === 'paid')
  if (paid.length > 0) {
    return `Found: ${paid.map((purchase) => displayMoney(parseMoney(purchase.amount))).join(' and ')} of credit was added.`
  }
  if (found.length > 0) {
    return `Found ${found.length === 1 ? 'a payment' : `${found.length} payments`} still under way. See the state in the list above.`
  }
  if (checked === 0) return 'Stripe knows of no payment from you that is not in your credits already.'
  return `Checked ${checked === 1 ? 'one purchase' : `${checked} purchases`} at Stripe. None has been paid without becoming credit.`
}
