import { useTexts } from '#texts'
import type { UsageEventsDto } from '@/lib/domain/usage'
import type { UsageView } from '@/lib/domain/usage/explorer/rules'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { EventsTable } from './events-table'
import { viewHref } from './view-links'

type EventsCardProps = { list: UsageEventsDto; view: UsageView; count: number; isFirstPage: boolean }

/** A page of single events. */
export function EventsCard({ list, view, count, isFirstPage }: EventsCardProps) {
  const t = useTexts('usage')
  const { events, older, timeZone } = list
  return (
    <Card id="events" title={t('events.title')} description={t('events.description', { count })} isFlush>
      {events.length > 0 ? (
        <EventsTable events={events} timeZone={timeZone} caption={t('events.caption', { zone: timeZone })} />
      ) : (
        <p className="px-4 pb-3 text-muted sm:px-5">{t('events.none')}</p>
      )}
      {(older || !isFirstPage) && (
        <nav aria-label={t('events.pages')} className="flex justify-between gap-3 px-4 py-3 sm:px-5">
          {isFirstPage ? (
            <span />
          ) : (
            <ButtonLink href={viewHref(view, { anchor: 'events' })}>{t('events.newest')}</ButtonLink>
          )}
          {older && (
            <ButtonLink href={viewHref(view, { before: older, anchor: 'events' })}>{t('events.older')}</ButtonLink>
          )}
        </nav>
      )}
    </Card>
  )
}
