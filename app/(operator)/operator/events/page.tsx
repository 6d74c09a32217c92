import { AlarmsBanner } from '@/components/operator/alarms-banner'
import { DeadEvents } from '@/components/operator/dead-events'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listDeadEvents, readStripeAlarms } from '@/lib/domain/stripe-events'
import { readOperator } from '../page-data'

export const metadata = { title: 'Events · Operator' }

export default async function EventsPage() {
  const { actor, may } = await readOperator()
  const [{ events }, { alarms, waiting, waitingSeconds }] = await Promise.all([
    listDeadEvents(actor),
    readStripeAlarms(actor),
  ])
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title="Stripe’s events"
        description={
          waiting === 0
            ? 'None waits to be looked at.'
            : `${waiting} wait to be looked at, the oldest for ${waitingSeconds} seconds.`
        }
      />
      <AlarmsBanner alarms={alarms} />
      {events.length === 0 ? (
        <EmptyState title="No event was given up">
          An event that fails twenty times is kept here with its last error, to be tried again by a person.
        </EmptyState>
      ) : (
        <DeadEvents events={events} canWrite={may('platform:write')} />
      )}
    </div>
  )
}
