import type { AutoTopUpDto, TopUpTimelineEntry } from '@/lib/domain/auto-top-up'
import { Badge } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TimeText } from '../ui/time'
import { ResumeTopUp } from './resume-top-up'
import { TopUpTimeline } from './top-up-timeline'
import { topUpStates } from './words'

type AutoTopUpCardProps = {
  accountId: string
  autoTopUp: AutoTopUpDto
  timeline: TopUpTimelineEntry[]
  timeZone: string
  canWrite: boolean
}

/** Where auto top-up stands and why, and what it did so far, in sentences. */
export function AutoTopUpCard({ accountId, autoTopUp, timeline, timeZone, canWrite }: AutoTopUpCardProps) {
  const { state, stateText, waitingText, coolingUntil, spentThisMonth, leftThisMonth } = autoTopUp
  const { word, tone } = topUpStates[state]
  const canResume = canWrite && (state === 'paused' || state === 'cooling')
  return (
    <Card id="auto-top-up" title="Auto top-up" action={<Badge tone={tone}>{word}</Badge>} isFlush>
      <div className="flex flex-col gap-3 px-4 pb-4 sm:px-5">
        <p className="max-w-prose">
          {stateText}
          {coolingUntil && (
            <>
              {' '}
              Until <TimeText at={coolingUntil} timeZone={timeZone} withClock />.
            </>
          )}
        </p>
        {waitingText && <p className="max-w-prose text-warn-ink">{waitingText}</p>}
        {state !== 'off' && (
          <p className="text-muted">
            Bought this month: <MoneyText amount={spentThisMonth} />
            {leftThisMonth !== null && (
              <>
                , <MoneyText amount={leftThisMonth} /> left of the monthly limit
              </>
            )}
            .
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {canResume && <ResumeTopUp accountId={accountId} />}
          <ButtonLink href="/settings#auto-top-up">{state === 'off' ? 'Turn on' : 'Change'}</ButtonLink>
        </div>
      </div>
      <TopUpTimeline timeline={timeline} timeZone={timeZone} />
    </Card>
  )
}
