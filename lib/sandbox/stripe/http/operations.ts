import type { Operation } from '../contract/types'
import { allRoutes } from '../resources/all-routes'
import type { Handler } from '../resources/routes'
import { refuse, StripeError } from './errors'
import { contract } from './parameters'

export interface FoundOperation {
  operation: Operation
  handler: Handler
  ids: Record<string, string>
}

const table = contract.operations.map((operation) => {
  const names: string[] = []
  const pattern = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  return {
    operation,
    names,
    pattern: new RegExp(`^${pattern}$`),
    handler: allRoutes[`${operation.method} ${operation.path}`]!,
  }
})

/** The operation behind a method and path; throws Stripe's 404 when there is none. */
export function findOperation(method: string, path: string): FoundOperation {
  for (const { operation, names, pattern, handler } of table) {
    const match = operation.method === method ? pattern.exec(path) : null
    if (!match) continue
    const ids = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1]!)]))
    return { operation, handler, ids }
  }
  const message = `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`
  throw new StripeError(404, refuse(message).body, { isStored: false })
}
