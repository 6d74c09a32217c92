// The product for the browser tests: the same start script as everybody's, on empty data.
import fs from 'node:fs'
import { e2eEnvironment } from './run/e2e-environment.mjs'
import { commandOf, untilGone } from './run/processes.mjs'

const environment = e2eEnvironment()
const folder = environment.PURSE_DATA_DIR
Object.assign(process.env, environment)
// Imported now and not above: where the data is, is decided when these files are read.
const { stopLeftovers } = await import('./run/leftovers.mjs')

await stopLeftovers(['start', 'web', 'gate', 'worker', 'sandbox'])
await stopPostgresLeftBehind()
fs.rmSync(folder, { recursive: true, force: true })
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
await import('./start.mjs')

async function stopPostgresLeftBehind() {
  const lockFile = `${folder}/postgres/postmaster.pid`
  const pid = fs.existsSync(lockFile) ? Number(fs.readFileSync(lockFile, 'utf8').split('\n')[0]) : 0
  if (!pid || !commandOf(pid).includes(folder)) return
  process.kill(pid, 'SIGQUIT')
  await untilGone(pid, 10)
}
