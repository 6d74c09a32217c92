import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { en } from '@/messages/en'

/** What is English for everybody: the staff's pages, the API reference, and the last page of all. */
const englishOnly = /^(app\/\(operator\)|app\/\(docs\)|components\/operator|app\/global-error)/

const files = ['app', 'components']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path))

interface Source {
  path: string
  isClient: boolean
  imports: string[]
  /** Namespaces asked for: useTexts('usage'). */
  asked: string[]
  /** Namespaces whose words come from elsewhere: (t: Texts<'usage'>) => … */
  given: string[]
  /** Namespaces brought to the browser: <ClientTexts of={['usage']}>, or a list of type Namespace[]. */
  brought: string[]
  strings: Set<string>
  /** Keys put together: `states.${state}`. */
  patterns: RegExp[]
  /** Namespaces with a key that only the types know: t(state). */
  open: string[]
  visible: { line: number; text: string }[]
}

const shownAttributes = new Set(
  'title label aria-label alt placeholder hint description busyLabel saveLabel caption error'.split(' '),
)
const isWords = (text: string) => /\p{L}{2,}/u.test(text) && !/^(Purse|USD|⌘K|Stripe)$/.test(text.trim())

function read(path: string): Source {
  const tree = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  )
  const first = tree.statements[0]
  const source: Source = {
    path,
    isClient: !!first && ts.isExpressionStatement(first) && first.expression.getText() === "'use client'",
    imports: [],
    asked: [],
    given: [],
    brought: [],
    strings: new Set(),
    patterns: [],
    open: [],
    visible: [],
  }
  const show = (node: ts.Node, text: string) => {
    if (isWords(text)) source.visible.push({ line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, text })
  }
  const literalsIn = (node: ts.Node): string[] =>
    ts.isStringLiteral(node) ? [node.text] : node.getChildren().flatMap(literalsIn)

  const translators = new Map<string, string[]>()
  const note = (name: string, namespace: string) => translators.set(name, [...(translators.get(name) ?? []), namespace])

  const visit = (node: ts.Node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const isTypeOnly = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly : node.isTypeOnly
      if (!isTypeOnly) source.imports.push(resolve(path, (node.moduleSpecifier as ts.StringLiteral).text))
    }
    if (ts.isCallExpression(node)) {
      const [argument] = node.arguments
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword && argument && ts.isStringLiteral(argument)) {
        source.imports.push(resolve(path, argument.text))
      }
      if (/^(useTexts|getTexts)$/.test(node.expression.getText()) && argument && ts.isStringLiteral(argument)) {
        source.asked.push(argument.text)
        const holder = ts.isAwaitExpression(node.parent) ? node.parent.parent : node.parent
        if (ts.isVariableDeclaration(holder)) note(holder.name.getText(), argument.text)
        else if (ts.isCallExpression(holder) && isOpen(holder.arguments[0])) source.open.push(argument.text)
      }
      const namespaces = translators.get(node.expression.getText().replace(/\.rich$/, ''))
      if (namespaces && isOpen(argument)) source.open.push(...namespaces)
    }
    if (ts.isParameter(node) && node.type?.getText().startsWith('Texts<')) {
      for (const namespace of literalsIn(node.type)) note(node.name.getText(), namespace)
    }
    if (ts.isTypeReferenceNode(node) && node.typeName.getText() === 'Texts') source.given.push(...literalsIn(node))
    const isProvider = ts.isJsxOpeningElement(node) && /^(ClientTexts|RootTexts)$/.test(node.tagName.getText())
    const isList = ts.isVariableDeclaration(node) && node.type?.getText() === 'Namespace[]'
    if (isProvider || isList) source.brought.push(...literalsIn(node))
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) source.strings.add(node.text)
    if (ts.isTemplateExpression(node)) source.patterns.push(patternOf(node))
    if (ts.isJsxText(node)) show(node, node.text)
    if (ts.isJsxAttribute(node) && shownAttributes.has(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer)) show(node, node.initializer.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return source
}

function patternOf(template: ts.TemplateExpression): RegExp {
  const parts = [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
  return parts.every((part) => part === '')
    ? /^$/
    : new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('.+')}$`)
}

/** Whether a key is neither written out nor put together from words that are. */
function isOpen(key: ts.Node | undefined): boolean {
  if (!key || ts.isStringLiteral(key) || ts.isTemplateExpression(key)) return false
  if (ts.isConditionalExpression(key)) return isOpen(key.whenTrue) || isOpen(key.whenFalse)
  return true
}

function resolve(from: string, to: string): string {
  const base = to.startsWith('@/') ? to.slice(2) : to.startsWith('.') ? join(dirname(from), to) : to
  const candidates = ['', '.ts', '.tsx', '/index.ts', '/index.tsx'].map((end) => base + end)
  return candidates.find((path) => /\.tsx?$/.test(path) && existsSync(path)) ?? base
}

const sources = new Map(files.map((path) => [path, read(path)]))

/** Mails are written by the server, with words of these namespaces. */
const mailWriters = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .map((path) => join('lib', path))
  .filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && readFileSync(path, 'utf8').includes('mailWords('),
  )
  .map((path) => ({ ...read(path), given: ['mails'] }))

it('uses every message', () => {
  const unused = Object.entries(en).flatMap(([namespace, tree]) => {
    const isUsed = (key: string) =>
      [...sources.values(), ...mailWriters].some(({ strings, patterns, open, asked, given }) =>
        [...asked, ...given].some((name) => {
          if (name.split('.')[0] !== namespace) return false
          const group = name.slice(namespace.length + 1)
          if (group && !key.startsWith(`${group}.`)) return false
          const short = group ? key.slice(group.length + 1) : key
          return open.includes(name) || strings.has(short) || patterns.some((pattern) => pattern.test(short))
        }),
      )
    return keysOf(tree)
      .filter((key) => !isUsed(key))
      .map((key) => `${namespace}.${key}`)
  })
  expect(unused).toEqual([])
})

const keysOf = (tree: object, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${path}${key}`] : keysOf(value, `${path}${key}.`),
  )

it('brings to the browser the words that its components ask for', () => {
  const pages = files.filter((path) => /^app\/.*\/?(page|layout|error|not-found)\.tsx$/.test(path))
  const missing = pages.flatMap((page) => {
    const reached = reach([page])
    const asked = new Map([...reached].flatMap((path) => askedInBrowser(path)))
    const brought = [...reach([page, ...layoutsOf(page)])].flatMap((path) => sources.get(path)?.brought ?? [])
    const isBrought = (name: string) => brought.some((given) => name === given || name.startsWith(`${given}.`))
    return [...asked]
      .filter(([name]) => !isBrought(name))
      .map(([name, by]) => `${page} must bring '${name}' (<ClientTexts of={['${name}']}>) to ${by}`)
  })
  expect(missing).toEqual([])
})

/** All modules of ours that these import, themselves included. */
function reach(paths: string[]): Set<string> {
  const found = new Set<string>()
  const follow = (path: string) => {
    if (found.has(path) || !sources.has(path)) return
    found.add(path)
    for (const next of sources.get(path)!.imports) follow(next)
  }
  for (const path of paths) follow(path)
  return found
}

/** The namespaces that a module and what it imports ask for, when it is where the browser's part begins. */
function askedInBrowser(path: string): [string, string][] {
  if (!sources.get(path)?.isClient) return []
  return [...reach([path])].flatMap((inner) =>
    (sources.get(inner)?.asked ?? []).map((name): [string, string] => [name, inner]),
  )
}

/** The layouts around a page, the root's last. */
function layoutsOf(page: string): string[] {
  const layouts: string[] = []
  for (let folder = dirname(page); folder !== '.'; folder = dirname(folder)) {
    const layout = join(folder, 'layout.tsx')
    if (sources.has(layout)) layouts.push(layout)
  }
  return layouts
}

it('shows no words that are not in the messages', () => {
  const literal = [...sources.values()]
    .filter(({ path }) => !englishOnly.test(path))
    .flatMap(({ path, visible }) => visible.map(({ line, text }) => `${path}:${line} ${text.trim()}`))
  expect(literal).toEqual([])
})
