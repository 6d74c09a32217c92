import { getTexts, useLocale, useTexts } from '#texts'
import { WhatIfForm, type WhatIfProblem } from '@/components/forecast/what-if-form'
import { type AmountField, readWhatIf } from '@/components/forecast/what-if-query'
import { TimelineCard, WhatIfResult } from '@/components/forecast/what-if-result'
import { Banner } from '@/components/ui/banner'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/lib/core/errors'
import { getWhatIf, getWhatIfTerms, type WhatIfDto } from '@/lib/domain/forecast'
import { readPage } from '../page-data'

type WhatIfPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export const generateMetadata = async () => ({ title: (await getTexts('forecast.page'))('title') })

export default async function WhatIfPage({ searchParams }: WhatIfPageProps) {
  const t = useTexts('forecast.page')
  const problems = useTexts('forecast.problems')
  const locale = useLocale()
  const [params, { actor, accountId, canWrite }] = await Promise.all([searchParams, readPage()])
  const { mode, current, months } = await getWhatIfTerms(actor, { accountId })
  const header = <PageHeader title={t('title')} description={t('description')} />
  const query = readWhatIf(params, current, locale, mode)
  const which = query.month && months[query.month] ? query.month : months.last ? 'last' : 'current'
  if (!months[which]) {
    return (
      <div className="flex flex-col gap-4 sm:gap-5">
        {header}
        <EmptyState
          title={t('empty.title')}
          action={<ButtonLink href="/settings/keys">{t('empty.action')}</ButtonLink>}
        >
          {t('empty.body')}
        </EmptyState>
      </div>
    )
  }
  const tried = query.scenario ?? current
  const { result, problem } =
    query.malformed.length > 0
      ? { result: null, problem: null }
      : await orProblem(getWhatIf(actor, { accountId, month: which, scenario: tried }))
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      {header}
      <div className="grid items-start gap-4 sm:gap-5 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <WhatIfForm query={query} current={current} mode={mode} which={which} month={months[which]} problem={problem} />
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          {result ? (
            <>
              <WhatIfResult result={result} mode={mode} isCurrent={query.scenario === null} canWrite={canWrite} />
              <TimelineCard result={result} />
            </>
          ) : (
            <Banner tone="warn" title={problems('title')} isAnnounced>
              {problems('body')}
            </Banner>
          )}
        </div>
      </div>
    </div>
  )
}

type Outcome = { result: WhatIfDto | null; problem: WhatIfProblem | null }

/** The fields of the form, by the names that refusals have for them. */
const fields: Record<string, AmountField> = {
  startingBalance: 'start',
  cap: 'cap',
  creditLimit: 'creditLimit',
  minimum: 'minimum',
  amount: 'amount',
  target: 'target',
  monthlyLimit: 'limit',
}

/** A setting that cannot be is shown beside its field. */
async function orProblem(answer: Promise<WhatIfDto | null>): Promise<Outcome> {
  try {
    return { result: await answer, problem: null }
  } catch (error) {
    const field = error instanceof Refusal && fields[error.facts.field ?? '']
    if (!field) throw error
    const { code, facts } = error as Refusal
    return { result: null, problem: { field, code, limit: typeof facts.limit === 'string' ? facts.limit : null } }
  }
}
