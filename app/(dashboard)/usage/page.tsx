import { getTexts, useTexts } from '#texts'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { Breakdown } from '@/components/usage/breakdown'
import { EventsCard } from '@/components/usage/events-card'
import { ExplorerChart } from '@/components/usage/explorer-chart'
import { ExportCard } from '@/components/usage/export-card'
import { isFiltered, UsageFilters } from '@/components/usage/usage-filters'
import { UsageTotals } from '@/components/usage/usage-totals'
import { getUsageOptions, getUsageSeries, listUsageEvents, parseView, todayOf } from '@/lib/domain/usage'
import { readPage } from '../page-data'

type UsagePageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export const generateMetadata = async () => ({ title: (await getTexts('usage'))('title') })

export default async function UsagePage({ searchParams }: UsagePageProps) {
  const [query, { actor, accountId }] = await Promise.all([searchParams, readPage()])
  const { today, timeZone } = await todayOf(actor, { accountId })
  const { view, problem } = parseView(query, today)
  const before = typeof query.before === 'string' ? query.before : undefined
  const { range, by, step, filters } = view
  const [series, options, list] = await Promise.all([
    getUsageSeries(actor, { accountId, ...range, by, step, filters }),
    getUsageOptions(actor, { accountId, range }),
    readEvents(actor, { accountId, ...range, filters, before }),
  ])
  const t = useTexts('usage')
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title={t('title')} description={t('description')} />
      {problem && (
        <Banner tone="warn" title={t(`problems.${problem}`)} isAnnounced>
          {t('problems.shown')}
        </Banner>
      )}
      <UsageFilters view={view} today={today} options={options} timeZone={timeZone} />
      {series.totals.events === 0 ? (
        <Nothing isFiltered={isFiltered(view)} hadBefore={series.previous.events > 0} />
      ) : (
        <>
          <UsageTotals series={series} />
          <ExplorerChart series={series} />
          <Breakdown series={series} view={view} />
          <ExportCard accountId={accountId} view={view} events={series.totals.events} />
          <EventsCard list={list} view={view} count={series.totals.events} isFirstPage={!before} />
        </>
      )}
    </div>
  )
}

/** A page that is named wrongly is the first one. */
const readEvents: typeof listUsageEvents = (actor, input) =>
  listUsageEvents(actor, input).catch(() => listUsageEvents(actor, { ...input, before: undefined }))

function Nothing({ isFiltered, hadBefore }: { isFiltered: boolean; hadBefore: boolean }) {
  const t = useTexts('usage')
  if (isFiltered || hadBefore) {
    return (
      <EmptyState
        title={t('empty.range.title')}
        action={<ButtonLink href="/usage?range=90d">{t('empty.range.action')}</ButtonLink>}
      >
        {isFiltered ? t('empty.range.filtered') : t('empty.range.body')}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={t('empty.new.title')}
      action={
        <span className="flex flex-wrap justify-center gap-2">
          <ButtonLink href="/settings/keys" look="primary">
            {t('empty.new.keys')}
          </ButtonLink>
          <ButtonLink href="/docs/api">{t('empty.new.docs')}</ButtonLink>
        </span>
      }
    >
      {t('empty.new.body')}
    </EmptyState>
  )
}
