'use client'

import { useQuery } from '@tanstack/react-query'
import { displayMoney, isZero, parseMoney } from '@/lib/core/money'
import type { AutoTopUpDto, TopUpPreviewDto } from '@/lib/domain/auto-top-up'
import { accountUrl, postJson } from '../api'
import { useDebounced } from '../use-debounced'

type TopUpPreviewProps = { accountId: string; plan: AutoTopUpDto['setting'] | null }

/** What the plan would have bought, before it is saved. */
export function TopUpPreview({ accountId, plan }: TopUpPreviewProps) {
  const asked = useDebounced(plan ? JSON.stringify({ ...plan, isOn: true }) : null)
  const { data, error } = useQuery({
    queryKey: ['top-up-preview', accountId, asked],
    queryFn: () => postJson<TopUpPreviewDto>(accountUrl(accountId, 'auto-top-up/preview'), JSON.parse(asked ?? '{}')),
    enabled: asked !== null,
    placeholderData: (previous) => previous,
    retry: false,
  })
  return (
    <div role="status" className="min-h-15 rounded-ui bg-sunken px-3 py-2.5">
      {asked === null || error ? (
        <p className="text-muted">{error?.message ?? 'Complete the amounts to see what they would have bought.'}</p>
      ) : data ? (
        <PreviewWords preview={data} />
      ) : (
        <p className="text-muted">Working out what this would have bought…</p>
      )}
    </div>
  )
}

function PreviewWords({ preview }: { preview: TopUpPreviewDto }) {
  const { days, usage, purchases, total, wouldHavePaused } = preview
  if (isZero(parseMoney(usage))) {
    return <p className="text-muted">There was no usage in the last {days} days to try this on.</p>
  }
  const bought =
    purchases.length === 0
      ? 'nothing'
      : `${displayMoney(parseMoney(total))} in ${purchases.length === 1 ? 'one purchase' : `${purchases.length} purchases`}`
  return (
    <>
      <p>
        In the last {days} days you used {displayMoney(parseMoney(usage))}. Starting from the minimum, this would have
        bought {bought}.
      </p>
      <p className="mt-0.5 text-muted">
        {wouldHavePaused
          ? 'Credit would have run out all the same: the monthly limit stood in the way.'
          : 'Usage would not have paused.'}
      </p>
    </>
  )
}
