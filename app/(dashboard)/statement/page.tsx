import { redirect } from 'next/navigation'
import { ClientTexts, getTexts, useFormats, useTexts } from '#texts'
import { ExportsCard } from '@/components/statement/exports-card'
import { GrantsThen } from '@/components/statement/grants-then'
import { PaperHeading } from '@/components/statement/paper-heading'
import { PrintButton } from '@/components/statement/print-button'
import { StatementFilters } from '@/components/statement/statement-filters'
import { StatementSummary } from '@/components/statement/statement-summary'
import { StatementTable } from '@/components/statement/statement-table'
import { VerifyCard } from '@/components/statement/verify-card'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { addDays, addMonths, dayKeyAt } from '@/lib/core/time'
import { getStatement, type StatementDto } from '@/lib/domain/statement'
import { groupsOf, parseKinds } from '@/lib/domain/statement/rules'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('statement'))('title') })

type Query = Record<string, string | string[] | undefined>

const printedLines = 1000

export default async function StatementPage({ searchParams }: { searchParams: Promise<Query> }) {
  const [{ actor, accountId }, query] = await Promise.all([readPage(), searchParams])
  const asked = readQuery(query)
  // A form also sends what was left empty; the address that people keep and send is without it.
  if (Object.values(query).flat().includes('')) redirect(addressOf('/statement', asked))
  const { statement, invalid } = await readStatement(actor, accountId, asked)
  const t = await getTexts('statement')
  if (asked.isPrint && !invalid) return <PrintPage accountId={accountId} statement={statement} asked={asked} />

  const { kinds, from, to, asOf } = asked
  const isFiltered = kinds.length > 0 || Boolean(from || to || asOf)
  const shownKinds = invalid ? [] : kinds
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PaperHead accountId={accountId} statement={statement} />
      <div className="paper-hidden">
        <PageHeader title={t('title')} description={t('description', { timeZone: statement.timeZone })} />
      </div>
      {invalid && (
        <Banner tone="warn" title={t('filters.invalid')} isAnnounced>
          {t(invalidTexts[invalid])}
        </Banner>
      )}
      {!statement.hasMovements ? (
        <EmptyState title={t('empty.title')} action={<ButtonLink href="/credits#buy">{t('empty.action')}</ButtonLink>}>
          {t('empty.text')}
        </EmptyState>
      ) : (
        <>
          <StatementSummary statement={statement} />
          <ClientTexts of={['statement.verify', 'statement.kinds']}>
            <VerifyCard accountId={accountId} book={statement.book} timeZone={statement.timeZone} />
          </ClientTexts>
          <div className="paper-hidden">
            <ExportsCard
              accountId={accountId}
              csvQuery={addressOf('', { kinds: shownKinds, from, to }, ',')}
              printHref={addressOf('/statement', { kinds: shownKinds, from, to, asOf, view: 'print' })}
            />
          </div>
          <div className="paper-hidden">
            <StatementFilters
              filters={{ groups: groupsOf(parseKinds(shownKinds)), from, to, asOf }}
              isFiltered={isFiltered}
              months={monthsOf(statement.timeZone)}
            />
          </div>
          <GrantsThen statement={statement} />
          <Card
            id="movements"
            title={t('table.title')}
            description={t('table.newest')}
            isFlush={statement.lines.length > 0}
          >
            {statement.lines.length === 0 ? (
              <EmptyState title={t('none.title')}>{t('none.text')}</EmptyState>
            ) : (
              <StatementTable statement={statement} />
            )}
            <Pages statement={statement} asked={asked} />
          </Card>
        </>
      )}
    </div>
  )
}

/** Every movement of the range from the oldest on, as a bank would print it. */
async function PrintPage({
  accountId,
  statement,
  asked,
}: {
  accountId: string
  statement: StatementDto
  asked: Asked
}) {
  const t = await getTexts('statement')
  const { kinds, from, to, asOf } = asked
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PaperHead accountId={accountId} statement={statement} />
      <div className="paper-hidden flex flex-col gap-3">
        <PageHeader
          title={t('title')}
          description={t('print.hint')}
          action={<PrintButton label={t('exports.printNow')} />}
        />
        <p>
          <TextLink href={addressOf('/statement', { kinds, from, to, asOf })}>{t('print.leave')}</TextLink>
        </p>
      </div>
      <StatementSummary statement={statement} />
      <GrantsThen statement={statement} />
      <Card id="movements" title={t('table.title')} description={t('table.oldest')} isFlush>
        <div className="overflow-x-auto">
          <StatementTable statement={statement} isPrint />
        </div>
        {statement.next && (
          <p className="px-4 py-3 text-muted sm:px-5">{t('print.cut', { count: statement.lines.length })}</p>
        )}
      </Card>
    </div>
  )
}

function PaperHead({ accountId, statement }: { accountId: string; statement: StatementDto }) {
  const t = useTexts('statement')
  const f = useFormats()
  const { accountName, timeZone, currency, range } = statement
  const today = new Date().toISOString()
  return (
    <PaperHeading title={t('print.statementOf', { name: accountName })}>
      <p>{t('print.account', { accountId })}</p>
      <p>
        {t('print.period', {
          from: range.from ? f.day(range.from) : t('print.start'),
          to: range.to ? f.day(range.to) : f.day(today, timeZone),
          timeZone,
        })}
      </p>
      <p>
        {t('print.made', { at: f.instant(today, timeZone) })}.{' '}
        {t('print.amounts', { currency: currency.toUpperCase() })}.
      </p>
    </PaperHeading>
  )
}

function Pages({
  statement: { next },
  asked: { kinds, from, to, asOf, cursor },
}: {
  statement: StatementDto
  asked: Asked
}) {
  const t = useTexts('statement')
  if (!next && !cursor) return null
  const filters = { kinds, from, to, asOf }
  return (
    <nav aria-label={t('table.pages')} className="paper-hidden flex flex-wrap gap-x-5 gap-y-2 px-4 py-3 sm:px-5">
      {next && (
        <TextLink href={`${addressOf('/statement', { ...filters, cursor: next })}#movements`}>
          {t('table.older')}
        </TextLink>
      )}
      {cursor && <TextLink href={`${addressOf('/statement', filters)}#movements`}>{t('table.first')}</TextLink>}
    </nav>
  )
}

interface Asked {
  kinds: string[]
  from: string
  to: string
  asOf: string
  cursor: string
  isPrint: boolean
}

/** The address as it is; a form sends each ticked kind by itself, a link may join them with commas. */
function readQuery(query: Query): Asked {
  const all = (name: string) => [query[name] ?? []].flat()
  const one = (name: string) => all(name)[0] ?? ''
  return {
    kinds: all('kinds')
      .flatMap((names) => names.split(','))
      .filter((name) => name !== ''),
    from: one('from'),
    to: one('to'),
    asOf: one('asOf'),
    cursor: one('cursor'),
    isPrint: one('view') === 'print',
  }
}

const invalidTexts = {
  kinds: 'filters.invalidKinds',
  from: 'filters.invalidDays',
  to: 'filters.invalidDays',
  asOf: 'filters.invalidAsOf',
  cursor: 'filters.invalidCursor',
} as const

type InvalidField = keyof typeof invalidTexts

/** The statement; without filters, and with the field's name, where the address asks for something that there is not. */
async function readStatement(
  actor: Actor,
  accountId: string,
  { kinds, from, to, asOf, cursor, isPrint }: Asked,
): Promise<{ statement: StatementDto; invalid: InvalidField | null }> {
  const view = isPrint ? { order: 'oldest' as const, limit: printedLines } : {}
  try {
    const filters = { kinds, from: from || undefined, to: to || undefined, asOf: asOf || undefined }
    const statement = await getStatement(actor, { accountId, ...filters, cursor: cursor || undefined, ...view })
    return { statement, invalid: null }
  } catch (error) {
    const field = error instanceof Refusal && error.code === 'invalid_request' ? (error.facts.field ?? '') : ''
    if (!Object.hasOwn(invalidTexts, field)) throw error
    return { statement: await getStatement(actor, { accountId, ...view }), invalid: field as InvalidField }
  }
}

/** An address with the filters that are set. */
function addressOf(
  path: string,
  { kinds = [], ...others }: Partial<Omit<Asked, 'isPrint'>> & { view?: string },
  joinKinds?: string,
): string {
  const query = new URLSearchParams()
  if (joinKinds === undefined) for (const kind of kinds) query.append('kinds', kind)
  else if (kinds.length > 0) query.set('kinds', kinds.join(joinKinds))
  for (const name of ['from', 'to', 'asOf', 'cursor', 'view'] as const) {
    const value = others[name]
    if (value) query.set(name, value)
  }
  return query.size === 0 ? path : `${path}?${query}`
}

/** The first and last day of this calendar month and of the one before. */
function monthsOf(timeZone: string): { thisMonth: [string, string]; lastMonth: [string, string] } {
  const first = `${dayKeyAt(new Date(), timeZone).slice(0, 7)}-01`
  const before = addMonths(first, -1)
  return {
    thisMonth: [first, addDays(addMonths(first, 1), -1)],
    lastMonth: [before, addDays(first, -1)],
  }
}
