import type { DisputeDto } from '@/lib/domain/disputes'
import { stanceTones } from '../disputes/words'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TimeText } from '../ui/time'

/** Disputes with what they do to the credit, Stripe's own word, and until when an answer is due. */
export function DisputesCard({ disputes, timeZone }: { disputes: DisputeDto[]; timeZone: string }) {
  return (
    <Card
      id="disputes"
      title="Disputes"
      description={
        disputes.length === 0
          ? 'None. Evidence is given in Stripe’s dashboard.'
          : 'Evidence is given in Stripe’s dashboard.'
      }
      isFlush
    >
      <ul>
        {disputes.map((dispute) => (
          <li key={dispute.disputeId} className="border-t border-hairline px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <Badge tone={stanceTones[dispute.stance]}>{dispute.statusText}</Badge>
              <MoneyText amount={dispute.amount} className="font-medium" />
            </div>
            <p className="mt-1">
              {dispute.dueBy && !dispute.closedAt && (
                <>
                  Answer by <TimeText at={dispute.dueBy} timeZone={timeZone} withClock />.{' '}
                </>
              )}
              Frozen: <MoneyText amount={dispute.frozen} />. Taken: <MoneyText amount={dispute.taken} />.
            </p>
            <p className="text-xs text-muted">
              {dispute.status}
              {dispute.reason && `, ${dispute.reason}`}, opened{' '}
              <TimeText at={dispute.openedAt} timeZone={timeZone} withClock />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
