import type { ReactNode } from 'react'
import type { TopUpTimelineEntry } from '@/lib/domain/auto-top-up'
import { Badge, type Tone } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

type AttemptEntry = Extract<TopUpTimelineEntry, { kind: 'attempt' }>

type TopUpTimelineProps = { timeline: TopUpTimelineEntry[]; timeZone: string }

/** What auto top-up did, and why it did not, newest first. Nothing when there is nothing to tell. */
export function TopUpTimeline({ timeline, timeZone }: TopUpTimelineProps) {
  if (timeline.length === 0) return null
  return (
    <>
      <h3
        id="auto-top-up-timeline"
        className="border-t border-hairline px-4 pt-3 pb-1 text-xs font-medium text-muted sm:px-5"
      >
        What it did and why, newest first
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by the keyboard */}
      <ol aria-labelledby="auto-top-up-timeline" tabIndex={0} className="max-h-120 overflow-y-auto px-4 pb-3 sm:px-5">
        {timeline.map((entry) => (
          <li key={entry.entryId} className="border-b border-hairline py-2.5 last:border-b-0">
            {entry.kind === 'attempt' ? (
              <Attempt attempt={entry} timeZone={timeZone} />
            ) : (
              <>
                <Line at={entry.at} timeZone={timeZone}>
                  <Badge tone="neutral">{entry.reason === 'resumed' ? 'Resumed' : 'Not charged'}</Badge>
                </Line>
                <p className="mt-1 max-w-prose">{entry.text}</p>
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}

const attemptTones: Record<AttemptEntry['state'], { word: string; tone: Tone }> = {
  charging: { word: 'Charging', tone: 'accent' },
  unknown: { word: 'Checking', tone: 'accent' },
  requires_action: { word: 'Needs you', tone: 'bad' },
  succeeded: { word: 'Paid', tone: 'good' },
  declined: { word: 'Declined', tone: 'bad' },
  canceled: { word: 'Ended', tone: 'neutral' },
}

function Attempt({ attempt, timeZone }: { attempt: AttemptEntry; timeZone: string }) {
  const { word, tone } = attemptTones[attempt.state]
  return (
    <>
      <Line at={attempt.at} timeZone={timeZone}>
        <Badge tone={tone}>{word}</Badge>
        <MoneyText amount={attempt.amount} className="font-medium" />
      </Line>
      <p className="mt-1 max-w-prose">{attempt.outcomeText}</p>
      <p className="max-w-prose text-muted">
        {attempt.whyText}{' '}
        {attempt.receiptUrl && (
          <TextLink href={attempt.receiptUrl} opensAway>
            Receipt
          </TextLink>
        )}
      </p>
      {attempt.recoveryUrl && (
        <div className="mt-2">
          <ButtonLink look="primary" href={attempt.recoveryUrl}>
            Confirm the payment
          </ButtonLink>
        </div>
      )}
    </>
  )
}

function Line({ at, timeZone, children }: { at: string; timeZone: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <span className="flex items-center gap-2">{children}</span>
      <span className="text-xs text-muted">
        <TimeText at={at} timeZone={timeZone} withClock />
      </span>
    </div>
  )
}
