import type { DisputeDto } from '@/lib/domain/disputes'
import { MoneyText } from '../ui/money'

/** The disputes of one purchase, in words, as small lines beside its total. */
export function DisputeLines({ disputes }: { disputes: DisputeDto[] }) {
  return disputes.map(({ disputeId, amount, statusText }) => (
    <span key={disputeId} className="block text-xs text-muted">
      <MoneyText amount={amount} />: {statusText.charAt(0).toLowerCase() + statusText.slice(1)}
    </span>
  ))
}
