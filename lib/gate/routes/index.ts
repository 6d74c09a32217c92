/** The public API's routes: who asks, is it well formed, which verb. The OpenAPI document is made of the same table. */
import type { Route } from '../route'
import { authorizations } from './authorizations'
import { charges } from './charges'
import { leases } from './leases'
import { reads } from './reads'
import { usage } from './usage'

/** Every route but the document of them. */
export const routes: Route[] = [...authorizations, usage, charges, ...leases, ...reads]
