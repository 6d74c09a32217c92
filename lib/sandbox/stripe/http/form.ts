import { invalidParameter } from './errors'

/** Decoded parameters before anybody knows their types: strings, hashes and lists. */
export type RawValue = string | RawHash | RawValue[]
export interface RawHash {
  [key: string]: RawValue
}

const depthLimit = 12
const parameterLimit = 2_000

/** Decodes `a[b][0][c]=x&a[d][]=y` as Stripe's clients in every language write it. */
export function decodeForm(text: string): RawHash {
  const root = newHash()
  const pairs = [...new URLSearchParams(text)]
  if (pairs.length > parameterLimit) throw invalidParameter('Too many parameters.', pairs[parameterLimit]![0])
  for (const [name, value] of pairs) {
    const keys = splitName(name)
    if (keys.length > depthLimit) throw invalidParameter('Parameters are nested too deeply.', name)
    insert(root, keys, value, name)
  }
  return root
}

function splitName(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0) return [name]
  return [name.slice(0, open), ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!)]
}

function insert(into: RawHash | RawValue[], keys: string[], value: string, name: string): void {
  const [key, ...rest] = keys as [string, ...string[]]
  if (Array.isArray(into)) {
    insertInList(into, rest, value, name)
    return
  }
  if (rest.length === 0) {
    into[key] = value
    return
  }
  into[key] ??= rest[0] === '' ? [] : newHash()
  const container = into[key]
  if (typeof container === 'string' || Array.isArray(container) !== (rest[0] === '')) {
    throw invalidParameter(`Invalid parameter: ${name} is given in two forms.`, name)
  }
  insert(container, rest, value, name)
}

/** `a[][b]=1&a[][c]=2&a[][b]=3` means two elements: a new one begins when a key repeats. */
function insertInList(list: RawValue[], keys: string[], value: string, name: string): void {
  if (keys.length === 0) {
    list.push(value)
    return
  }
  let last = list.at(-1)
  if (typeof last !== 'object' || Array.isArray(last) || (keys.length === 1 && keys[0]! in last)) {
    last = newHash()
    list.push(last)
  }
  insert(last, keys, value, name)
}

// Without a prototype, so that a parameter called `__proto__` is only a parameter.
const newHash = (): RawHash => Object.create(null)
