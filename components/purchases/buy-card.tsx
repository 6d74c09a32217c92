import type { StandingDto } from '@/lib/domain/accounts'
import { Card } from '../ui/card'
import { BuyForm } from './buy-form'

type BuyCardProps = { standing: StandingDto; canWrite: boolean; smallest: string; largest: string }

export function BuyCard({ standing, canWrite, smallest, largest }: BuyCardProps) {
  return (
    <Card
      id="buy"
      title="Buy credits"
      description="Paid by card on Stripe’s payment page. Prepaid credit, no subscription."
    >
      {canWrite ? (
        <BuyForm initial={standing} smallest={smallest} largest={largest} />
      ) : (
        <p className="text-muted">
          Your role in this account may look but not buy. Ask an owner, admin or billing member.
        </p>
      )}
    </Card>
  )
}
