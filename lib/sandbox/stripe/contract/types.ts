/**
 * What a request parameter may hold, as read from the client's types. `any` marks a parameter that exists at Stripe but
 * whose inside the sandbox does not describe.
 */
export type ParameterShape =
  | 'string'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'any'
  | { ref: string }
  /** Known values, separated by spaces: one line in the committed file instead of hundreds. */
  | { known: string }
  | { emptyable: ParameterShape }
  | { list: ParameterShape }
  | { map: ParameterShape }
  | { oneOf: ParameterShape[] }
  | Fields

export interface Fields {
  fields: Record<string, ParameterShape>
  required?: string[]
}

/**
 * Which properties of an object can be expanded. A string names resources: `customer` may be put in place of an id,
 * `=payment_method` is always embedded, `[]item` is a list (left out unless asked for). An object is a nested hash.
 */
export interface ExpandTree {
  [property: string]: string | ExpandTree
}

export interface Operation {
  method: 'GET' | 'POST' | 'DELETE'
  /** With placeholders as in `/v1/customers/{id}`. */
  path: string
  parameters: ParameterShape
  /** The `object` value of what is answered (of each element for a list). */
  returns: string
  isList: boolean
}

export interface Contract {
  apiVersion: string
  stripePackage: string
  operations: Operation[]
  parameterShapes: Record<string, ParameterShape>
  expandTrees: Record<string, ExpandTree>
}

export type JsonSchema = Record<string, unknown>

/** JSON Schemas of every answer, by `METHOD path`; used by tests only, so never committed. */
export interface ResponseSchemas {
  responses: Record<string, JsonSchema>
  $defs: Record<string, JsonSchema>
}
