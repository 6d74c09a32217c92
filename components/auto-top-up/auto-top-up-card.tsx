import { useFormats, useTexts } from '#texts'
import type { AutoTopUpDto, TopUpTimelineEntry } from '@/lib/domain/auto-top-up'
import { Badge } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { ResumeTopUp } from './resume-top-up'
import { TopUpTimeline } from './top-up-timeline'
import { stateWords, topUpTones, waitingWords } from './words'

type AutoTopUpCardProps = {
  accountId: string
  autoTopUp: AutoTopUpDto
  timeline: TopUpTimelineEntry[]
  timeZone: string
  canWrite: boolean
}

/** Where auto top-up stands and why, and what it did so far, in sentences. */
export function AutoTopUpCard({ accountId, autoTopUp, timeline, timeZone, canWrite }: AutoTopUpCardProps) {
  const t = useTexts('auto-top-up.card')
  const states = useTexts('auto-top-up.states')
  const waits = useTexts('auto-top-up.waits')
  const f = useFormats()
  const { state, waitingBecause, coolingUntil, spentThisMonth, leftThisMonth } = autoTopUp
  const waiting = waitingWords(waits, waitingBecause)
  const canResume = canWrite && (state === 'paused' || state === 'cooling')
  return (
    <Card id="auto-top-up" title={t('title')} action={<Badge tone={topUpTones[state]}>{states(state)}</Badge>} isFlush>
      <div className="flex flex-col gap-3 px-4 pb-4 sm:px-5">
        <p className="max-w-prose">
          {stateWords(t, f, autoTopUp)}
          {coolingUntil && ` ${t('until', { instant: f.instant(coolingUntil, timeZone) })}`}
        </p>
        {waiting && <p className="max-w-prose text-warn-ink">{waiting}</p>}
        {state !== 'off' && (
          <p className="text-muted">
            {t.rich(leftThisMonth === null ? 'bought' : 'boughtOf', {
              spent: () => <MoneyText amount={spentThisMonth} />,
              left: () => <MoneyText amount={leftThisMonth ?? '0'} />,
            })}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {canResume && <ResumeTopUp accountId={accountId} />}
          <ButtonLink href="/settings#auto-top-up">{t(state === 'off' ? 'turnOn' : 'change')}</ButtonLink>
        </div>
      </div>
      <TopUpTimeline timeline={timeline} timeZone={timeZone} />
    </Card>
  )
}
