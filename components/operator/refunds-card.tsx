import type { RefundDto } from '@/lib/domain/refunds'
import { refundOriginWords, refundTones } from '../refunds/words'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TimeText } from '../ui/time'

/** Refunds with the credit that they took, who asked, and why one failed. */
export function RefundsCard({ refunds, timeZone }: { refunds: RefundDto[]; timeZone: string }) {
  return (
    <Card id="refunds" title="Refunds" description={refunds.length === 0 ? 'None.' : undefined} isFlush>
      <ul>
        {refunds.map((refund) => (
          <li key={refund.refundId} className="border-t border-hairline px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={refundTones[refund.state]}>{refund.stateText}</Badge>
                <span className="text-muted">{refundOriginWords[refund.origin]}</span>
              </span>
              <MoneyText amount={refund.amount} className="font-medium" />
            </div>
            <p className="mt-1">
              Credit taken: <MoneyText amount={refund.credit} />.{refund.failure && ` ${refund.failure}`}
              {refund.reason && ` Reason: ${refund.reason}`}
            </p>
            <p className="text-xs text-muted">
              <TimeText at={refund.createdAt} timeZone={timeZone} withClock />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  )
}
