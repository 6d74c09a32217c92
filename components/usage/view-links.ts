import type { UsageGroup } from '@/lib/domain/usage'
import { type Grouping, type UsageFilters, type UsageView, viewParams } from '@/lib/domain/usage/explorer/rules'

/** The address of a view, perhaps of an older page of its events. */
export function viewHref(view: UsageView, { before, anchor }: { before?: string; anchor?: string } = {}): string {
  const query = new URLSearchParams([...viewParams(view), ...(before ? [['before', before]] : [])])
  return `/usage?${query}${anchor ? `#${anchor}` : ''}`
}

/** What a group is divided by when one looks into it. */
const inside: Record<Grouping, Grouping> = { model: 'key', key: 'model', member: 'key', tag: 'model' }

/** The same range with one group alone. */
export function groupHref(view: UsageView, group: UsageGroup): string {
  const by = inside[view.by]
  return viewHref({
    ...view,
    by: hasFilter(view.filters, by) ? view.by : by,
    filters: { ...view.filters, [view.by]: group.id },
  })
}

const hasFilter = (filters: UsageFilters, by: Grouping): boolean => filters[by] !== undefined

export const chargeHref = (eventKey: string): string => `/usage/charges/${eventKey}`

/** Where the statement shows a movement with everything that it charged. */
export const movementHref = (seq: string): string => `/statement/${seq}`

/** The address of a file of what the view shows. */
export function exportHref(accountId: string, view: UsageView, format: 'csv' | 'focus'): string {
  const { range, filters } = view
  const named = viewParams({ preset: null, range, by: 'model', step: 'day', filters })
  return `/api/accounts/${accountId}/usage/export?${new URLSearchParams([['format', format], ...named])}`
}
