import { invalidParameter, noSuch } from './errors'

export interface ListParams {
  limit?: number
  starting_after?: string
  ending_before?: string
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number }
}

export interface ListAnswer<T> {
  object: 'list'
  url: string
  has_more: boolean
  data: T[]
}

/** One page of `items` (newest first), chosen as Stripe does. Throws on a limit or cursor that Stripe refuses. */
export function listPage<T extends { id: string }>(items: T[], params: ListParams, url: string): ListAnswer<T> {
  const { limit = 10, starting_after: after, ending_before: before } = params
  checkLimit(limit)
  if (after && before) {
    throw invalidParameter(
      'You may only specify one of these parameters: ending_before, starting_after.',
      'ending_before',
    )
  }
  const matching = items.filter((item) => isCreatedWithin(item, params.created))
  if (before) {
    const end = positionOf(matching, before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', url, has_more: start > 0, data: matching.slice(start, end) }
  }
  const start = after ? positionOf(matching, after, 'starting_after') + 1 : 0
  return { object: 'list', url, has_more: matching.length > start + limit, data: matching.slice(start, start + limit) }
}

function checkLimit(limit: number): void {
  const bound = limit < 1 ? 'greater than or equal to 1' : limit > 100 ? 'less than or equal to 100' : null
  if (!bound) return
  throw invalidParameter(
    `This value must be ${bound} (it currently is '${limit}').`,
    'limit',
    'parameter_invalid_integer',
  )
}

function positionOf(items: { id: string }[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id)
  if (position < 0) throw noSuch('object', id, param, 400)
  return position
}

function isCreatedWithin(item: object, range: ListParams['created']): boolean {
  if (range === undefined) return true
  const { created = 0 } = item as { created?: number }
  if (typeof range === 'number') return created === range
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return created > gt && created >= gte && created < lt && created <= lte
}
