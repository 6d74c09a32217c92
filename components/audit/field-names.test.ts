import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { en } from '@/messages/en'

const domain = 'lib/domain'

/** The verbs that write to the log, and what they take from: functions such as `auditedBudget`. */
const sources = readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('audit/'))
  .map((file) => ({ file, text: readFileSync(join(domain, file), 'utf8') }))
  .filter(({ text }) => /recordAudit\(|\baudited\w*\b/.test(text))

/** The names of the properties of an object that is written out, deeper ones and those that are spread into it as well. */
function propertiesOf(node: ts.Node): string[] {
  if (ts.isShorthandPropertyAssignment(node)) return [node.name.text]
  if (ts.isPropertyAssignment(node)) {
    const deeper = ts.isObjectLiteralExpression(node.initializer) ? propertiesOf(node.initializer) : []
    return [node.name.getText(), ...deeper]
  }
  if (ts.isSpreadAssignment(node)) return literalsOf(node.expression).flatMap(propertiesOf)
  if (ts.isObjectLiteralExpression(node)) return node.properties.flatMap(propertiesOf)
  return []
}

const literalsOf = (node: ts.Node): ts.Node[] =>
  ts.isObjectLiteralExpression(node) ? [node] : ts.isCallExpression(node) ? [] : node.getChildren().flatMap(literalsOf)

function fieldsOf(text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node) => {
    const isRecorded = ts.isPropertyAssignment(node) && /^(before|after)$/.test(node.name.getText())
    const isAudited = ts.isVariableDeclaration(node) && /^audited/.test(node.name.getText())
    const value = (isRecorded || isAudited) && node.initializer
    if (value) {
      const body = ts.isArrowFunction(value) ? value.body : value
      found.push(...literalsOf(body).flatMap(propertiesOf))
    }
    ts.forEachChild(node, visit)
  }
  const tree = ts.createSourceFile('verb.ts', text, ts.ScriptTarget.Latest, true)
  if (text.includes('recordAudit(')) visit(tree)
  else ts.forEachChild(tree, visit)
  return found
}

it('every field that a verb writes to the log has a name', () => {
  const written = sources.flatMap(({ file, text }) => fieldsOf(text).map((field) => ({ file, field })))
  const fields = new Set(written.map(({ field }) => field))
  expect(fields.size).toBeGreaterThan(40)
  expect(fields).toContain('askedLimit')
  const unnamed = written.filter(({ field }) => !Object.hasOwn(en.audit.fields, field))
  expect(unnamed, 'name them in messages/*/audit.json').toEqual([])
})
