import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { ChargeDto } from '@/lib/domain/usage'
import { Card } from '../ui/card'
import { Swatch } from './chart-card'
import { Purpose } from './events-table'
import { ExactText } from './exact-text'
import { modelFill } from './model-colors'

/** What was charged, and for what. */
export function ChargeFacts({ charge }: { charge: ChargeDto }) {
  const t = useTexts('usage')
  const f = useFormats()
  const { event, timeZone } = charge
  return (
    <Card id="charge" title={t('charge.facts.title')}>
      <p className="text-2xl font-semibold tracking-tight">
        <ExactText amount={charge.charge} currency={event.currency} />
      </p>
      <dl className="mt-4 grid gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact label={t('by.model')}>
          <span className="flex items-center gap-2">
            <Swatch fill={modelFill(event.model.id)} />
            <bdi>{event.model.name ?? event.model.id}</bdi>
          </span>
        </Fact>
        <Fact label={t('charge.facts.recorded')}>{f.instant(event.recordedAt, timeZone)}</Fact>
        {event.occurredAt && <Fact label={t('charge.facts.occurred')}>{f.instant(event.occurredAt, timeZone)}</Fact>}
        <Fact label={t('charge.facts.how')}>{t(`origins.${event.source ?? 'reported'}`)}</Fact>
        <Fact label={t('events.for')}>
          <Purpose event={event} />
        </Fact>
        <Fact label={t('charge.facts.id')}>
          <code dir="ltr" className="font-mono text-xs break-all">
            {event.eventId ?? event.eventKey}
          </code>
        </Fact>
      </dl>
    </Card>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{label}</dt>
    <dd className="min-w-0 max-sm:mb-1">{children}</dd>
  </>
)
