/** What the public API takes and gives: one set of schemas that validates and that the OpenAPI document is made of. */
export * from './authorizations'
export * from './charges'
export * from './examples'
export * from './leases'
export { idempotencyHeader } from './parts'
export * from './reads'
export * from './usage'
