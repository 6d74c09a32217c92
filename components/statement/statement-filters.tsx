import { SlidersHorizontal } from 'lucide-react'
import { useTexts } from '#texts'
import { type KindGroup, kindGroups } from '@/lib/domain/statement/rules'
import { Button } from '../ui/button'
import { Checkbox, Field, Input } from '../ui/field'
import { TextLink } from '../ui/text-link'

export interface Filters {
  groups: KindGroup[]
  from: string
  to: string
  asOf: string
}

type StatementFiltersProps = {
  filters: Filters
  isFiltered: boolean
  /** Months to jump to: "2026-11-01" to "2026-11-30". */
  months: { thisMonth: [string, string]; lastMonth: [string, string] }
}

/** A plain form: the filters are the address, so a filtered statement can be kept, sent and reloaded. */
export function StatementFilters({ filters, isFiltered, months }: StatementFiltersProps) {
  const t = useTexts('statement')
  const groups = Object.keys(kindGroups) as KindGroup[]
  const monthHref = ([from, to]: [string, string]) => `/statement?from=${from}&to=${to}`
  return (
    <section aria-labelledby="filters-title" className="rounded-ui border border-hairline bg-surface">
      <details open={isFiltered} className="px-4 sm:px-5">
        <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2">
          <SlidersHorizontal aria-hidden="true" className="size-4 text-muted" />
          <h2 id="filters-title" className="font-semibold">
            {t('filters.title')}
          </h2>
        </summary>
        <form method="get" action="/statement" className="flex flex-col gap-4 pt-1 pb-4">
          <fieldset>
            <legend className="mb-2 font-medium">{t('filters.kinds')}</legend>
            <div className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
              {groups.map((group) => (
                <Checkbox
                  key={group}
                  name="kinds"
                  value={group}
                  label={t(`filters.${group}`)}
                  defaultChecked={filters.groups.includes(group)}
                />
              ))}
            </div>
          </fieldset>
          <div className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-3">
            <Field label={t('filters.from')}>
              {(control) => <Input {...control} type="date" name="from" defaultValue={filters.from} />}
            </Field>
            <Field label={t('filters.to')}>
              {(control) => <Input {...control} type="date" name="to" defaultValue={filters.to} />}
            </Field>
            <Field label={t('filters.asOf')} hint={t('filters.asOfHint')}>
              {(control) => <Input {...control} type="datetime-local" name="asOf" defaultValue={filters.asOf} />}
            </Field>
          </div>
          <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
            <Button type="submit" look="primary">
              {t('filters.apply')}
            </Button>
            <TextLink href={monthHref(months.thisMonth)}>{t('filters.thisMonth')}</TextLink>
            <TextLink href={monthHref(months.lastMonth)}>{t('filters.lastMonth')}</TextLink>
            {isFiltered && <TextLink href="/statement">{t('filters.clear')}</TextLink>}
          </div>
        </form>
      </details>
    </section>
  )
}
