// The import rules of .dependency-cruiser.cjs, tested by breaking each one: a checker that reads no TypeScript finds
// no violations either, and would stay green for ever.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const projectRoot = path.join(import.meta.dirname, '../..')

interface Violation {
  from: string
  to: string
  rule: string
}

/** What a file of a small pretend project imports, and the rule that this breaks. */
const planted: [file: string, imports: string, rule: string][] = [
  ['lib/core/money.ts', '@/lib/edges/env', '1-core-imports-nothing'],
  ['lib/domain/grants/rules.ts', '@/lib/domain/grants/store', '2-rules-are-pure'],
  ['lib/domain/grants/rules.ts', 'node:fs', '2-rules-are-pure'],
  ['lib/domain/grants/rules.ts', 'zod', '2-rules-are-pure'],
  ['lib/domain/grants/expireGrant.ts', 'pg', '3-only-stores-speak-sql'],
  ['app/credits/page.ts', '@/prisma/client/client', '3-only-stores-speak-sql'],
  ['lib/domain/purchases/buyCredits.ts', 'stripe', '4-only-the-edge-speaks-stripe'],
  ['app/receipts/page.ts', 'type stripe', '4-only-the-edge-speaks-stripe'],
  ['lib/worker/main.ts', '@/lib/domain/grants/store', '5-concepts-have-one-door'],
  ['lib/domain/holds/placeHold.ts', '@/lib/domain/grants/store', '5-concepts-have-one-door'],
  ['lib/edges/email/index.ts', '@/lib/domain/grants', '6-edges-know-no-domain'],
  ['lib/domain/holds/releaseHold.ts', '@/lib/worker/main', '6-domain-knows-no-door'],
  ['lib/domain/holds/extendHold.ts', 'next/headers', '6-domain-knows-no-door'],
  ['lib/domain/holds/settleHold.ts', 'react', '6-domain-knows-no-door'],
  ['components/holds/list.tsx', '@/lib/domain/grants', '7-components-import-core-and-rules'],
  ['components/holds/total.tsx', '@/lib/edges/env', '7-components-import-core-and-rules'],
  ['app/holds/page.ts', '@/lib/edges/env', '8-app-calls-verbs'],
  ['lib/sandbox/stripe/main.ts', '@/lib/core/ids', '9-strangers-import-nothing-of-ours'],
  ['lib/sdk/index.ts', '@/lib/core/ids', '9-strangers-import-nothing-of-ours'],
  ['lib/gate/main.ts', '@/lib/sandbox/stripe/server', '9-production-imports-no-stand-ins'],
  ['app/usage/page.ts', '@/lib/testing/database', '9-production-imports-no-stand-ins'],
  ['lib/domain/usage/one.ts', '@/lib/domain/usage/other', 'no-circular'],
  ['lib/http/route.ts', '@/lib/core/misspelt', 'not-to-unresolvable'],
]

/** The imports that the rules are there to allow. */
const allowed: [file: string, imports: string][] = [
  ['lib/domain/tiers/rules.ts', '@/lib/core/ids'],
  ['lib/domain/tiers/rules.ts', '@/lib/domain/budgets/rules'],
  ['lib/domain/tiers/store.ts', 'pg'],
  ['lib/domain/tiers/raiseTier.ts', '@/lib/domain/grants'],
  ['lib/domain/tiers/raiseTier.ts', '@/lib/edges/env'],
  ['lib/edges/stripe/index.ts', 'stripe'],
  ['components/tiers/card.tsx', '@/lib/domain/tiers/rules'],
  ['components/tiers/card.tsx', 'type @/lib/domain/grants'],
  ['app/tiers/page.ts', '@/lib/domain/grants'],
  ['app/tiers/page.ts', '@/lib/edges/session/index'],
  ['app/api/webhooks/stripe/route.ts', '@/lib/edges/stripe/index'],
]

/** Files that others import and that import nothing. */
const targets = [
  'lib/core/ids.ts',
  'lib/domain/budgets/rules.ts',
  'lib/domain/grants/index.ts',
  'lib/domain/grants/store.ts',
  'lib/edges/env/index.ts',
  'lib/edges/session/index.ts',
  'lib/sandbox/stripe/server.ts',
  'lib/testing/database.ts',
  'prisma/client/client.ts',
]

describe('each import rule is enforced', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-boundaries-'))
  let violations: Violation[] = []

  beforeAll(async () => {
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      fs.copyFileSync(path.join(projectRoot, name), path.join(folder, name))
    }
    fs.symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'))
    for (const file of targets) write(folder, file, 'export const value = 1\n')
    write(folder, 'lib/domain/usage/other.ts', importOf('./one'))
    for (const [file, imports] of [...planted, ...allowed]) write(folder, file, importOf(imports))
    violations = await violationsIn(folder)
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  test.each(planted)('%s importing %s breaks %s', (file, imports, rule) => {
    const name = imports.replace('type ', '').replace('@/', '').replace('node:', '')
    const found = violations.filter((violation) => violation.from === file && violation.rule === rule)
    expect(found.map(({ to }) => to)).toContainEqual(expect.stringContaining(name))
  })

  test('what the rules allow breaks none', () => {
    const files = new Set(allowed.map(([file]) => file))
    expect(violations.filter(({ from }) => files.has(from))).toEqual([])
  })
})

test('Purse keeps its import rules', async () => {
  expect(await violationsIn(projectRoot)).toEqual([])
}, 120_000)

function write(folder: string, file: string, line: string) {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  fs.appendFileSync(path.join(folder, file), line)
}

let importCount = 0

function importOf(imports: string): string {
  const [, type, module] = /^(type )?(.*)$/.exec(imports)!
  importCount += 1
  return `import ${type ?? ''}* as name${importCount} from '${module}'\nexport type Name${importCount} = typeof name${importCount}\n`
}

async function violationsIn(folder: string): Promise<Violation[]> {
  const program = path.join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const folders = ['app', 'bench', 'components', 'lib', 'scripts'].filter((name) =>
    fs.existsSync(path.join(folder, name)),
  )
  const args = [program, ...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1e9 }, (error, stdout, stderr) => {
      // It exits with the number of errors found; no report at all is the failure.
      stdout ? resolve(stdout) : reject(error ?? new Error(stderr))
    })
  })
  const { summary } = JSON.parse(output) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] }
  }
  return summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name }))
}
