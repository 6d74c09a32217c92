import { useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { isPostPaid } from '../accounts/standing-words'
import { Card } from '../ui/card'
import { BuyForm } from './buy-form'

type BuyCardProps = { standing: StandingDto; canWrite: boolean }

export function BuyCard({ standing, canWrite }: BuyCardProps) {
  const t = useTexts('purchases.buy')
  return (
    <Card id="buy" title={t('title')} description={t(isPostPaid(standing) ? 'descriptionPostPaid' : 'description')}>
      {canWrite ? <BuyForm initial={standing} /> : <p className="text-muted">{t('notYours')}</p>}
    </Card>
  )
}
