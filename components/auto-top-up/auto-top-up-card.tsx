import type { AttemptDto, AutoTopUpDto } from '@/lib/domain/auto-top-up'
import { Badge, type Tone } from '../ui/badge'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { ResumeTopUp } from './resume-top-up'
import { topUpStates } from './words'

type AutoTopUpCardProps = { accountId: string; autoTopUp: AutoTopUpDto; timeZone: string; canWrite: boolean }

/** Where auto top-up stands and why, and every attempt it made, in sentences. */
export function AutoTopUpCard({ accountId, autoTopUp, timeZone, canWrite }: AutoTopUpCardProps) {
  const { state, stateText, waitingText, coolingUntil, attempts, spentThisMonth, leftThisMonth } = autoTopUp
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
      {attempts.length > 0 && (
        <>
          <h3 className="border-t border-hairline px-4 pt-3 pb-1 text-xs font-medium text-muted sm:px-5">
            Attempts, newest first
          </h3>
          <ol className="max-h-120 overflow-y-auto px-4 pb-3 sm:px-5">
            {attempts.map((attempt) => (
              <Attempt key={attempt.attemptId} attempt={attempt} timeZone={timeZone} />
            ))}
          </ol>
        </>
      )}
    </Card>
  )
}

const attemptTones: Record<AttemptDto['state'], { word: string; tone: Tone }> = {
  charging: { word: 'Charging', tone: 'accent' },
  unknown: { word: 'Checking', tone: 'accent' },
  requires_action: { word: 'Needs you', tone: 'bad' },
  succeeded: { word: 'Paid', tone: 'good' },
  declined: { word: 'Declined', tone: 'bad' },
  canceled: { word: 'Ended', tone: 'neutral' },
}

function Attempt({ attempt, timeZone }: { attempt: AttemptDto; timeZone: string }) {
  const { word, tone } = attemptTones[attempt.state]
  return (
    <li className="border-b border-hairline py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <span className="flex items-center gap-2">
          <Badge tone={tone}>{word}</Badge>
          <MoneyText amount={attempt.amount} className="font-medium" />
        </span>
        <span className="text-xs text-muted">
          <TimeText at={attempt.createdAt} timeZone={timeZone} withClock />
        </span>
      </div>
      <p className="mt-1 max-w-prose">{attempt.outcomeText}</p>
      <p className="text-muted">
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
    </li>
  )
}
