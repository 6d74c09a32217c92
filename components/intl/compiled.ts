import compile from 'icu-minify/compile'
import { ar } from '@/messages/ar'
import { de } from '@/messages/de'
import { en } from '@/messages/en'
import type { Locale } from './locales'
import type { Messages, Namespace } from './texts'

interface Tree {
  [key: string]: string | Tree
}

/** Messages as the formatter of the browser wants them: parsed, so that no parser has to travel. */
export interface CompiledMessages {
  [key: string]: ReturnType<typeof compile> | CompiledMessages
}

const sources: Record<Locale, { [Name in keyof Messages]: Tree }> = { en, de, ar }

/** The branches of a plural come without a prototype, and only plain objects travel to the browser. */
const plainly = <T>(compiled: T): T => JSON.parse(JSON.stringify(compiled)) as T

function compileTree(tree: Tree): CompiledMessages {
  const entries = Object.entries(tree).map(([key, value]) => [
    key,
    typeof value === 'string' ? plainly(compile(value)) : compileTree(value),
  ])
  return Object.fromEntries(entries)
}

const known = new Map<string, CompiledMessages>()

function compileNamespace(locale: Locale, name: keyof Messages): CompiledMessages {
  const key = `${locale}/${name}`
  const compiled = known.get(key) ?? compileTree(sources[locale][name])
  known.set(key, compiled)
  return compiled
}

/** The messages of the given namespaces, or groups of them, and no others. */
export function pickMessages(locale: Locale, names: Namespace[]): CompiledMessages {
  const picked: CompiledMessages = {}
  for (const name of names) {
    const [top, group] = name.split('.') as [keyof Messages, string?]
    const all = compileNamespace(locale, top)
    picked[top] = group ? { ...(picked[top] as CompiledMessages), [group]: all[group]! } : all
  }
  return picked
}
