/**
 * JSON from strangers at the gate's speed. The same rules as lib/http/json, in another order: one look at the bytes as they
 * arrive bounds what JSON.parse will build, and what that look cannot say is asked of the slower reader only when something
 * is wrong.
 */
import { isUtf8 } from 'node:buffer'
import { Refusal } from '@/lib/core/errors'
import { parseJson } from '@/lib/http/json'

const deepestNesting = 32
/** A full batch of events has about 9,000 values. */
const mostValues = 50_000
/** Longer text is not read a second time to tell the place of a mistake. */
const longestExplained = 65_536

const reservedKeys = new Set(['__proto__', 'constructor', 'prototype'])

const quote = 34
const comma = 44
const colon = 58
const backslash = 92

/** Counts what stands in JSON text, piece by piece. */
export class JsonMeter {
  private depth = 0
  private values = 1
  private isInString = false
  private isEscaped = false
  /** Colons outside strings: as many as keys. */
  colons = 0

  /** @throws Refusal `invalid_request` as soon as the text nests too deep or holds too many values. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false
        else if (byte === backslash) this.isEscaped = true
        else if (byte === quote) this.isInString = false
        continue
      }
      if (byte === quote) this.isInString = true
      else if (byte === colon) this.colons += 1
      else if (byte === comma) this.addValue()
      // { and [ and their ends differ in one bit from each other.
      else if ((byte | 32) === 123) this.open()
      else if ((byte | 32) === 125) this.depth -= 1
    }
  }

  private addValue(): void {
    this.values += 1
    if (this.values > mostValues) throw malformed(`it holds more than ${mostValues} values`)
  }

  private open(): void {
    this.depth += 1
    if (this.depth > deepestNesting) throw malformed(`it nests deeper than ${deepestNesting} levels`)
  }
}

/**
 * The value of JSON in UTF-8 that `meter` has seen. A byte order mark in front is passed over.
 * @throws Refusal `invalid_request` when it is no JSON, names a key twice or a reserved one.
 */
export function readJson(bytes: Buffer, meter: JsonMeter): unknown {
  const text = readText(bytes)
  if (text.trim() === '') throw new Refusal('invalid_request', { field: 'body', message: 'The body is empty.' })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return explain(text)
  }
  // A key that stands twice is one key of the value.
  return countKeys(value) === meter.colons ? value : explain(text)
}

/** One line of NDJSON. @throws Refusal `invalid_request`, as `readJson` does. */
export function readJsonLine(line: string): unknown {
  const bytes = Buffer.from(line)
  const meter = new JsonMeter()
  meter.take(bytes)
  return readJson(bytes, meter)
}

/** @throws Refusal `invalid_request` when the bytes are not UTF-8. */
export function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new Refusal('invalid_request', { field: 'body', message: 'The body is not valid UTF-8 text.' })
  }
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** NaN when a key is reserved. Its recursion is bounded, because the meter has bounded the nesting. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item)
    return count
  }
  for (const key in value) {
    if (reservedKeys.has(key)) return Number.NaN
    count += 1 + countKeys((value as Record<string, unknown>)[key])
  }
  return count
}

/** Says where the mistake is. */
function explain(text: string): never {
  if (text.length <= longestExplained) parseJson(text)
  throw malformed('it is not valid, or a key stands twice in one object or is a reserved one')
}

const malformed = (reason: string) =>
  new Refusal('invalid_request', { field: 'body', message: `The body is not JSON that we accept: ${reason}.` })
