'use client'

import { useQuery } from '@tanstack/react-query'
import { useFormats, useTexts } from '#texts'
import { isZero, parseMoney } from '@/lib/core/money'
import type { AutoTopUpDto } from '@/lib/domain/auto-top-up'
import type { TopUpPreviewDto } from '@/lib/domain/forecast'
import { accountUrl, Problem, postJson } from '../api'
import { useDebounced } from '../use-debounced'
import { useProblemWords } from '../use-problem-words'

type TopUpPreviewProps = { accountId: string; plan: AutoTopUpDto['setting'] | null }

/** What the plan would have bought, before it is saved. */
export function TopUpPreview({ accountId, plan }: TopUpPreviewProps) {
  const t = useTexts('auto-top-up.preview')
  const wordsOf = useProblemWords()
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
        <p className="text-muted">{error instanceof Problem ? wordsOf(error) : t('incomplete')}</p>
      ) : data ? (
        <PreviewWords preview={data} />
      ) : (
        <p className="text-muted">{t('working')}</p>
      )}
    </div>
  )
}

function PreviewWords({ preview }: { preview: TopUpPreviewDto }) {
  const t = useTexts('auto-top-up.preview')
  const f = useFormats()
  const { days, usage, purchases, total, wouldHavePaused } = preview
  if (isZero(parseMoney(usage))) {
    return <p className="text-muted">{t('noUsage', { days })}</p>
  }
  const count = purchases.length
  const facts = { days, usage: f.money(usage) }
  return (
    <>
      <p>{count === 0 ? t('nothing', facts) : t('bought', { ...facts, total: f.money(total), count })}</p>
      <p className="mt-0.5 text-muted">{t(wouldHavePaused ? 'paused' : 'ran')}</p>
    </>
  )
}
