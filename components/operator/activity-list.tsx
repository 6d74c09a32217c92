import { ChevronDown } from 'lucide-react'
import type { TopUpActivityEntry } from '@/lib/domain/auto-top-up'
import { cardName } from '@/lib/domain/payment-methods/rules'
import { Badge, type Tone } from '../ui/badge'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

type Attempt = Extract<TopUpActivityEntry, { kind: 'attempt' }>

const tones: Record<Attempt['state'], Tone> = {
  charging: 'accent',
  unknown: 'warn',
  requires_action: 'warn',
  succeeded: 'good',
  declined: 'bad',
  canceled: 'neutral',
}

const stateWords: Record<Attempt['state'], string> = {
  charging: 'Charging',
  unknown: 'Unknown',
  requires_action: 'Needs the customer',
  succeeded: 'Paid',
  declined: 'Declined',
  canceled: 'Ended',
}

type ActivityListProps = { entries: TopUpActivityEntry[]; timeZone: string; namesAccounts?: boolean }

/** What auto top-up did and why not: the customer's sentence, and the codes behind it on demand. */
export function ActivityList({ entries, timeZone, namesAccounts = false }: ActivityListProps) {
  if (entries.length === 0) return <p className="px-4 pb-4 text-muted sm:px-5">Nothing yet.</p>
  return (
    <ol>
      {entries.map((entry) => (
        <li key={entry.entryId} className="border-t border-hairline px-4 py-3 sm:px-5">
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span className="flex min-w-0 flex-wrap items-center gap-2">
              {entry.kind === 'attempt' ? (
                <Badge tone={tones[entry.state]}>{stateWords[entry.state]}</Badge>
              ) : (
                <Badge>{entry.reason === 'resumed' ? 'Resumed' : 'Not charged'}</Badge>
              )}
              {entry.amount && <MoneyText amount={entry.amount} className="font-medium" />}
              {namesAccounts && <TextLink href={`/operator/accounts/${entry.accountId}`}>{entry.accountName}</TextLink>}
            </span>
            <span className="text-xs text-muted">
              <TimeText at={entry.at} timeZone={timeZone} withClock />
            </span>
          </div>
          <p className="mt-1 max-w-prose">{entry.text}</p>
          {entry.kind === 'note' && <p className="text-xs text-muted">{entry.reason}</p>}
          {entry.kind === 'attempt' && <Codes attempt={entry} timeZone={timeZone} />}
        </li>
      ))}
    </ol>
  )
}

function Codes({ attempt, timeZone }: { attempt: Attempt; timeZone: string }) {
  const facts: [string, string | null][] = [
    ['Why', attempt.whyText],
    ['Decline code', attempt.declineCode],
    ['Advice code', attempt.adviceCode],
    ['Network advice code', attempt.networkAdviceCode],
    ['Stripe’s message', attempt.message],
    ['Card', attempt.card && cardName(attempt.card)],
    ['Card’s identity', attempt.cardIdentity],
    ['Payment method', attempt.stripePaymentMethodId],
    ['Payment', attempt.paymentIntentId],
    ['Recovery page', attempt.recoverySessionId],
    ['Idempotency key', attempt.idempotencyKey],
    ['Purchase', attempt.purchaseId],
    ['Counts in', attempt.month],
    ['Tries', String(attempt.tries)],
  ]
  return (
    <details className="group mt-1">
      <summary className="flex w-fit items-center gap-1 py-0.5 text-muted hover:text-ink">
        Codes
        <ChevronDown aria-hidden="true" className="size-4 group-open:rotate-180" />
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-xs">
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd className="break-all">{value}</dd>
              </div>
            ),
        )}
        {attempt.nextTryAt && (
          <>
            <dt className="text-muted">Looked at next</dt>
            <dd>
              <TimeText at={attempt.nextTryAt} timeZone={timeZone} withClock />
            </dd>
          </>
        )}
      </dl>
    </details>
  )
}
