import { notFound } from 'next/navigation'
import { getTexts, useFormats, useTexts } from '#texts'
import { Card } from '@/components/ui/card'
import { MoneyText } from '@/components/ui/money'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { EventsTable } from '@/components/usage/events-table'
import { Refusal } from '@/lib/core/errors'
import { listChargedEvents } from '@/lib/domain/usage'
import { readPage } from '../../../page-data'

type MovementPageProps = { params: Promise<{ seq: string }> }

export const generateMetadata = async () => ({ title: (await getTexts('usage'))('movement.page') })

/** The events that one movement of usage charged. */
export default async function MovementPage({ params }: MovementPageProps) {
  const [{ seq }, { actor, accountId }] = await Promise.all([params, readPage()])
  const movement = await listChargedEvents(actor, { accountId, seq }).catch((error) => {
    if (error instanceof Refusal && error.code === 'not_found') notFound()
    throw error
  })
  const t = useTexts('usage')
  const f = useFormats()
  const { events, timeZone, count, amount, currency, postedAt } = movement
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={t('movement.title', { seq })}
        description={t('movement.description', { instant: f.instant(postedAt, timeZone) })}
        action={<TextLink href="/usage">{t('charge.back')}</TextLink>}
      />
      <Card
        id="events"
        title={t('movement.events', { count })}
        description={t.rich('movement.sum', {
          total: () => <MoneyText amount={amount} currency={currency} isFocusable className="font-medium text-ink" />,
        })}
        isFlush
      >
        <EventsTable events={events} timeZone={timeZone} caption={t('events.caption', { zone: timeZone })} />
        {events.length < count && (
          <p className="px-4 py-3 text-muted sm:px-5">{t('movement.shown', { count: events.length })}</p>
        )}
      </Card>
    </div>
  )
}
