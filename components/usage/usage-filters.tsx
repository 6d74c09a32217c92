import clsx from 'clsx'
import Link from 'next/link'
import { useFormats, useTexts } from '#texts'
import { daysBetween } from '@/lib/core/time'
import {
  type UsageFilters as Filters,
  filterParams,
  type Grouping,
  groupings,
  longestHourlyDays,
  presetRange,
  presets,
  type Step,
  steps,
  type UsageView,
} from '@/lib/domain/usage/explorer/rules'
import { buttonLook } from '../ui/button-look'
import { Field, Input, Select } from '../ui/field'
import { useGroupName } from './group-name'
import { viewHref } from './view-links'

type Options = Record<Grouping, { id: string; name: string }[]>
type UsageFiltersProps = { view: UsageView; today: string; options: Options; timeZone: string }

/** What is shown: links for what is usual, a form for the rest. All of it stands in the address; no script is needed. */
export function UsageFilters({ view, today, options, timeZone }: UsageFiltersProps) {
  const t = useTexts('usage')
  const f = useFormats()
  return (
    <section aria-labelledby="filters-title" className="flex flex-col gap-3">
      <h2 id="filters-title" className="sr-only">
        {t('filters.title')}
      </h2>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Choices label={t('filters.range')}>
          {presets.map((preset) => {
            const range = presetRange(preset, today)
            const step = preset === 'today' ? 'hour' : view.preset === 'today' ? 'day' : stepFor(view, range)
            return (
              <Choice key={preset} href={viewHref({ ...view, preset, range, step })} isCurrent={view.preset === preset}>
                {t(`ranges.${preset}`)}
              </Choice>
            )
          })}
        </Choices>
        <Choices label={t('filters.by')}>
          {groupings.map((by) => (
            <Choice key={by} href={viewHref({ ...view, by })} isCurrent={view.by === by}>
              {t(`by.${by}`)}
            </Choice>
          ))}
        </Choices>
        {daysIn(view) <= longestHourlyDays && (
          <Choices label={t('filters.step')}>
            {steps.map((step) => (
              <Choice key={step} href={viewHref({ ...view, step })} isCurrent={view.step === step}>
                {t(`steps.${step}`)}
              </Choice>
            ))}
          </Choices>
        )}
      </div>
      <details className="group rounded-ui border border-hairline bg-surface" open={view.preset === null}>
        <summary className="flex min-h-10 cursor-pointer flex-wrap items-center gap-x-2 px-4 py-2 font-medium sm:px-5">
          {t('filters.more')}
          <span className="font-normal text-muted">
            {t('filters.days', { from: f.day(view.range.from), to: f.day(view.range.to), zone: timeZone })}
          </span>
        </summary>
        <FilterForm view={view} options={options} />
      </details>
      <ActiveFilters view={view} options={options} />
    </section>
  )
}

const daysIn = ({ range: { from, to } }: Pick<UsageView, 'range'>): number => daysBetween(from, to) + 1

/** Hours stay hours while the range is short enough for them. */
const stepFor = ({ step }: UsageView, range: UsageView['range']): Step =>
  step === 'hour' && daysIn({ range }) > longestHourlyDays ? 'day' : step

function Choices({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <nav aria-label={label} className="max-w-full">
      <ul className="flex flex-wrap gap-0.5 rounded-ui bg-sunken p-0.5">{children}</ul>
    </nav>
  )
}

function Choice({ href, isCurrent, children }: { href: string; isCurrent: boolean; children: React.ReactNode }) {
  return (
    <li>
      <Link
        href={href}
        prefetch={false}
        scroll={false}
        aria-current={isCurrent ? 'true' : undefined}
        className={clsx(
          'flex min-h-8 items-center rounded-[6px] px-2.5 text-xs font-medium max-lg:min-h-9',
          isCurrent ? 'bg-surface text-ink ring-1 ring-hairline' : 'text-muted hover:text-ink',
        )}
      >
        {children}
      </Link>
    </li>
  )
}

function FilterForm({ view, options }: { view: UsageView; options: Options }) {
  const t = useTexts('usage')
  const nameOf = useGroupName()
  const { filters, range } = view
  const choices = (by: 'model' | 'key' | 'member') => {
    const chosen = filters[by]
    const known = options[by].some(({ id }) => id === chosen)
    return (
      <Field key={by} label={t(`by.${by}`)}>
        {(control) => (
          <Select {...control} name={by} defaultValue={chosen === null ? 'none' : (chosen ?? '')}>
            <option value="">{t(`all.${by}`)}</option>
            {by !== 'model' && <option value="none">{t(`none.${by}`)}</option>}
            {chosen && !known && <option value={chosen}>{nameOf(by, { id: chosen, name: null })}</option>}
            {options[by].map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    )
  }
  return (
    <form action="/usage" method="get" className="border-t border-hairline px-4 pt-3 pb-4 sm:px-5">
      <input type="hidden" name="range" value="custom" />
      <input type="hidden" name="by" value={view.by} />
      <input type="hidden" name="step" value={view.step} />
      {filters.tag === null && <input type="hidden" name="untagged" value="1" />}
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 lg:grid-cols-6">
        <Field label={t('filters.from')}>
          {(control) => <Input {...control} type="date" name="from" defaultValue={range.from} required />}
        </Field>
        <Field label={t('filters.to')}>
          {(control) => <Input {...control} type="date" name="to" defaultValue={range.to} required />}
        </Field>
        {choices('model')}
        {choices('key')}
        {choices('member')}
        <Field label={t('by.tag')}>
          {(control) => (
            <>
              <Input {...control} name="tag" maxLength={64} defaultValue={filters.tag ?? ''} list="usage-tags" />
              <datalist id="usage-tags">
                {options.tag.map(({ id }) => (
                  <option key={id} value={id} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
      <div className="mt-3 flex justify-end">
        <button type="submit" className={buttonLook('secondary')}>
          {t('filters.apply')}
        </button>
      </div>
    </form>
  )
}

/** Each filter with the link that takes it away. */
function ActiveFilters({ view, options }: { view: UsageView; options: Options }) {
  const t = useTexts('usage')
  const nameOf = useGroupName()
  const { filters } = view
  const active = groupings.filter((by) => filters[by] !== undefined)
  if (active.length === 0) return null
  const without = (by: Grouping): Filters => ({ ...filters, [by]: undefined })
  return (
    <ul aria-label={t('filters.active')} className="flex flex-wrap gap-2">
      {active.map((by) => {
        const id = filters[by] ?? null
        const name = nameOf(by, { id, name: options[by].find((option) => option.id === id)?.name ?? null })
        return (
          <li key={by}>
            <Link
              href={viewHref({ ...view, filters: without(by) })}
              prefetch={false}
              scroll={false}
              aria-label={t('filters.remove', { what: `${t(`by.${by}`)}: ${name}` })}
              className="flex min-h-8 max-w-full items-center gap-2 rounded-ui border border-hairline bg-surface px-2.5 text-xs font-medium hover:bg-sunken"
            >
              <span className="text-muted">{t(`by.${by}`)}</span>
              <bdi className="truncate">{name}</bdi>
              <span aria-hidden="true" className="text-muted">
                ✕
              </span>
            </Link>
          </li>
        )
      })}
      {active.length > 1 && (
        <li>
          <Link
            href={viewHref({ ...view, filters: {} })}
            prefetch={false}
            scroll={false}
            className="flex min-h-8 items-center px-2 text-xs font-medium text-accent-ink underline underline-offset-4"
          >
            {t('filters.clear')}
          </Link>
        </li>
      )}
    </ul>
  )
}

/** Whether anything narrows the view besides its range. */
export const isFiltered = ({ filters }: UsageView): boolean => filterParams(filters).length > 0
