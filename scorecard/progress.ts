import type { Reporter, TestCase } from 'vitest/node'

/** One line for each case as it ends, on standard error. */
export class ProgressReporter implements Reporter {
  private readonly began = performance.now()
  private done = 0

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result()
    if (state === 'skipped') return
    this.done += 1
    const seconds = ((performance.now() - this.began) / 1000).toFixed(0).padStart(5)
    console.error(
      `${seconds} s  ${String(this.done).padStart(3)}  ${state === 'passed' ? 'passed' : 'FAILED'}  ${test.name}`,
    )
  }
}
