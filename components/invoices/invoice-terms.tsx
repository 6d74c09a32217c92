import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { InvoiceDto } from '@/lib/domain/invoices'
import { Card } from '../ui/card'
import { TimeText } from '../ui/time'

/** When it was made, what it is of, until when and how it is paid. */
export function InvoiceTerms({ invoice }: { invoice: InvoiceDto }) {
  const t = useTexts('invoices.detail')
  const f = useFormats()
  const { createdAt, finalizedAt, dueAt, paidAt, startsAt, endsAt, timeZone, paymentTermsDays, collection, poNumber } =
    invoice
  return (
    <Card id="terms" title={t('facts')}>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
        <Fact label={t('period')}>
          {t('from', { from: f.instant(startsAt, timeZone), to: f.instant(endsAt, timeZone) })}
        </Fact>
        <Fact label={t('made')}>
          <TimeText at={finalizedAt ?? createdAt} timeZone={timeZone} withClock />
        </Fact>
        {dueAt && (
          <Fact label={t('dueOn')}>
            <TimeText at={dueAt} timeZone={timeZone} withClock />
          </Fact>
        )}
        {paidAt && (
          <Fact label={t('paidOn')}>
            <TimeText at={paidAt} timeZone={timeZone} withClock />
          </Fact>
        )}
        <Fact label={t('terms')}>{t('days', { days: paymentTermsDays })}</Fact>
        <Fact label={t('collection')}>{t(`collections.${collection}`)}</Fact>
        {poNumber && (
          <Fact label={t('poNumber')}>
            <bdi>{poNumber}</bdi>
          </Fact>
        )}
      </dl>
    </Card>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted">{label}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  )
}
