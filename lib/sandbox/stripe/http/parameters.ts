import contractFile from '../contract/contract.json' with { type: 'json' }
import type { Contract, Fields, ParameterShape } from '../contract/types'
import { invalidParameter, missingParameter } from './errors'
import type { RawHash, RawValue } from './form'

export const contract = contractFile as unknown as Contract

/** Parameters that API versions before 2026-09-30.endive took, with the code Stripe now answers. */
const removedParameters: Record<string, { code: string; message: string }> = {
  payment_method_types: {
    code: 'payment_method_types_no_longer_supported',
    message:
      'The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types` or `excluded_payment_method_types` to control which payment methods are available.',
  },
}

const pathsWithRemovedParameters = /^\/v1\/(payment_intents|setup_intents|checkout\/sessions)/

/**
 * Checks raw parameters against the contract and gives them their types: integers and booleans are parsed, an empty
 * string that unsets something becomes null. Throws what Stripe answers to a wrong parameter.
 */
export function readParameters(shape: ParameterShape, raw: RawHash, path: string): Record<string, unknown> {
  for (const [name, { code, message }] of Object.entries(removedParameters)) {
    if (name in raw && pathsWithRemovedParameters.test(path)) throw invalidParameter(message, name, code)
  }
  return readFields(resolve(shape) as Fields, raw, '')
}

function resolve(shape: ParameterShape): ParameterShape {
  return typeof shape === 'object' && 'ref' in shape ? contract.parameterShapes[shape.ref]! : shape
}

function readFields({ fields, required = [] }: Fields, raw: RawHash, within: string): Record<string, unknown> {
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(fields, name))
  if (unknown.length) {
    const names = unknown.map((name) => nameIn(within, name))
    throw invalidParameter(
      `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`,
      names[0]!,
      'parameter_unknown',
    )
  }
  for (const name of required) if (!(name in raw)) throw missingParameter(nameIn(within, name))
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, readValue(fields[name]!, value, nameIn(within, name))]),
  )
}

const nameIn = (within: string, name: string) => (within ? `${within}[${name}]` : name)

function readValue(given: ParameterShape, raw: RawValue, name: string): unknown {
  const shape = resolve(given)
  if (typeof shape === 'string') return readScalar(shape, raw, name)
  if ('emptyable' in shape) return raw === '' ? null : readValue(shape.emptyable, raw, name)
  if ('oneOf' in shape) return readValue(chooseShape(shape.oneOf, raw), raw, name)
  if ('known' in shape) return readKnown(shape.known.split(' '), raw, name)
  if ('list' in shape) return readList(shape.list, raw, name)
  if (typeof raw === 'string' || Array.isArray(raw)) throw invalidParameter('Invalid object', name)
  if ('map' in shape) return readMap(shape.map, raw, name)
  return readFields(shape as Fields, raw, name)
}

function readScalar(shape: 'string' | 'integer' | 'decimal' | 'boolean' | 'any', raw: RawValue, name: string): unknown {
  if (shape === 'any') return raw
  if (typeof raw !== 'string') throw invalidParameter(`Invalid ${shape}: ${JSON.stringify(raw)}`, name)
  if (raw === '') {
    throw invalidParameter(
      `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
      name,
      'parameter_invalid_empty',
    )
  }
  if (shape === 'integer') return readInteger(raw, name)
  if (shape === 'decimal') return readDecimal(raw, name)
  if (shape === 'boolean') {
    if (raw !== 'true' && raw !== 'false') throw invalidParameter(`Invalid boolean: ${raw}`, name)
    return raw === 'true'
  }
  if (raw.length > 5_000) {
    throw invalidParameter(
      `Invalid string: ${raw.slice(0, 20)}...; must be at most 5000 characters`,
      name,
      'parameter_invalid_string',
    )
  }
  return raw
}

function readInteger(raw: string, name: string): number {
  if (!/^-?\d{1,15}$/.test(raw)) throw invalidParameter(`Invalid integer: ${raw}`, name, 'parameter_invalid_integer')
  return Number(raw)
}

function readDecimal(raw: string, name: string): number {
  if (!/^-?\d{1,9}(\.\d{1,4})?$/.test(raw)) throw invalidParameter(`Invalid decimal: ${raw}`, name)
  return Number(raw)
}

function readKnown(known: string[], raw: RawValue, name: string): string {
  if (typeof raw === 'string' && known.includes(raw)) return raw
  const list = known.length > 1 ? `one of ${known.slice(0, -1).join(', ')}, or ${known.at(-1)}` : known[0]
  throw invalidParameter(`Invalid ${name}: must be ${list}`, name)
}

/** Lists come as `a[]=x`, as `a[0]=x`, or empty (unset) as `a=`. */
function readList(element: ParameterShape, raw: RawValue, name: string): unknown[] {
  const values = Array.isArray(raw) ? raw : listOfIndexed(raw)
  if (!values) throw invalidParameter('Invalid array', name)
  return values.map((value, index) => readValue(element, value, `${name}[${index}]`))
}

function listOfIndexed(raw: RawValue): RawValue[] | null {
  if (raw === '') return []
  if (typeof raw === 'string' || Array.isArray(raw)) return null
  const indexes = Object.keys(raw)
  if (!indexes.every((index) => /^\d+$/.test(index))) return null
  return indexes.sort((a, b) => Number(a) - Number(b)).map((index) => raw[index]!)
}

function readMap(element: ParameterShape, raw: RawHash, name: string): Record<string, unknown> {
  const keys = Object.keys(raw)
  if (keys.length > 50) throw invalidParameter('Metadata cannot have more than 50 keys.', name)
  for (const key of keys) {
    const value = raw[key]!
    if (key.length > 40) throw invalidParameter('Metadata keys can have at most 40 characters.', `${name}[${key}]`)
    if (typeof value === 'string' && value.length > 500) {
      throw invalidParameter('Metadata values can have at most 500 characters.', `${name}[${key}]`)
    }
  }
  return Object.fromEntries(keys.map((key) => [key, readValue(element, raw[key]!, `${name}[${key}]`)]))
}

/** Of several shapes, the one that fits the form in which the value came: hash, list or plain text. */
function chooseShape(shapes: ParameterShape[], raw: RawValue): ParameterShape {
  const isPlain = (shape: ParameterShape) => typeof shape === 'string' || 'known' in shape
  if (typeof raw !== 'string') {
    return shapes.find((shape) => !isPlain(resolve(shape))) ?? shapes[0]!
  }
  const plain = shapes.filter((shape) => isPlain(resolve(shape)))
  const fitting = plain.find(
    (shape) => typeof shape === 'object' && 'known' in shape && shape.known.split(' ').includes(raw),
  )
  return fitting ?? plain.find((shape) => shape === 'string') ?? plain[0] ?? shapes[0]!
}
