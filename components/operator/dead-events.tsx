import type { DeadEventDto } from '@/lib/domain/stripe-events'
import { Card } from '../ui/card'
import { TimeText } from '../ui/time'
import { RetryEvent } from './retry-event'

/** Events that were given up, each with its last error and one button. */
export function DeadEvents({ events, canWrite }: { events: DeadEventDto[]; canWrite: boolean }) {
  return (
    <Card
      id="dead-events"
      title="Given up"
      description="What they spoke of is still reconciled every ten minutes. Look at the error before you try again."
      isFlush
    >
      <ul>
        {events.map(({ eventId, type, objectId, attempts, lastError, receivedAt }) => (
          <li
            key={eventId}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-hairline px-4 py-3 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium break-all">{type}</p>
              <p className="break-words text-bad-ink">{lastError ?? 'No error was kept.'}</p>
              <p className="text-xs break-all text-muted">
                {eventId}
                {objectId && `, about ${objectId}`}, {attempts} tries, arrived{' '}
                <TimeText at={receivedAt} timeZone="UTC" withClock />
              </p>
            </div>
            {canWrite && <RetryEvent eventId={eventId} type={type} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}
