// npm test: sets up what is missing, runs every check and every test, says again what failed, and ends with one line
// that says how it went.
//   npm test -- --only static|unit|e2e     one part
//   npm test -- lib/domain/ledger          the tests whose path contains this
import './setup/node-version.mjs'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { binOf, capture } from './run/command.mjs'
import { e2eElsewhere } from './run/e2e-environment.mjs'
import { readJson } from './run/folders.mjs'
import { explain, firstLines, lastLines, Problem, say, sayProblem } from './run/say.mjs'
import { resultOfPlaywright, resultOfVitest } from './run/test-reports.mjs'
import { buildPages, generateClient } from './setup/build.mjs'
import { installDependencies } from './setup/install.mjs'

const { values, positionals: filters } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true })
const parts = ['static', 'unit', 'e2e']
const only =
  values.only ?? (filters.length === 0 ? null : filters.some((filter) => filter.includes('e2e')) ? 'e2e' : 'unit')
if (only && !parts.includes(only)) {
  console.error(`--only takes one of ${parts.join(', ')}.`)
  process.exit(2)
}
const runs = (part) => !only || only === part

/** Tests must not reach what a developer works on. */
const hidden = ['DATABASE_URL', 'NODE_ENV', 'PURSE_MODE', 'SMTP_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']
for (const name of hidden) delete process.env[name]

const node = process.execPath
const bin = (place) => path.join('node_modules', place)
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-reports-'))
process.on('exit', () => fs.rmSync(reports, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

const total = { passed: 0, skipped: 0, failures: [] }
/** Enough for a message, what was expected and where. */
const linesOfFailure = 30

await installDependencies({ development: true })
if (runs('static')) await check('Lock file and licences', () => command('scripts/check-lock.mjs'))
await check('Database client', generateClient)
if (runs('static')) await runStaticChecks()
if (runs('unit')) await runUnitTests()
if (runs('e2e')) await runBrowserTests()

sayFailures()
if (total.skipped > 0) say(`${total.skipped} skipped`)
say(`${total.passed} passed, ${total.failures.length} failed`)
process.exitCode = total.failures.length > 0 ? 1 : 0

async function runStaticChecks() {
  await check('Types', async () => {
    await command(binOf.next, 'typegen')
    await command(bin('typescript/bin/tsc'), '--noEmit')
  })
  await check('Format and lint', () => command(bin('@biomejs/biome/bin/biome'), 'check', '.'))
  await check('Unused files, exports and dependencies', () => command(bin('knip/bin/knip.js')))
  await check('Schema and migrations agree', () => command('--import', 'tsx', 'scripts/check-schema.mjs'))
}

async function runUnitTests() {
  const report = path.join(reports, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  await tests('Tests', [bin('vitest/vitest.mjs'), 'run', ...reporters, ...filters], {}, () =>
    resultOf(resultOfVitest, report),
  )
}

async function runBrowserTests() {
  const isBuilt = await check('Pages', buildPages)
  if (!isBuilt) return
  const report = path.join(reports, 'playwright.json')
  const env = { PURSE_E2E_REPORT: report, ...(await e2eElsewhere()) }
  await tests('Browser tests', [bin('@playwright/test/cli.js'), 'test', ...filters], env, () =>
    resultOf(resultOfPlaywright, report),
  )
}

/** Runs one check, counts it and goes on whatever comes of it. */
async function check(title, work) {
  const began = performance.now()
  say(`── ${title}`)
  try {
    await work()
    total.passed += 1
    say(`   passed (${secondsSince(began)} s)`)
    return true
  } catch (error) {
    total.failures.push({ name: title, message: explain(error) })
    sayProblem(error)
    say(`   FAILED (${secondsSince(began)} s)`)
    return false
  }
}

/** Runs a program with tests of its own and adds up its report. No report, or a bad end without a failed test, is a failure. */
async function tests(title, args, env, resultAfter) {
  say(`── ${title}`)
  const { code, output } = await capture(node, args, { env: { ...process.env, ...env }, echo: true })
  const { passed, skipped, failures } = resultAfter() ?? { passed: 0, skipped: 0, failures: [] }
  if (code !== 0 && failures.length === 0) {
    failures.push({ name: `${title} ended with ${code}`, message: lastLines(output, linesOfFailure) })
  }
  total.passed += passed
  total.skipped += skipped
  total.failures.push(...failures)
}

function resultOf(read, file) {
  const report = readJson(file)
  return report && read(report)
}

/** Names once more what failed: between it and the end may stand a thousand lines. */
function sayFailures() {
  for (const { name, message } of total.failures) {
    say(`\n── FAILED: ${name}`)
    say(firstLines(message, linesOfFailure))
  }
  if (total.failures.length > 0) say()
}

async function command(...args) {
  const { code, output } = await capture(node, args)
  if (code !== 0) throw new Problem(output.trim())
}

function secondsSince(began) {
  return ((performance.now() - began) / 1000).toFixed(1)
}
