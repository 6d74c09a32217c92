import ts from 'typescript'
import { isStringLike, listElement, type PackageTypes, resourceName, unionParts } from './package-types'
import { decimalNames, storedResources } from './served'
import type { JsonSchema } from './types'

/** Turns response types into JSON Schemas. Every property of the contract is required unless Stripe marks it optional. */
export class ResponseSchemasReader {
  readonly $defs: Record<string, JsonSchema> = {
    event: eventSchema,
  }
  private readonly names = new Map<ts.Symbol, string>()

  constructor(private readonly types: PackageTypes) {}

  /** The schema of one answer: the object, or a list of such objects. */
  ofAnswer(type: ts.Type, isList: boolean): JsonSchema {
    const schema = this.of(type)
    return isList ? listSchema(schema) : schema
  }

  private of(type: ts.Type): JsonSchema {
    const parts = unionParts(type)
    const literals = parts.filter((part) => part.isStringLiteral()).map((part) => (part as ts.StringLiteralType).value)
    const isOpenEnum = literals.length > 0 && parts.some(isStringLike)
    const schemas = parts
      .filter((part) => !part.isStringLiteral() && !(isOpenEnum && isStringLike(part)))
      .map((part) => this.ofOne(part))
    // A known-value list stays strict here: the sandbox never invents a value that the client does not know.
    if (literals.length) schemas.unshift({ enum: literals })
    const unique = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
    return unique.length === 1 ? unique[0]! : { anyOf: unique }
  }

  private ofOne(type: ts.Type): JsonSchema {
    const { checker } = this.types
    if (isStringLike(type)) return { type: 'string' }
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' }
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' }
    if (type.flags & ts.TypeFlags.NumberLiteral) return { const: (type as ts.NumberLiteralType).value }
    if (type.flags & ts.TypeFlags.Number) return { type: 'integer' }
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' }
    const element = listElement(checker, type)
    if (element) return listSchema(this.of(element))
    if (checker.isArrayType(type)) {
      return { type: 'array', items: this.of(checker.getTypeArguments(type as ts.TypeReference)[0]!) }
    }
    if (type.flags & ts.TypeFlags.Object) return this.ofObject(type)
    return {}
  }

  private ofObject(type: ts.Type): JsonSchema {
    const resource = resourceName(this.types.checker, type)
    if (resource === 'event') return { $ref: '#/$defs/event' }
    // A resource the sandbox never answers with can only appear as its id.
    if (resource && !storedResources.has(resource)) return { type: 'string' }
    const known = this.names.get(type.symbol)
    if (known) return { $ref: `#/$defs/${known}` }

    const name = `type${this.names.size}.${type.symbol.name}`
    this.names.set(type.symbol, name)
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (const property of type.getProperties()) {
      if (property.name === 'lastResponse' || this.types.otherPaymentMethods.has(property.name)) continue
      const propertyType = this.types.checker.getTypeOfSymbol(property)
      if (propertyType.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) continue
      properties[property.name] = decimalNames.has(property.name) ? { type: ['number', 'null'] } : this.of(propertyType)
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    const index = type.getStringIndexType()
    this.$defs[name] = {
      type: 'object',
      properties,
      required,
      additionalProperties: index ? this.of(index) : false,
    }
    return { $ref: `#/$defs/${name}` }
  }
}

function listSchema(element: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required: ['object', 'data', 'has_more', 'url'],
    properties: {
      object: { const: 'list' },
      data: { type: 'array', items: element },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
    additionalProperties: false,
  }
}

// Events are a union of one interface per type; their common form is what travels.
const eventSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'object', 'api_version', 'created', 'data', 'livemode', 'pending_webhooks', 'request', 'type'],
  properties: {
    id: { type: 'string' },
    object: { const: 'event' },
    api_version: { type: ['string', 'null'] },
    created: { type: 'integer' },
    data: {
      type: 'object',
      required: ['object'],
      properties: { object: { type: 'object' }, previous_attributes: { type: 'object' } },
      additionalProperties: false,
    },
    livemode: { const: false },
    pending_webhooks: { type: 'integer' },
    request: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['id', 'idempotency_key'],
          properties: { id: { type: ['string', 'null'] }, idempotency_key: { type: ['string', 'null'] } },
          additionalProperties: false,
        },
      ],
    },
    type: { type: 'string' },
  },
  additionalProperties: false,
}
