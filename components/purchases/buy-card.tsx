import type { StandingDto } from '@/lib/domain/accounts'
import { Card } from '../ui/card'
import { BuyForm } from './buy-form'

type BuyCardProps = { standing: StandingDto; canWrite: boolean }

export function BuyCard({ standing, canWrite }: BuyCardProps) {
  return (
    <Card id="buy" title="Buy credits" description="Paid on Stripe’s payment page. Prepaid credit, no subscription.">
      {canWrite ? (
        <BuyForm initial={standing} />
      ) : (
        <p className="text-muted">
          Your role in this account may look but not buy. Ask an owner, admin or billing member.
        </p>
      )}
    </Card>
  )
}
