// What test runners report, in one form: { passed, skipped, failures: [{ name, message }] }.
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { projectRoot } from './folders.mjs'

/** Of Vitest's JSON report. A file that cannot even be loaded has no tests to fail: it counts as one. */
export function resultOfVitest(report) {
  const failures = []
  for (const file of report.testResults) {
    const name = path.relative(projectRoot, file.name)
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    for (const test of failed) failures.push(failure(`${name} › ${test.fullName}`, test.failureMessages[0]))
    if (file.status === 'failed' && failed.length === 0) failures.push(failure(name, file.message))
  }
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  }
}

/** Of Playwright's JSON report. Whatever passed only when it was tried again has failed. */
export function resultOfPlaywright(report) {
  const { expected, skipped } = report.stats
  const failures = report.errors.map(({ message }) => failure('before or after the tests', message))
  for (const spec of report.suites.flatMap(specsOf)) {
    for (const test of spec.tests.filter(({ status }) => status === 'unexpected' || status === 'flaky')) {
      const error = test.results.flatMap(({ errors }) => errors)[0]
      failures.push(failure(`${spec.file} › ${spec.path}`, error?.message))
    }
  }
  return { passed: expected, skipped, failures }
}

function specsOf(suite) {
  const below = (suite.suites ?? []).flatMap((inner) =>
    specsOf(inner).map((spec) => ({ ...spec, path: `${inner.title} › ${spec.path}` })),
  )
  return [...suite.specs.map((spec) => ({ ...spec, path: spec.title })), ...below]
}

function failure(name, message) {
  return { name, message: stripVTControlCharacters(message ?? 'no reason was given') }
}
