import ts from 'typescript'
import { isStringLike, type PackageTypes, unionParts } from './package-types'
import { decimalNames } from './served'
import type { ParameterShape } from './types'

/** Collects the shapes of request parameters; interfaces used more than once are stored once, by name. */
export class ParameterShapes {
  readonly named: Record<string, ParameterShape> = {}
  private readonly names = new Map<ts.Symbol, string>()

  constructor(private readonly types: PackageTypes) {}

  /** The shape of a parameter type. */
  of(type: ts.Type | null): ParameterShape {
    if (!type) return { fields: {} }
    const parts = unionParts(type)
    const isEmptyable = parts.some((part) => isNull(part) || isEmptyString(part))
    const shape = this.ofParts(parts.filter((part) => !isNull(part) && !isEmptyString(part)))
    return isEmptyable ? { emptyable: shape } : shape
  }

  private ofParts(parts: ts.Type[]): ParameterShape {
    const literals = parts.filter((part) => part.isStringLiteral()).map((part) => (part as ts.StringLiteralType).value)
    const booleans = parts.filter((part) => part.flags & ts.TypeFlags.BooleanLike)
    const isOpenEnum = literals.length > 0
    const rest = parts.filter(
      (part) =>
        !part.isStringLiteral() && !(part.flags & ts.TypeFlags.BooleanLike) && !(isOpenEnum && isStringLike(part)),
    )
    const shapes: ParameterShape[] = [
      ...new Map(rest.map((part) => this.ofOne(part)).map((s) => [JSON.stringify(s), s])).values(),
    ]
    if (literals.length) shapes.unshift({ known: literals.join(' ') })
    if (booleans.length) shapes.unshift('boolean')
    return shapes.length === 1 ? shapes[0]! : { oneOf: shapes }
  }

  private ofOne(type: ts.Type): ParameterShape {
    const { checker } = this.types
    if (isStringLike(type)) return 'string'
    if (type.flags & ts.TypeFlags.NumberLike) return 'integer'
    if (checker.isArrayType(type)) return { list: this.of(checker.getTypeArguments(type as ts.TypeReference)[0]!) }
    if (type.flags & ts.TypeFlags.Object) return this.ofObject(type)
    return 'any'
  }

  private ofObject(type: ts.Type): ParameterShape {
    const known = this.names.get(type.symbol)
    if (known) return { ref: known }
    const index = type.getStringIndexType()
    if (index) return { map: this.of(index) }

    const name = this.nameFor(type.symbol)
    this.names.set(type.symbol, name)
    const fields: Record<string, ParameterShape> = {}
    const required: string[] = []
    for (const property of type.getProperties()) {
      const isOther = this.types.otherPaymentMethods.has(property.name)
      fields[property.name] = isOther
        ? 'any'
        : decimalNames.has(property.name)
          ? 'decimal'
          : this.of(this.types.checker.getTypeOfSymbol(property))
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    this.named[name] = required.length ? { fields, required } : { fields }
    return { ref: name }
  }

  private nameFor(symbol: ts.Symbol): string {
    const name = this.types.checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '')
    let unique = name
    for (let n = 2; unique in this.named || [...this.names.values()].includes(unique); n++) unique = `${name}#${n}`
    return unique
  }
}

const isNull = (type: ts.Type) => Boolean(type.flags & ts.TypeFlags.Null)
const isEmptyString = (type: ts.Type) => type.isStringLiteral() && type.value === ''
