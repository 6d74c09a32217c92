import { ClientTexts, getTexts } from '#texts'
import { type AuditChoice, AuditFilters } from '@/components/audit/audit-filters'
import { AuditList } from '@/components/audit/audit-list'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { ExportLink } from '@/components/usage/export-link'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { type AuditPageDto, listAuditActors, listAuditEntries } from '@/lib/domain/audit'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('audit'))('title') })

type AuditPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const t = await getTexts('audit')
  const [query, { actor, accountId, standing }] = await Promise.all([searchParams, readPage()])
  const textOf = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const chosen: AuditChoice = {
    actor: textOf('actor'),
    action: textOf('action'),
    from: textOf('from'),
    to: textOf('to'),
  }
  const before = textOf('before')
  // Whether they may is decided by the verbs: a role may change between one read and the next.
  const read = await Promise.all([
    readEntries(actor, { accountId, ...chosen, before }),
    listAuditActors(actor, { accountId }),
  ]).catch(nullWhenDenied)
  if (read === null) {
    return (
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader title={t('title')} />
        <Banner tone="info" title={t('denied')}>
          {t('deniedBody')}
        </Banner>
      </div>
    )
  }
  const [page, actors] = read
  const filters = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value !== ''))
  const isFiltered = filters.size > 0
  const { timeZone } = standing.month
  const older = new URLSearchParams(filters)
  if (page?.next) older.set('before', page.next)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={t('title')}
        description={t('description')}
        action={
          <ClientTexts of={['usage.download']}>
            <ExportLink
              href={`/api/accounts/${accountId}/audit/export?${filters}`}
              label={
                <span>
                  {t('export')}
                  {isFiltered && <span className="sr-only"> {t('exportHint')}</span>}
                </span>
              }
            />
          </ClientTexts>
        }
      />
      <AuditFilters chosen={chosen} actors={actors} isFiltered={isFiltered} />
      {page === null && (
        <Banner tone="warn" title={t('wrong')} isAnnounced>
          {t('wrongBody')}
        </Banner>
      )}
      {page?.entries.length === 0 && (
        <EmptyState title={t(isFiltered ? 'none' : 'empty')}>{t(isFiltered ? 'noneBody' : 'emptyBody')}</EmptyState>
      )}
      {page && page.entries.length > 0 && (
        <Card id="entries" title={t('list')} description={t('zone', { zone: timeZone })} isFlush>
          <AuditList entries={page.entries} timeZone={timeZone} />
        </Card>
      )}
      {(page?.next || before) && (
        <div className="flex flex-wrap gap-2">
          {before && <ButtonLink href={`/settings/audit?${filters}`}>{t('newest')}</ButtonLink>}
          {page?.next && <ButtonLink href={`/settings/audit?${older}`}>{t('older')}</ButtonLink>}
        </div>
      )}
    </div>
  )
}

/** Null: the address holds a filter that cannot be. */
async function readEntries(actor: Actor, query: Parameters<typeof listAuditEntries>[1]): Promise<AuditPageDto | null> {
  try {
    return await listAuditEntries(actor, query)
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.code === 'invalid_request') return null
    throw refusal
  }
}

function nullWhenDenied(refusal: unknown): null {
  if (refusal instanceof Refusal && refusal.code === 'not_allowed') return null
  throw refusal
}
