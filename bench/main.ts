/**
 * Measures the gate against what the machine and its peers can do, in one run.
 *   npm run bench                  all cells but the soak: about half an hour
 *   npm run bench -- --quick       under a minute
 *   npm run bench -- --help        every option
 * Exit code: 0 it ran and the books agree (whatever the targets), 1 something is broken, 2 it could not run.
 */
import fs from 'node:fs'
import { parseOptions } from './options'
import { reportJson, reportText } from './report'
import { runBench, stopNow } from './run'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopNow()
    process.exit(130)
  })
}
process.once('exit', stopNow)

// A busy machine is no broken database: what waits long is measured as slow, not refused.
process.env.DATABASE_CONNECT_MS ??= '20000'

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  const report = await runBench(options)
  console.log(reportText(report))
  if (options.json) fs.writeFileSync(options.json, reportJson(report))
  return report.cells.some(({ problems }) => problems.length > 0) ? 1 : 0
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message)
    process.exit(2)
  },
)
