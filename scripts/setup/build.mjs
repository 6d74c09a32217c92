// Makes what is made from the sources, and only when they have changed since.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { binOf, run } from '../run/command.mjs'
import { cacheFolder, projectRoot } from '../run/folders.mjs'
import { step } from '../run/say.mjs'
import { compressAssets } from './compress-assets.mjs'
import { bundleGate } from './gate.mjs'

const common = ['package-lock.json', 'tsconfig.json']
const schema = ['prisma/schema', 'prisma.config.ts']
const pages = [
  'app',
  'components',
  'lib',
  'messages',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
]
const notInPages = /\.test\.tsx?$|^lib\/(testing|sandbox|gate|worker)\//

/** Generates the database client. */
export async function generateClient() {
  const fingerprint = fingerprintOf([...common, ...schema])
  await unlessMade('client', fingerprint, 'prisma/client/client.ts', 'Generating the database client', () =>
    run('prisma generate', process.execPath, [binOf.prisma, 'generate'], { env: buildEnv() }),
  )
}

/** Builds the web pages. */
export async function buildPages() {
  const fingerprint = fingerprintOf([...common, ...schema, ...pages])
  await unlessMade('pages', fingerprint, '.next/BUILD_ID', 'Building the pages (about a minute)', async () => {
    await run('next build', process.execPath, [binOf.next, 'build'], { env: buildEnv(), linesShown: 60 })
    await compressAssets()
  })
}

/** Builds the gate. */
export const buildGate = () => step('Building the gate', bundleGate)

/** A build is the same whatever the environment: it sees neither secrets nor a database. */
function buildEnv() {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SYSTEMROOT', 'USERPROFILE', 'CI', 'NODE_OPTIONS']
  const env = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...env, NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1' }
}

async function unlessMade(name, fingerprint, product, title, make) {
  const stampFile = path.join(cacheFolder, `${name}.stamp`)
  const isMade = fs.existsSync(path.join(projectRoot, product)) && readStamp(stampFile) === fingerprint
  if (isMade) return
  fs.rmSync(stampFile, { force: true })
  await step(title, make)
  fs.mkdirSync(cacheFolder, { recursive: true })
  fs.writeFileSync(stampFile, fingerprint)
}

function readStamp(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
}

function fingerprintOf(places) {
  const hash = createHash('sha256')
  for (const file of places.flatMap(filesIn)) {
    if (notInPages.test(file)) continue
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(projectRoot, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** All files at a place in the project, sorted; a place that does not exist has none. */
function filesIn(place) {
  const stat = fs.statSync(path.join(projectRoot, place), { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return [place]
  const names = fs.readdirSync(path.join(projectRoot, place)).sort()
  return names.flatMap((name) => filesIn(`${place}/${name}`))
}
