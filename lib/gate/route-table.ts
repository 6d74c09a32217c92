import { Refusal } from '@/lib/core/errors'
import type { Route } from './route'

interface Place {
  children: Map<string, Place>
  /** What stands for a {name}. */
  any: { name: string; place: Place } | null
  routes: Map<string, Route>
}

const emptyPlace = (): Place => ({ children: new Map(), any: null, routes: new Map() })

/** The answer of no to a known path, with what it does take. */
export class MethodNotAllowed extends Refusal {
  constructor(readonly allowed: string[]) {
    super('method_not_allowed', { message: `This path takes ${allowed.join(', ')}.` })
  }
}

/** Finds the route of a method and path by walking the path's segments. */
export class RouteTable {
  private readonly root = emptyPlace()

  constructor(routes: Route[]) {
    for (const route of routes) this.add(route)
  }

  private add(route: Route): void {
    let place = this.root
    for (const segment of route.path.split('/').slice(1)) {
      if (segment.startsWith('{')) {
        place.any ??= { name: segment.slice(1, -1), place: emptyPlace() }
        place = place.any.place
      } else {
        const next = place.children.get(segment) ?? emptyPlace()
        place.children.set(segment, next)
        place = next
      }
    }
    place.routes.set(route.method, route)
  }

  /** @throws Refusal `not_found`; MethodNotAllowed. */
  find(method: string, pathname: string): { route: Route; path: Record<string, string> } {
    const path: Record<string, string> = {}
    let place: Place | undefined = this.root
    for (let from = 1; place && from <= pathname.length; ) {
      const slash = pathname.indexOf('/', from)
      const to = slash < 0 ? pathname.length : slash
      const segment = pathname.slice(from, to)
      from = to + 1
      const next: Place | undefined = place.children.get(segment)
      if (!next && place.any && segment !== '') path[place.any.name] = decoded(segment)
      place = next ?? (segment === '' ? undefined : place.any?.place)
    }
    if (!place || place.routes.size === 0) throw notFound(method, pathname)
    const route = place.routes.get(method === 'HEAD' ? 'GET' : method)
    if (!route)
      throw new MethodNotAllowed(
        [...place.routes.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])),
      )
    return { route, path }
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const notFound = (method: string, pathname: string) =>
  new Refusal('not_found', {
    message: `There is no ${method} ${pathname.slice(0, 200)}. GET /v1/openapi.json lists what there is.`,
  })
