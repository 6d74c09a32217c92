// npm start: sets up what is missing, starts every process, and stops them again in the right order.
import './setup/node-version.mjs'
import fs from 'node:fs'
import path from 'node:path'
import { keepRunning } from './run/children.mjs'
import { run } from './run/command.mjs'
import { migrateDatabase, openEmbeddedDatabase, requireFreePorts } from './run/database.mjs'
import { environmentOf, sandboxEnvironment } from './run/environment.mjs'
import { dataFolder, makeFolders, readJson } from './run/folders.mjs'
import { claimFolder, releaseFolder, stopLeftovers } from './run/leftovers.mjs'
import { say, sayProblem, step } from './run/say.mjs'
import { readSecrets } from './run/secrets.mjs'
import { readSettings } from './run/settings.mjs'
import { registerWebhook } from './run/webhook-endpoint.mjs'
import { welcome } from './run/welcome.mjs'
import { buildGate, buildPages, generateClient } from './setup/build.mjs'
import { gateArguments } from './setup/gate.mjs'
import { installDependencies } from './setup/install.mjs'

const demoFile = path.join(dataFolder, 'demo.json')

/** What runs, in the order in which it is stopped, PostgreSQL last. */
const running = []
let isStopping = false
let isClaimed = false

async function start() {
  const settings = readSettings(process.env)
  makeFolders()
  claimFolder({ url: settings.appUrl, sandboxPort: settings.ports.sandbox })
  isClaimed = true
  await stopLeftovers(['web', 'gate', 'worker', 'sandbox'])
  await requireFreePorts(portsOf(settings))

  await installDependencies({ development: false })
  await generateClient()
  await buildPages()
  await buildGate()

  const databaseUrl = settings.databaseUrl ?? (await startDatabase(settings.ports.postgres))
  const applied = await stage('Bringing the database up to date', () => migrateDatabase(databaseUrl))
  const facts = { settings, databaseUrl }
  const env =
    settings.mode === 'demo' ? await startSandbox(facts, applied) : environmentOf({ ...facts, secrets: readSecrets() })
  await stage('Starting the worker, the gate and the pages', () => startProcesses(settings, env))
  if (!isStopping) say(welcome(settings, readJson(demoFile)))
}

const portsOf = ({ mode, ports, host }) => [
  ['the dashboard', 'PORT', ports.web, host],
  ['the gate', 'GATE_PORT', ports.gate, process.env.GATE_HOST || '127.0.0.1'],
  ...(mode === 'demo' ? [['the Stripe sandbox', 'SANDBOX_PORT', ports.sandbox, '127.0.0.1']] : []),
]

async function startDatabase(port) {
  const opening = openEmbeddedDatabase(port)
  // Noted at once: a Ctrl-C while it starts must stop it as well.
  running.push({ name: 'PostgreSQL', stop: async () => (await opening.catch(() => null))?.stop() })
  const database = await stage('Starting PostgreSQL', () => opening)
  if (database.isAdopted) say('It was still running from an earlier start and has been taken over.')
  return database.url
}

/** The local Stripe with its demo. Returns the environment for everything that talks to it. */
async function startSandbox({ settings, databaseUrl }, applied) {
  const { ports } = settings
  const args = ['--import', 'tsx', 'lib/sandbox/stripe/main.ts', '--port', String(ports.sandbox)]
  const data = path.join(dataFolder, 'sandbox')
  const sandbox = keepRunning({
    name: 'sandbox',
    args: [...args, '--data', data],
    env: sandboxEnvironment(),
    port: ports.sandbox,
  })
  running.unshift(sandbox)
  await stage('Starting the Stripe sandbox', sandbox.untilReady)

  const sandboxUrl = process.env.SANDBOX_PUBLIC_URL || `http://127.0.0.1:${ports.sandbox}`
  const facts = { settings, databaseUrl, sandboxUrl }
  // A note about a demo in another database is worth nothing in a new one.
  if (applied.some((name) => name.startsWith('0001'))) fs.rmSync(demoFile, { force: true })
  if (!fs.existsSync(demoFile)) {
    const env = environmentOf({ ...facts, secrets: readSecrets() })
    await stage('Making up the demo', () =>
      run('The demo', process.execPath, ['--import', 'tsx', 'scripts/seed.ts'], { env }),
    )
  }
  const secrets = await registerWebhook({ secrets: readSecrets(), ports })
  return environmentOf({ ...facts, secrets })
}

async function startProcesses({ ports, host }, env) {
  const web = ['scripts/web.mjs', '--port', String(ports.web), '--hostname', host]
  const children = [
    keepRunning({ name: 'web', args: web, env, port: ports.web }),
    keepRunning({ name: 'gate', args: gateArguments, env, port: ports.gate }),
    keepRunning({ name: 'worker', args: ['--import', 'tsx', 'lib/worker/main.ts'], env }),
  ]
  running.unshift(...children)
  await Promise.all(children.map((child) => child.untilReady()))
}

/** A step that does not begin once we are stopping. */
function stage(title, work) {
  return isStopping ? new Promise(() => {}) : step(title, work)
}

async function stop(exitCode) {
  if (isStopping) return
  isStopping = true
  if (exitCode === 0 && running.length > 0) say('Stopping …')
  for (const { name, stop: end } of running) {
    await end().catch((error) => say(`${name} did not stop cleanly: ${error.message}`))
  }
  if (isClaimed) releaseFolder()
  if (exitCode === 0) say('Stopped.')
  process.exit(exitCode)
}

/** npm may be killed alone; what it started should not stay behind. */
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const npm = process.ppid
  setInterval(() => process.ppid !== npm && stop(0), 1000).unref()
}

// Ctrl-C reaches npm and us, and npm passes it on: the second time means nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0))
process.stdout.on('error', () => {}) // nobody reads any more; that is no reason to leave processes behind
process.on('uncaughtException', (error) => {
  sayProblem(error)
  stop(1)
})
stopWithNpm()

start().catch((error) => {
  if (!isStopping) sayProblem(error)
  stop(1)
})
