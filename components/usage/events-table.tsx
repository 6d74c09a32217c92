import { useFormats, useTexts } from '#texts'
import type { UsageEventDto } from '@/lib/domain/usage'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { Swatch } from './chart-card'
import { ExactText } from './exact-text'
import { useGroupName } from './group-name'
import { modelFill } from './model-colors'
import { chargeHref } from './view-links'

type EventsTableProps = { events: UsageEventDto[]; timeZone: string; caption: string }

/** Single events; each leads to the explanation of its charge. */
export function EventsTable({ events, timeZone, caption }: EventsTableProps) {
  const t = useTexts('usage')
  const f = useFormats()
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Th>{t('events.time', { zone: timeZone })}</Th>
          <Th className="max-sm:hidden">{t('by.model')}</Th>
          <Th className="max-lg:hidden">{t('events.for')}</Th>
          <Th isFigure className="max-md:hidden">
            {t('totals.input')}
          </Th>
          <Th isFigure className="max-md:hidden">
            {t('totals.cached')}
          </Th>
          <Th isFigure className="max-md:hidden">
            {t('totals.output')}
          </Th>
          <Th isFigure>{t('cost')}</Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.eventKey}>
            <Td>
              <TextLink href={chargeHref(event.eventKey)}>
                <time dateTime={event.recordedAt} className="whitespace-nowrap">
                  {t('events.at', {
                    day: f.shortDay(event.recordedAt, timeZone),
                    clock: f.clock(event.recordedAt, timeZone),
                  })}
                </time>
                <span className="sr-only">{t('events.explain')}</span>
              </TextLink>
              <span className="flex items-center gap-2 text-xs text-muted sm:hidden">
                <ModelName event={event} />
              </span>
            </Td>
            <Td className="max-sm:hidden">
              <span className="flex items-center gap-2">
                <ModelName event={event} />
              </span>
            </Td>
            <Td className="text-muted max-lg:hidden">
              <Purpose event={event} />
            </Td>
            <Td isFigure className="max-md:hidden">
              {f.number(event.inputTokens)}
            </Td>
            <Td isFigure className="max-md:hidden">
              {f.number(event.cachedInputTokens)}
            </Td>
            <Td isFigure className="max-md:hidden">
              {f.number(event.outputTokens)}
            </Td>
            <Td isFigure>
              <data value={event.amount}>
                <ExactText amount={event.amount} />
              </data>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function ModelName({ event: { model } }: { event: UsageEventDto }) {
  return (
    <>
      <Swatch fill={modelFill(model.id)} />
      <bdi className="min-w-0 break-words">{model.name ?? model.id}</bdi>
    </>
  )
}

/** Key, member and tag, as far as there are any. */
export function Purpose({ event: { key, member, tag } }: { event: UsageEventDto }) {
  const nameOf = useGroupName()
  const parts = [
    key && { by: 'key', text: nameOf('key', key) },
    member && { by: 'member', text: nameOf('member', member) },
    tag !== null && { by: 'tag', text: tag },
  ].filter((part) => part !== null && part !== false)
  if (parts.length === 0) return '–'
  return parts.map(({ by, text }, place) => (
    <span key={by}>
      {place > 0 && ' · '}
      <bdi>{text}</bdi>
    </span>
  ))
}
