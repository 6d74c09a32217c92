import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { TopUpTimelineEntry } from '@/lib/domain/auto-top-up'
import { Badge, type Tone } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { noteWords, outcomeWords, whyWords } from './words'

type AttemptEntry = Extract<TopUpTimelineEntry, { kind: 'attempt' }>

type TopUpTimelineProps = { timeline: TopUpTimelineEntry[]; timeZone: string }

/** What auto top-up did, and why it did not, newest first. Nothing when there is nothing to tell. */
export function TopUpTimeline({ timeline, timeZone }: TopUpTimelineProps) {
  const t = useTexts('auto-top-up.timeline')
  const waits = useTexts('auto-top-up.waits')
  if (timeline.length === 0) return null
  return (
    <>
      <h3
        id="auto-top-up-timeline"
        className="border-t border-hairline px-4 pt-3 pb-1 text-xs font-medium text-muted sm:px-5"
      >
        {t('title')}
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
                  <Badge tone="neutral">{t(entry.reason === 'resumed' ? 'resumed' : 'notCharged')}</Badge>
                </Line>
                <p className="mt-1 max-w-prose">{noteWords(t, waits, entry)}</p>
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}

const attemptTones: Record<AttemptEntry['state'], Tone> = {
  charging: 'accent',
  unknown: 'accent',
  requires_action: 'bad',
  succeeded: 'good',
  declined: 'bad',
  canceled: 'neutral',
}

function Attempt({ attempt, timeZone }: { attempt: AttemptEntry; timeZone: string }) {
  const banks = useTexts('payment-methods.said')
  const t = useTexts('auto-top-up.timeline')
  const f = useFormats()
  return (
    <>
      <Line at={attempt.at} timeZone={timeZone}>
        <Badge tone={attemptTones[attempt.state]}>{t(`states.${attempt.state}`)}</Badge>
        <MoneyText amount={attempt.amount} className="font-medium" />
      </Line>
      <p className="mt-1 max-w-prose">{outcomeWords(t, banks, f, attempt)}</p>
      <p className="max-w-prose text-muted">
        {whyWords(t, f, attempt)}{' '}
        {attempt.receiptUrl && (
          <TextLink href={attempt.receiptUrl} opensAway>
            {t('receipt')}
          </TextLink>
        )}
      </p>
      {attempt.recoveryUrl && (
        <div className="mt-2">
          <ButtonLink look="primary" href={attempt.recoveryUrl}>
            {t('confirm')}
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
