import compile from 'icu-minify/compile'
import { describe, expect, it } from 'vitest'
import { ar } from '@/messages/ar'
import { de } from '@/messages/de'
import { en } from '@/messages/en'
import { locales } from './locales'

const languages = { en, de, ar }

/** "usage.filters.found" → its message. */
function flatten(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flatten(value, `${path}${key}.`),
  )
}

const kinds = ['pound', 'select', 'plural', 'ordinal', 'number', 'date', 'time']

interface Part {
  name: string
  kind: string
  forms: string[]
}

/** The arguments and tags of a message, in whatever branch they stand. */
function partsOf(compiled: unknown): Part[] {
  if (!Array.isArray(compiled)) return []
  return compiled.flatMap((node): Part[] => {
    if (!Array.isArray(node)) return []
    const [name, type, options] = node
    if (type === undefined) return [{ name, kind: 'value', forms: [] }]
    if (typeof type !== 'number' || type === 0) return [{ name, kind: 'tag', forms: [] }, ...partsOf(node.slice(1))]
    const branches = type <= 3 ? Object.entries(options as object) : []
    return [
      { name, kind: kinds[type]!, forms: branches.map(([form]) => form) },
      ...branches.flatMap(([, branch]) => partsOf(branch)),
    ]
  })
}

/** A plural may become plain text in another language and the other way round; what is named and what wraps words may not. */
const signature = (message: string): string[] =>
  [...new Set(partsOf(compile(message)).map(({ name, kind }) => (kind === 'tag' ? `<${name}>` : `{${name}}`)))].sort()

const english = new Map(flatten(en))

describe.each(locales)('the messages in %s', (locale) => {
  const messages = flatten(languages[locale])

  it('are the same as in English, neither more nor fewer', () => {
    expect(messages.map(([key]) => key).sort()).toEqual([...english.keys()].sort())
  })

  it('are well formed, with the arguments and tags of the English ones', () => {
    const broken = messages.flatMap(([key, message]) => {
      const wanted = signature(english.get(key) ?? message).join(' ')
      const found = signature(message).join(' ')
      return found === wanted ? [] : [`${locale} ${key}: wants ${wanted || 'no arguments'}, has ${found || 'none'}`]
    })
    expect(broken).toEqual([])
  })

  it('have every plural form of the language', () => {
    const lacking = messages.flatMap(([key, message]) =>
      partsOf(compile(message)).flatMap(({ name, kind, forms }) => {
        if (kind !== 'plural' && kind !== 'ordinal') return []
        const rules = new Intl.PluralRules(locale, { type: kind === 'plural' ? 'cardinal' : 'ordinal' })
        const missing = rules.resolvedOptions().pluralCategories.filter((form) => !forms.includes(form))
        return missing.length > 0 ? [`${locale} ${key}: {${name}} lacks ${missing.join(', ')}`] : []
      }),
    )
    expect(lacking).toEqual([])
  })

  it('are translated', () => {
    if (locale === 'en') return
    const words = /\p{L}{2,}\P{L}+\p{L}{2,}/u
    const same = messages.filter(([key, message]) => message === english.get(key) && words.test(plain(message)))
    expect(same.map(([key]) => key)).toEqual([])
  })
})

it('has Arabic letters in every Arabic message that has words', () => {
  const foreign = flatten(ar).filter(
    ([, message]) => /\p{L}{3,}/u.test(plain(message)) && !/\p{Script=Arabic}/u.test(message) && !names.test(message),
  )
  expect(foreign.map(([key]) => key)).toEqual([])
})

/** Names that are written the same everywhere. */
const names = /^(Purse|Stripe|GitHub|Google|Slack|USD|CSV|JSON|FOCUS)$/

/** A message without its arguments and tags. */
const plain = (message: string): string => message.replaceAll(/<[^>]*>|\{\w+\}/g, '')
