/** Runs files of cases with vitest, one line of progress for each, and reads what came of them. */
import path from 'node:path'
import { startVitest, type TestCase } from 'vitest/node'
import { caseName } from './case-name'
import { ProgressReporter } from './progress'
import type { ScoredCase } from './results'

declare module 'vitest' {
  interface TaskMeta {
    /** What a case says of its run in the report. */
    note?: string
  }
}

/** `files`: a glob from the project's root. broken: what failed outside any case. */
export async function runCases({
  files,
  testNamePattern,
}: {
  files: string
  testNamePattern?: string
}): Promise<{ cases: ScoredCase[]; broken: string[] }> {
  process.env.SCORECARD_FILES = files
  const vitest = await startVitest('test', [], {
    config: path.join(import.meta.dirname, 'vitest.config.ts'),
    watch: false,
    reporters: [new ProgressReporter()],
    ...(testNamePattern && { testNamePattern }),
  })
  const modules = vitest.state.getTestModules()
  const cases = modules.flatMap((module) => [...module.children.allTests()].flatMap(scored))
  const broken = modules.flatMap((module) => module.errors().map(({ message }) => `${module.moduleId}: ${message}`))
  const unhandled = vitest.state.getUnhandledErrors().map((error) => `Unhandled: ${String(error)}`)
  await vitest.close()
  return { cases, broken: [...broken, ...unhandled] }
}

function scored(test: TestCase): ScoredCase[] {
  const result = test.result()
  if (result.state === 'skipped') return []
  const { id, seed, title } = caseName.read(test.name)
  const passed = result.state === 'passed'
  const note = test.meta().note ?? title
  const failure = result.errors?.[0]?.message.split('\n').slice(0, 3).join(' ') ?? ''
  return [{ id, passed, seed, note: passed ? note : `${note}: ${failure}` }]
}
