/** JSON from strangers: bounded in depth, unambiguous, and a mistake in it is told by its place. */
import { Refusal } from '@/lib/core/errors'

const deepestNesting = 32

/** Keys that reach into JavaScript's own objects when a careless merge meets them. */
const reservedKeys = new Set(['__proto__', 'constructor', 'prototype'])

const whitespace = /[ \t\r\n]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
const string = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * Parses JSON text.
 * @throws Refusal `invalid_request` with the line and column when it is no JSON, nests deeper than 32, names a key twice
 *   or a reserved one.
 */
export function parseJson(text: string): unknown {
  new Scanner(text).scanDocument()
  return JSON.parse(text)
}

/** Reads the text once, without building anything. Its recursion is bounded by `deepestNesting`. */
class Scanner {
  private at = 0

  constructor(private readonly text: string) {}

  scanDocument(): void {
    this.value(1)
    if (this.at < this.text.length) this.refuse('something follows the end of the JSON value')
  }

  private value(depth: number): void {
    this.skip(whitespace)
    const next = this.text[this.at]
    if (next === '{' || next === '[') {
      if (depth > deepestNesting) this.refuse(`it nests deeper than ${deepestNesting} levels`)
      if (next === '{') this.object(depth)
      else this.array(depth)
    } else if (!this.skip(string) && !this.skip(scalar)) {
      this.refuse(next === undefined ? 'it ends too early' : 'a value was expected')
    }
    this.skip(whitespace)
  }

  private object(depth: number): void {
    const keys = new Set<string>()
    this.list('}', () => {
      const from = this.at
      if (!this.skip(string)) this.refuse('a key in double quotes was expected')
      const key: string = JSON.parse(this.text.slice(from, this.at))
      if (reservedKeys.has(key)) this.refuse(`the key "${key}" is not allowed`, from)
      if (keys.has(key)) this.refuse('the same key stands twice in one object', from)
      keys.add(key)
      this.skip(whitespace)
      if (!this.take(':')) this.refuse('a colon was expected')
      this.value(depth + 1)
    })
  }

  private array(depth: number): void {
    this.list(']', () => this.value(depth + 1))
  }

  /** Items between the bracket where we stand and its `end`, with commas between them. */
  private list(end: string, item: () => void): void {
    this.at += 1
    this.skip(whitespace)
    if (this.take(end)) return
    for (;;) {
      this.skip(whitespace)
      item()
      this.skip(whitespace)
      if (this.take(end)) return
      if (!this.take(',')) this.refuse(`a comma or "${end}" was expected`)
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at += 1
    return true
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    if (!pattern.test(this.text)) return false
    this.at = pattern.lastIndex
    return true
  }

  private refuse(reason: string, at = this.at): never {
    const lines = this.text.slice(0, at).split('\n')
    const line = lines.length
    const column = lines.at(-1)!.length + 1
    throw new Refusal('invalid_request', {
      field: 'body',
      message: `The body is not JSON that we accept: at line ${line}, column ${column}, ${reason}.`,
      line,
      column,
    })
  }
}
